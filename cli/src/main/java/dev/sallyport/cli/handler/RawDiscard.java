package dev.sallyport.cli.handler;

import dev.sallyport.RawConnectionHandler;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads to the end and answers nothing; one handler serves all connections, because it remembers nothing of them. */
public final class RawDiscard implements RawConnectionHandler {
    private static final int CHUNK_BYTES = 16 * 1024;

    private static final ThreadLocal<ByteBuffer> CHUNK =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK_BYTES));

    @Override
    public void handle(RawSecureSocket socket) {
        socket.listen(RawDiscard::discard);
    }

    private static void discard(RawSecureSocket socket, RawSocketEvent event) throws IOException {
        switch (event) {
            case READ -> socket.read(CHUNK.get().clear());
            case READ_CLOSED -> socket.close();
            case WRITE, CLOSED -> {
                // Nothing is ever written, and nothing is held.
            }
        }
    }
}
