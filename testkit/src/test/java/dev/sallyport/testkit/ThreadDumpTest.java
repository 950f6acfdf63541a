package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class ThreadDumpTest {
    @Test
    void namesPlatformThreadsWithTheirStacks() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = new Thread(() -> await(end), "dump me \"quoted\"");
        thread.start();
        try {
            Awaiting.until(
                    "the thread to wait", Duration.ofSeconds(5), () -> thread.getState() == Thread.State.WAITING);
            ThreadDump dump = ThreadDump.take();
            assertThat(dump.platformNames())
                    .contains("dump me \"quoted\"", Thread.currentThread().getName());
            assertThat(dump.excerpt(1000)).contains("dump me", "ThreadDumpTest.await");
            assertThat(dump.excerpt(3).lines()).hasSize(3);
        } finally {
            end.countDown();
            thread.join();
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void namesVirtualThreads() throws ReflectiveOperationException {
        CountDownLatch end = new CountDownLatch(1);
        ExecutorService executor = virtualThreadPerTask();
        try {
            for (int i = 0; i < 3; i++) {
                executor.execute(() -> await(end));
            }
            assertThat(ThreadDump.take().virtualNames()).hasSize(3);
            assertThat(ThreadDump.take().names()).hasSizeGreaterThan(4);
        } finally {
            end.countDown();
            executor.shutdown();
        }
        Awaiting.until(
                "the virtual threads to end",
                Duration.ofSeconds(5),
                () -> ThreadDump.take().virtualNames().isEmpty());
    }

    private static ExecutorService virtualThreadPerTask()
            throws IllegalAccessException, InvocationTargetException, NoSuchMethodException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
