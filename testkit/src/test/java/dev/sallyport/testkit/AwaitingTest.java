package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitingTest {
    @Test
    void returnsOnceTheConditionHolds() {
        AtomicInteger asked = new AtomicInteger();
        Awaiting.until("the third question", Duration.ofSeconds(5), () -> asked.incrementAndGet() == 3);
        assertThat(asked).hasValue(3);
    }

    @Test
    void saysWhatItWaitedForAndWhatTheThreadsDid() {
        assertThatThrownBy(() -> Awaiting.until("a miracle", Duration.ofMillis(50), () -> false))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("waited 50 ms for a miracle")
                .hasMessageContaining(Thread.currentThread().getName())
                .hasMessageContaining("AwaitingTest");
    }

    @Test
    void waitsForFutures() throws ExecutionException {
        assertThat(Awaiting.result("a value", Duration.ofSeconds(1), CompletableFuture.completedFuture("x")))
                .isEqualTo("x");
        assertThatThrownBy(() -> Awaiting.result("a value", Duration.ofMillis(20), new CompletableFuture<String>()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("for a value");
    }

    @Test
    void keepsTheInterrupt() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> Awaiting.until("nothing", Duration.ofSeconds(5), () -> false))
                    .isInstanceOf(IllegalStateException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
