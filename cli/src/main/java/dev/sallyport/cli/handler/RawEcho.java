package dev.sallyport.cli.handler;

import dev.sallyport.RawConnectionHandler;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.RawSocketHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Sends back what it receives; while the peer takes nothing, nothing more is read from it. */
public final class RawEcho implements RawConnectionHandler {
    private static final int CHUNK_BYTES = 16 * 1024;

    /** Serves the connections of one event loop in turn, so that one with nothing to send holds no memory. */
    private static final ThreadLocal<ByteBuffer> CHUNK =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK_BYTES));

    @Override
    public void handle(RawSecureSocket socket) {
        socket.listen(new Connection());
    }

    private static final class Connection implements RawSocketHandler {
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
