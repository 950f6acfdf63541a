package dev.sallyport.testkit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Keeps what Netty's leak detectors report. Netty notices a leak when the leaked object is collected and another one of
 * its kind is made, so a report may come in a later test than the leak.
 */
final class NettyLeakReports {
    private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();

    private NettyLeakReports() {}

    /** To be called before Netty's own classes are initialized: they take their detectors once. */
    static void install() {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {
            @Override
            @Deprecated
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                    Class<T> resource, int samplingInterval, long maxActive) {
                return new Reporting<>(resource, samplingInterval);
            }
        });
    }

    /** {@return the reports since the last call} */
    static List<String> drain() {
        List<String> drained = new ArrayList<>();
        for (String report = REPORTS.poll(); report != null; report = REPORTS.poll()) {
            drained.add(report);
        }
        return drained;
    }

    private static final class Reporting<T> extends ResourceLeakDetector<T> {
        Reporting(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            REPORTS.add("Netty: " + resourceType + " was not released" + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            REPORTS.add("Netty: " + resourceType + " was not released");
        }
    }
}
