package dev.sallyport.examples;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Ends without breaking anybody off: on Ctrl-C it takes no more connections, tells the clients, lets them finish, and
 * after ten seconds resets those that have not.
 */
public final class GracefulShutdown {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private GracefulShutdown() {}

    /** Serves until it is stopped; {@code args} may name a port, 8443 by default. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8443;
        SecureServerSocket server = open(port);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> server.shutdown(GRACE).join()));
        System.out.println("listening on port " + server.port());
    }

    static SecureServerSocket open(int port) throws IOException {
        SecureServerSocket server = SecureServerSocket.open("localhost", port, SecurityContext.selfSigned());
        server.serve(socket -> new Conversation(socket).run());
        return server;
    }

    /** Answers lines. The goodbye comes from another thread than the answers, so a lock keeps the two apart. */
    private static final class Conversation {
        private final SecureSocket socket;
        private final ReentrantLock writing = new ReentrantLock();
        private boolean over;

        Conversation(SecureSocket socket) {
            this.socket = socket;
        }

        void run() throws IOException {
            socket.onDraining().thenRun(this::sayGoodbye);
            var input = new BufferedReader(new InputStreamReader(socket.inputStream(), StandardCharsets.UTF_8));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                say("you said: " + line + "\n", false);
            }
        }

        /** Ends our direction only: the client sees the end of it, and closes, when it has finished. */
        private void sayGoodbye() {
            try {
                say("the server is going down\n", true);
                socket.shutdownOutput();
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }

        private void say(String text, boolean last) throws IOException {
            writing.lock();
            try {
                if (!over) {
                    over = last;
                    socket.outputStream().write(text.getBytes(StandardCharsets.UTF_8));
                }
            } finally {
                writing.unlock();
            }
        }
    }
}
