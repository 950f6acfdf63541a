package dev.sallyport.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A TLS server of the JDK's on a free port of the loopback interface, with a thread for each connection. */
final class JdkServer implements AutoCloseable {
    /** What the server does with a connection, which is closed in order afterwards. */
    interface Handler {
        /** Serves one connection; {@code plain} is what TLS is layered over, for ends that TLS does not know. */
        void handle(SSLSocket secure, Socket plain) throws IOException;
    }

    static final Handler ECHO = (secure, plain) -> secure.getInputStream().transferTo(secure.getOutputStream());

    private final ServerSocket listener;
    private final SSLContext context;
    private final Consumer<SSLParameters> settings;
    private final Handler handler;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    private JdkServer(ServerSocket listener, SSLContext context, Consumer<SSLParameters> settings, Handler handler) {
        this.listener = listener;
        this.context = context;
        this.settings = settings;
        this.handler = handler;
    }

    static JdkServer echo(TestIdentity identity) throws IOException {
        return start(TestPki.serverContext(identity), parameters -> {}, ECHO);
    }

    static JdkServer start(SSLContext context, Consumer<SSLParameters> settings, Handler handler) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        JdkServer server = new JdkServer(listener, context, settings, handler);
        inThread("fixture-accept", server::accept);
        return server;
    }

    SocketAddress address() {
        return new InetSocketAddress("localhost", listener.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void accept() {
        for (Socket plain = next(); plain != null; plain = next()) {
            Socket accepted = plain;
            connections.add(accepted);
            inThread("fixture-connection", () -> serve(accepted));
        }
    }

    private @Nullable Socket next() {
        try {
            return listener.accept();
        } catch (IOException e) {
            // The test has closed the server.
            return null;
        }
    }

    private void serve(Socket plain) {
        try (SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(plain, null, true)) {
            SSLParameters parameters = secure.getSSLParameters();
            settings.accept(parameters);
            secure.setSSLParameters(parameters);
            secure.startHandshake();
            handler.handle(secure, plain);
        } catch (IOException e) {
            // The client did what its test is about, and the test sees it from the client's side.
            return;
        } finally {
            connections.remove(plain);
        }
    }

    private static void inThread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
