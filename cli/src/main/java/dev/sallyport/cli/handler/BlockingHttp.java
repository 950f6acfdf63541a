package dev.sallyport.cli.handler;

import dev.sallyport.ConnectionHandler;
import dev.sallyport.SecureSocket;
import dev.sallyport.cli.http.HttpSession;
import dev.sallyport.cli.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Answers HTTP requests with the page, until the client or the server's draining ends the connection. */
public final class BlockingHttp implements ConnectionHandler {
    private static final int CHUNK_BYTES = 4 * 1024;

    private final HttpPage page;

    public BlockingHttp(HttpPage page) {
        this.page = page;
    }

    @Override
    public void handle(SecureSocket socket) throws IOException {
        HttpSession session =
                page.session(socket.handshake(), socket.localAddress(), socket.remoteAddress(), socket::close);
        socket.onDraining().thenRun(session::drain);
        try {
            answer(session, socket.inputStream(), socket.outputStream());
        } catch (IOException e) {
            if (!session.closed()) {
                throw e;
            }
        }
    }

    private static void answer(HttpSession session, InputStream in, OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            ByteBuffer received = ByteBuffer.wrap(chunk, 0, count);
            Response response = session.receive(received);
            while (response != null) {
                out.write(response.bytes().array(), 0, response.bytes().limit());
                if (response.last()) {
                    return;
                }
                response = session.receive(received);
            }
        }
    }
}
