package dev.sallyport.ending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.Connected;
import dev.sallyport.testkit.Awaiting;
import java.time.Duration;

/** A client that has said close_notify and then resets, as some do that find our close_notify unread. */
class LateResetTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Matrix
    void doesNotSpoilAClose(Setup setup) throws Exception {
        try (Connected connected = Connected.open(setup)) {
            connected.client().sendCloseNotify();
            assertThat(connected.socket().inputStream().read()).isEqualTo(-1);
            connected.client().reset();
            connected.socket().close();
            assertThat(Awaiting.result("the end", PATIENCE, connected.socket().onClosed()))
                    .isNull();
        }
    }

    @Matrix
    void doesNotSpoilTheEndOfOurDirection(Setup setup) throws Exception {
        try (Connected connected = Connected.open(setup)) {
            connected.client().sendCloseNotify();
            assertThat(connected.socket().inputStream().read()).isEqualTo(-1);
            connected.client().reset();
            connected.socket().shutdownOutput();
            assertThat(Awaiting.result("the end", PATIENCE, connected.socket().onClosed()))
                    .isNull();
        }
    }
}
