package dev.sallyport.benchmarks.rival;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/** This library by streams, on virtual threads where the JDK has them. */
public final class SallyportBlocking implements Rival {
    @Override
    public int start(Path chain, Path key, Work work) throws IOException {
        SecureServerSocket server = SecureServerSocket.open(
                "127.0.0.1", 0, SecurityContext.fromPem(chain, key), options -> options.backlog(BACKLOG));
        var unused = server.serve(socket -> serve(socket, work));
        return server.port();
    }

    private static void serve(SecureSocket socket, Work work) throws IOException {
        InputStream in = socket.inputStream();
        OutputStream out = socket.outputStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            if (work == Work.ECHO) {
                out.write(chunk, 0, count);
            }
        }
    }
}
