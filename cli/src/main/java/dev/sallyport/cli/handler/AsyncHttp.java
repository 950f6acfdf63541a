package dev.sallyport.cli.handler;

import dev.sallyport.SecureSocket;
import dev.sallyport.cli.http.HttpSession;
import dev.sallyport.cli.http.Response;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Answers HTTP requests with the page: read, answer, write, and round again, each step started by the one before. */
public final class AsyncHttp implements AsyncHandler {
    private static final int CHUNK_BYTES = 4 * 1024;

    private final HttpPage page;
    private final HandlerFailures failures;

    public AsyncHttp(HttpPage page, HandlerFailures failures) {
        this.page = page;
        this.failures = failures;
    }

    @Override
    public void start(SecureSocket socket) {
        new Connection(socket).start();
    }

    /** One step at a time: the next begins when the future of the one before has completed. */
    private final class Connection {
        private final SecureSocket socket;
        private final HttpSession session;
        private final ByteBuffer received = ByteBuffer.allocate(CHUNK_BYTES);

        Connection(SecureSocket socket) {
            this.socket = socket;
            session = page.session(socket.handshake(), socket.localAddress(), socket.remoteAddress(), socket::close);
        }

        void start() {
            socket.onDraining().thenRun(session::drain);
            read();
        }

        private void read() {
            socket.readAsync(received.clear()).whenComplete(this::received);
        }

        private void received(@Nullable Integer count, @Nullable Throwable failure) {
            if (count == null || count < 0) {
                end(failure);
                return;
            }
            received.flip();
            answer();
        }

        private void answer() {
            Response response;
            try {
                response = session.receive(received);
            } catch (RuntimeException e) {
                end(e); // else the future would swallow it, and the connection would stay as it is
                return;
            }
            if (response == null) {
                read();
                return;
            }
            socket.writeAsync(response.bytes()).whenComplete((done, failure) -> {
                if (failure != null || response.last()) {
                    end(failure);
                } else {
                    answer();
                }
            });
        }

        private void end(@Nullable Throwable failure) {
            AsyncEnd.of(socket, session.closed() ? null : failure, failures);
        }
    }
}
