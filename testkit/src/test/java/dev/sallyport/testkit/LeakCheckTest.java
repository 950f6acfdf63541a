package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

class LeakCheckTest {
    private static final AtomicLong IN_USE = new AtomicLong();
    private static final List<AutoCloseable> LEFT = new ArrayList<>();

    /** The counters of an imaginary library; found by its entry under META-INF/services. */
    public static final class Imaginary implements OwnedResources {
        @Override
        public Map<String, Long> inUse() {
            return Map.of("imaginary connections", IN_USE.get(), "imaginary contexts", 0L);
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        IN_USE.set(0);
        for (AutoCloseable left : LEFT) {
            left.close();
        }
        LEFT.clear();
    }

    /** Keeps a run of everything from finding the classes that leak on purpose. */
    static final class OnlyFromThisTest implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return context.getConfigurationParameter(LeakCheck.GRACE_MILLIS).isPresent()
                    ? ConditionEvaluationResult.enabled("started by LeakCheckTest")
                    : ConditionEvaluationResult.disabled("leaks on purpose");
        }
    }

    private static EngineExecutionResults run(Class<?> testClass) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testClass))
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .configurationParameter(LeakCheck.GRACE_MILLIS, "200")
                .execute();
    }

    private static void assertFails(EngineExecutionResults results, boolean test, String... words) {
        (test ? results.testEvents() : results.containerEvents())
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(finishedWithFailure(
                                message(text -> List.of(words).stream().allMatch(text::contains)))));
        assertThat(results.allEvents().failed().count()).isEqualTo(1);
    }

    @ExtendWith(OnlyFromThisTest.class)
    static final class LeaksInOneMethod {
        @Test
        void leaks() {
            IN_USE.addAndGet(2);
        }

        @Test
        void isNotBlamedForTheOther() {
            assertThat(IN_USE).isNotNull();
        }
    }

    @Test
    void blamesTheTestThatLeftACounterOverAndNobodyElse() {
        assertFails(run(LeaksInOneMethod.class), true, "leaks() left over", "imaginary connections: 2 in use");
        assertThat(run(SharesAmongTests.class).allEvents().failed().count()).isZero();
    }

    @ExtendWith(OnlyFromThisTest.class)
    static final class SharesAmongTests {
        @BeforeAll
        static void open() {
            IN_USE.incrementAndGet();
        }

        @Test
        void usesMore() {
            IN_USE.incrementAndGet();
        }

        @Nested
        final class Inner {
            @Test
            void usesEvenMore() {
                IN_USE.incrementAndGet();
            }
        }

        @AfterAll
        static void close() {
            IN_USE.addAndGet(-3);
        }
    }

    @ExtendWith(OnlyFromThisTest.class)
    static final class LeaksInTheClass {
        @BeforeAll
        static void open() {
            IN_USE.incrementAndGet();
        }

        @Test
        void doesNothing() {
            assertThat(IN_USE).isNotNull();
        }
    }

    @Test
    void blamesTheClassThatLeftACounterOver() {
        assertFails(run(LeaksInTheClass.class), false, "LeaksInTheClass left over", "imaginary connections: 1 in use");
    }

    @ExtendWith(OnlyFromThisTest.class)
    static final class LeavesAThread {
        @Test
        void leaks() {
            CountDownLatch end = new CountDownLatch(1);
            Thread thread = new Thread(
                    () -> {
                        try {
                            end.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "sallyport-forgotten-0");
            thread.start();
            LEFT.add(() -> {
                end.countDown();
                thread.join();
            });
        }
    }

    @Test
    void blamesTheClassThatLeftAThreadOver() {
        assertFails(run(LeavesAThread.class), false, "thread sallyport-forgotten-0");
    }

    @ExtendWith(OnlyFromThisTest.class)
    static final class LeavesAnIdlePool {
        @Test
        void leaks() throws Exception {
            ExecutorService pool = Executors.newSingleThreadExecutor(task -> new Thread(task, "sallyport-idle-0"));
            pool.submit(() -> {}).get();
            LEFT.add(() -> {
                pool.shutdown();
                assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            });
        }
    }

    /** Not the class, which another one may follow that uses them. */
    @Test
    void blamesNobodyForIdleThreadsBeforeTheEnd() {
        assertThatThrownBy(() -> run(LeavesAnIdlePool.class))
                .as("the end of the session")
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("thread sallyport-idle-0");
    }

    @ExtendWith(OnlyFromThisTest.class)
    static final class LeavesASocket {
        @Test
        void leaks() throws IOException {
            LEFT.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void blamesTheClassThatLeftASocketOver() throws Exception {
        EngineExecutionResults results = run(LeavesASocket.class);
        ServerSocket left = (ServerSocket) LEFT.get(0);
        assertFails(results, false, "socket:[", "port " + left.getLocalPort(), "LISTEN");
    }

    @ExtendWith(OnlyFromThisTest.class)
    static final class ClosesLate {
        @AutoClose
        private final AutoCloseable field = IN_USE::decrementAndGet;

        @Test
        void isClosedByJUnitAfterTheLastCallback() {
            IN_USE.incrementAndGet();
            assertThat(field).isNotNull();
        }

        @Test
        void isClosedByAnotherThreadSoon() {
            IN_USE.addAndGet(2);
            Thread closing = new Thread(IN_USE::decrementAndGet);
            closing.start();
        }
    }

    @Test
    void waitsForWhatClosesLate() {
        EngineExecutionResults results = run(ClosesLate.class);
        results.allEvents().assertStatistics(statistics -> statistics.failed(0));
        assertThat(results.testEvents().succeeded().count()).isEqualTo(2);
    }
}
