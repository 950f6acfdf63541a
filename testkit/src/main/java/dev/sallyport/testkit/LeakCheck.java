package dev.sallyport.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * Fails whatever leaves something behind. Registered by itself in every module that has the test kit on its class path;
 * there is no way to opt out.
 *
 * <p>After a test class, and after each test that began with nothing in use, all counters of {@link OwnedResources} must
 * be back at zero. After a class there must also be no thread whose name starts with {@code sallyport-}, no socket that
 * was not there before the class (Linux), and no report of Netty's leak detector. Threads of a pool that wait for work may
 * be there until the last class of this JVM is over. Closing is asynchronous, so all of it is given ten seconds. What was
 * reported once is not reported again, so that one leak fails one test and not all that follow.
 *
 * <p>The checks look at the whole process: tests must not run in parallel within one JVM.
 */
public final class LeakCheck implements BeforeAllCallback, BeforeEachCallback {
    /** How long closing may take; the configuration parameter is for the tests of this class, which do not want to wait. */
    static final String GRACE_MILLIS = "sallyport.testkit.leakcheck.grace.millis";

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);
    private static final int EXCERPT_LINES = 60;
    private static final Leftovers LEFTOVERS = new Leftovers();

    static {
        NettyLeakReports.install();
        OpenSockets.warmUp();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (context.getRequiredTestClass().isAnnotationPresent(Nested.class)) {
            return;
        }
        Set<String> socketsBefore = OpenSockets.names();
        onClose(context, () -> {
            List<String> leaks = LEFTOVERS.awaitNone(grace(context), () -> {
                List<String> found = LEFTOVERS.counters();
                found.addAll(LEFTOVERS.sockets(socketsBefore));
                found.addAll(LEFTOVERS.busyThreads());
                return found;
            });
            leaks.addAll(NettyLeakReports.drain());
            fail(context, leaks);
        });
        checkAtTheEnd(context.getRoot());
    }

    /** Of the session: Maven runs each class apart where several JVMs share them, and idle threads are there for seconds. */
    private static void checkAtTheEnd(ExtensionContext root) {
        root.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE).computeIfAbsent(LeakCheck.class, key -> {
            AutoCloseable closing = () -> fail(root, LEFTOVERS.awaitNone(grace(root), LEFTOVERS::threads));
            return closing;
        });
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        // A server that a whole class shares makes what it needs when it needs it, which is then not this test's.
        if (LEFTOVERS.counters().isEmpty()) {
            onClose(context, () -> fail(context, LEFTOVERS.awaitNone(grace(context), LEFTOVERS::counters)));
        }
    }

    /**
     * The context's store is closed after every callback of the test, {@code @AutoClose} included, and in reverse order
     * of what was put into it: a check that was put there first is the last thing that happens.
     */
    private static void onClose(ExtensionContext context, Runnable check) {
        AutoCloseable closing = check::run;
        context.getStore(NAMESPACE).put(context.getUniqueId(), closing);
    }

    private static Duration grace(ExtensionContext context) {
        return context.getConfigurationParameter(GRACE_MILLIS, Long::valueOf)
                .map(Duration::ofMillis)
                .orElse(GRACE);
    }

    private static void fail(ExtensionContext context, List<String> leaks) {
        if (leaks.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>(leaks);
        lines.add(0, context.getDisplayName() + " left over, after waiting " + Awaiting.inWords(grace(context)) + ":");
        throw new AssertionError(
                String.join("\n  ", lines) + "\nthreads:\n" + ThreadDump.take().excerpt(EXCERPT_LINES));
    }
}
