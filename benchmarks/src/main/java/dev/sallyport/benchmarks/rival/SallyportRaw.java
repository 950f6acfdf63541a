package dev.sallyport.benchmarks.rival;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.RawSocketHandler;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** This library by events, on the event loops. */
public final class SallyportRaw implements Rival {
    /** One a loop: nobody keeps anything in it beyond an event. */
    private static final ThreadLocal<ByteBuffer> CHUNK =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(64 * 1024));

    @Override
    public int start(Path chain, Path key, Work work) throws IOException {
        return open(chain, key, work).port();
    }

    /** {@return a server that serves, for whoever wants to close it again} */
    public static RawSecureServerSocket open(Path chain, Path key, Work work) throws IOException {
        RawSecureServerSocket server = RawSecureServerSocket.bind(
                        "127.0.0.1",
                        0,
                        SecurityContext.fromPem(chain, key),
                        options -> options.executor(Runnable::run).backlog(BACKLOG))
                .join();
        server.listen(socket -> socket.listen(work == Work.ECHO ? new Echo() : SallyportRaw::discard));
        return server;
    }

    private static void discard(RawSecureSocket socket, RawSocketEvent event) throws IOException {
        switch (event) {
            case READ -> socket.read(CHUNK.get().clear());
            case READ_CLOSED -> socket.close();
            case WRITE, CLOSED -> {}
        }
    }

    private static final class Echo implements RawSocketHandler {
        /** What was read and could not be written yet. While there is some, READ events are off. */
        private @Nullable ByteBuffer unsent;

        private boolean ended;

        @Override
        public void handle(RawSecureSocket socket, RawSocketEvent event) throws IOException {
            switch (event) {
                case READ -> echo(socket);
                case WRITE -> writeUnsent(socket);
                case READ_CLOSED -> {
                    ended = true;
                    closeWhenDone(socket);
                }
                case CLOSED -> unsent = null;
            }
        }

        private void echo(RawSecureSocket socket) throws IOException {
            ByteBuffer chunk = CHUNK.get().clear();
            if (unsent != null || socket.read(chunk) <= 0) {
                return;
            }
            socket.write(chunk.flip());
            if (chunk.hasRemaining()) {
                unsent = ByteBuffer.allocate(chunk.remaining()).put(chunk).flip();
                socket.readEventsEnabled(false);
                socket.writeEventsEnabled(true);
            }
        }

        private void writeUnsent(RawSecureSocket socket) throws IOException {
            if (unsent == null) {
                return;
            }
            socket.write(unsent);
            if (unsent.hasRemaining()) {
                socket.writeEventsEnabled(true);
                return;
            }
            unsent = null;
            socket.readEventsEnabled(true);
            closeWhenDone(socket);
        }

        private void closeWhenDone(RawSecureSocket socket) {
            if (ended && unsent == null) {
                socket.close();
            }
        }
    }
}
