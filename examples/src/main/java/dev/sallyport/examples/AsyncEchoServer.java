package dev.sallyport.examples;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Sends back what it receives, by futures and without a thread for each connection.
 *
 * <p>The loop is a step that begins the next one when it is done. It is not a chain of {@code thenCompose}, which would
 * keep every round in memory until the connection ends. The stack stays flat as well: answers that are there at once come
 * on the caller's stack, but only so many in a row, then one comes from the executor.
 */
public final class AsyncEchoServer {
    private static final int BUFFER_BYTES = 16 * 1024;

    private AsyncEchoServer() {}

    /** Serves until it is stopped; {@code args} may name a port, 8443 by default. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8443;
        System.out.println("listening on port " + open(port).port());
    }

    static SecureServerSocket open(int port) throws IOException {
        // Nothing here blocks, so it may run on the event loops, and needs no other thread.
        SecureServerSocket server = SecureServerSocket.open(
                "localhost", port, SecurityContext.selfSigned(), options -> options.executor(Runnable::run));
        accept(server);
        return server;
    }

    private static void accept(SecureServerSocket server) {
        server.acceptAsync().whenComplete((socket, closed) -> {
            if (closed == null) {
                new Echo(socket, ByteBuffer.allocateDirect(BUFFER_BYTES)).read();
                accept(server);
            }
        });
    }

    private record Echo(SecureSocket socket, ByteBuffer buffer) {
        void read() {
            socket.readAsync(buffer.clear()).whenComplete((count, failure) -> {
                if (failure != null) {
                    socket.abort();
                } else if (count < 0) {
                    socket.close();
                } else {
                    write();
                }
            });
        }

        private void write() {
            socket.writeAsync(buffer.flip()).whenComplete((nothing, failure) -> {
                if (failure != null) {
                    socket.abort();
                } else {
                    read();
                }
            });
        }
    }
}
