package dev.sallyport.cli.handler;

import dev.sallyport.ConnectionHandler;
import dev.sallyport.SecureSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Sends back what it receives. A peer that does not read blocks the write, and so stops being read from. */
public final class BlockingEcho implements ConnectionHandler {
    private static final int CHUNK_BYTES = 16 * 1024; // one record of TLS

    @Override
    public void handle(SecureSocket socket) throws IOException {
        InputStream in = socket.inputStream();
        OutputStream out = socket.outputStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            out.write(chunk, 0, count);
        }
    }
}
