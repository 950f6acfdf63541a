package dev.sallyport.ending;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Awaiting;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.CompletableFuture;

/** The loops end with the last socket, while there may be something to tell on their way to the executor. */
class LoopEndTest {
    @Matrix(Dimension.TRANSPORT)
    void whoWaitsIsToldWhileTheLoopsEnd(Setup setup) throws Exception {
        SecurityContext context = setup.context().build();
        for (int i = 0; i < 200; i++) {
            SecureServerSocket server =
                    SecureServerSocket.open("127.0.0.1", 0, context, setup.withTransport(options -> {}));
            CompletableFuture<SecureSocket> waiting = server.acceptAsync();
            CompletableFuture<Throwable> failure = waiting.handle((socket, thrown) -> thrown);
            server.close();
            assertThat(Awaiting.result("the waiting accept to fail", PATIENCE, failure))
                    .isInstanceOf(AsynchronousCloseException.class);
            Awaiting.result("the end", PATIENCE, server.onClosed());
        }
    }
}
