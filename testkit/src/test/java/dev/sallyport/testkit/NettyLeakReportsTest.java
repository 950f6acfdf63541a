package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NettyLeakReportsTest {
    private static final class Forgettable {}

    @Test
    void keepsWhatNettyNotices() {
        ResourceLeakDetector<Forgettable> detector =
                ResourceLeakDetectorFactory.instance().newResourceLeakDetector(Forgettable.class, 1);
        List<String> reports = new ArrayList<>();
        // A tracker that nobody closed is noticed when the next one is made after a collection.
        Awaiting.until("a report of a forgotten object", Duration.ofSeconds(10), () -> {
            assertThat(detector.track(new Forgettable())).isNotNull();
            System.gc();
            reports.addAll(NettyLeakReports.drain());
            return !reports.isEmpty();
        });
        assertThat(reports.get(0)).startsWith("Netty: ").contains("Forgettable");
    }
}
