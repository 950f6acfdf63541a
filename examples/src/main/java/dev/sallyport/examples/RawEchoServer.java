package dev.sallyport.examples;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.RawSocketHandler;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sends back what it receives, by events and calls that never block.
 *
 * <p>The back-pressure is the point: {@code write} may take less than it is given. What is left over is kept, READ events
 * are turned off, and a WRITE event is asked for; meanwhile nothing is read, and the client has to wait.
 */
public final class RawEchoServer {
    private static final int BUFFER_BYTES = 16 * 1024;

    private RawEchoServer() {}

    /** Serves until it is stopped; {@code args} may name a port, 8443 by default. */
    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8443;
        System.out.println("listening on port " + open(port).port());
    }

    static RawSecureServerSocket open(int port) {
        // Nothing here blocks, so it may run on the event loops, and needs no other thread.
        RawSecureServerSocket server = RawSecureServerSocket.bind(
                        "localhost", port, SecurityContext.selfSigned(), options -> options.executor(Runnable::run))
                .join();
        server.listen(socket -> socket.listen(new Echo()));
        return server;
    }

    private static final class Echo implements RawSocketHandler {
        private @Nullable ByteBuffer unsent;
        private boolean ended;

        @Override
        public void handle(RawSecureSocket socket, RawSocketEvent event) throws IOException {
            switch (event) {
                case READ -> read(socket);
                case WRITE -> write(socket);
                case READ_CLOSED -> {
                    ended = true;
                    write(socket);
                }
                case CLOSED -> unsent = null;
            }
        }

        private void read(RawSecureSocket socket) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES);
            socket.read(bytes);
            unsent = bytes.flip();
            write(socket);
        }

        private void write(RawSecureSocket socket) throws IOException {
            if (unsent != null) {
                socket.write(unsent);
                if (unsent.hasRemaining()) {
                    socket.readEventsEnabled(false);
                    socket.writeEventsEnabled(true); // for one WRITE, when there is room
                    return;
                }
                unsent = null;
                socket.readEventsEnabled(true);
            }
            if (ended) {
                socket.close();
            }
        }
    }
}
