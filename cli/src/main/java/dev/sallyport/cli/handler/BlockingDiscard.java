package dev.sallyport.cli.handler;

import dev.sallyport.ConnectionHandler;
import dev.sallyport.SecureSocket;
import java.io.IOException;
import java.io.InputStream;

/** Reads to the end and answers nothing. */
public final class BlockingDiscard implements ConnectionHandler {
    private static final int CHUNK_BYTES = 16 * 1024;

    @Override
    public void handle(SecureSocket socket) throws IOException {
        InputStream in = socket.inputStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        int count;
        do {
            count = in.read(chunk);
        } while (count >= 0);
    }
}
