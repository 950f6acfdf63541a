package dev.sallyport.ending;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.testkit.Awaiting;

/** A client that has said close_notify and then resets, as some do that find our close_notify unread. */
class LateResetTest {
    @Matrix
    void doesNotSpoilAClose(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            pair.client.sendCloseNotify();
            assertThat(pair.socket.inputStream().read()).isEqualTo(-1);
            pair.client.reset();
            pair.socket.close();
            assertThat(Awaiting.result("the end", PATIENCE, pair.socket.onClosed()))
                    .isNull();
        }
    }

    @Matrix
    void doesNotSpoilTheEndOfOurDirection(Setup setup) throws Exception {
        try (var pair = ConnectedPair.open(setup)) {
            pair.client.sendCloseNotify();
            assertThat(pair.socket.inputStream().read()).isEqualTo(-1);
            pair.client.reset();
            pair.socket.shutdownOutput();
            assertThat(Awaiting.result("the end", PATIENCE, pair.socket.onClosed()))
                    .isNull();
        }
    }
}
