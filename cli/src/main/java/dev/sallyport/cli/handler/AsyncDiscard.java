package dev.sallyport.cli.handler;

import dev.sallyport.SecureSocket;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads to the end and answers nothing: each read starts the next one. */
public final class AsyncDiscard implements AsyncHandler {
    private static final int CHUNK_BYTES = 16 * 1024;

    private final HandlerFailures failures;

    public AsyncDiscard(HandlerFailures failures) {
        this.failures = failures;
    }

    @Override
    public void start(SecureSocket socket) {
        read(socket, ByteBuffer.allocate(CHUNK_BYTES));
    }

    private void read(SecureSocket socket, ByteBuffer chunk) {
        socket.readAsync(chunk.clear()).whenComplete((count, failure) -> received(socket, chunk, count, failure));
    }

    private void received(SecureSocket socket, ByteBuffer chunk, @Nullable Integer count, @Nullable Throwable failure) {
        if (count != null && count >= 0) {
            read(socket, chunk);
        } else {
            AsyncEnd.of(socket, failure, failures);
        }
    }
}
