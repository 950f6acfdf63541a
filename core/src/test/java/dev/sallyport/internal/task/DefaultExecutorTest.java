package dev.sallyport.internal.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DefaultExecutorTest {
    @Test
    void runsTasksOnDaemonThreadsOfItsOwn() throws Exception {
        Thread worker = threadOf(DefaultExecutor.instance());

        assertThat(worker).isNotSameAs(Thread.currentThread());
        assertThat(worker.getName()).matches("sallyport-worker-\\d+");
        assertThat(worker.isDaemon()).isTrue();
        assertThat(DefaultExecutor.instance()).isSameAs(DefaultExecutor.instance());
    }

    @Test
    void usesVirtualThreadsWhereTheJdkHasThem() throws Exception {
        Thread worker = threadOf(DefaultExecutor.instance());

        // Thread.isVirtual() is not in the API that is compiled against
        boolean virtual = worker.getClass().getName().contains("Virtual");
        assertThat(virtual).isEqualTo(Runtime.version().feature() >= 21);
    }

    @Test
    void thePoolOfOlderJdksRunsAnyNumberOfTasksAtATime() throws Exception {
        Executor pool = DefaultExecutor.cachedPool();
        CountDownLatch together = new CountDownLatch(50);
        CountDownLatch done = new CountDownLatch(50);
        for (int i = 0; i < 50; i++) {
            pool.execute(() -> {
                together.countDown();
                try {
                    if (together.await(10, TimeUnit.SECONDS)) {
                        done.countDown();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        assertThat(done.await(10, TimeUnit.SECONDS))
                .as("50 tasks that wait for each other")
                .isTrue();
        Thread worker = threadOf(pool);
        assertThat(worker.getName()).matches("sallyport-worker-\\d+");
        assertThat(worker.isDaemon()).isTrue();
    }

    @Test
    void futuresPassTheirExecutorOnToTheirDependents() {
        Executor executor = Runnable::run;
        CompletableFuture<String> future = new ExecutorFuture<>(executor);

        CompletableFuture<Integer> dependent = future.thenApply(String::length);

        assertThat(future.defaultExecutor()).isSameAs(executor);
        assertThat(dependent.defaultExecutor()).isSameAs(executor);
        assertThat(dependent.thenApplyAsync(length -> length + 1).defaultExecutor())
                .isSameAs(executor);
    }

    private static Thread threadOf(Executor executor) throws InterruptedException {
        AtomicReference<Thread> thread = new AtomicReference<>();
        CountDownLatch ran = new CountDownLatch(1);
        executor.execute(() -> {
            thread.set(Thread.currentThread());
            ran.countDown();
        });
        assertThat(ran.await(10, TimeUnit.SECONDS)).as("a task to run").isTrue();
        return thread.get();
    }
}
