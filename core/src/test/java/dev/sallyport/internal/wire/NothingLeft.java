package dev.sallyport.internal.wire;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.internal.resource.OwnedCount;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that leaves an event loop running, or something of {@link OwnedCount} not given back. */
final class NothingLeft implements AfterEachCallback {
    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        if (context.getExecutionException().isPresent()) {
            return; // it did not come to its own clean-up
        }
        for (Thread loop : loopThreads()) {
            loop.join(PATIENCE.toMillis());
            assertThat(loop.isAlive())
                    .as("%s still runs after the test", loop.getName())
                    .isFalse();
        }
        assertThat(OwnedCount.snapshot())
                .as("what the library still holds")
                .allSatisfy((owned, count) -> assertThat(count).as(owned.name()).isZero());
    }

    /** {@return the threads of all event loops} */
    static List<Thread> loopThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("sallyport-"))
                .toList();
    }
}
