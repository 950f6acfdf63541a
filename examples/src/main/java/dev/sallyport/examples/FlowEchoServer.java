package dev.sallyport.examples;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.util.concurrent.Flow;

/**
 * Sends back what it receives, by {@link Flow}: what comes in is a publisher, and writing is to subscribe to one. The next
 * buffer is read when the one before has been written, so a client that does not take its echo is not read from either.
 */
public final class FlowEchoServer {
    private FlowEchoServer() {}

    /** Serves until it is stopped; {@code args} may name a port, 8443 by default. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8443;
        System.out.println("listening on port " + open(port).port());
    }

    static SecureServerSocket open(int port) throws IOException {
        // Nothing here blocks, so it may run on the event loops, and needs no other thread.
        SecureServerSocket server = SecureServerSocket.open(
                "localhost", port, SecurityContext.selfSigned(), options -> options.executor(Runnable::run));
        server.connections().subscribe(new Echo());
        return server;
    }

    private static final class Echo implements Flow.Subscriber<SecureSocket> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE); // maxConnections is the bound
        }

        @Override
        public void onNext(SecureSocket socket) {
            socket.writeAll(socket.incoming()).whenComplete((bytes, failure) -> {
                if (failure != null) {
                    socket.abort();
                } else {
                    socket.close();
                }
            });
        }

        @Override
        public void onError(Throwable failure) {
            System.err.println("no more connections: " + failure);
        }

        @Override
        public void onComplete() {
            System.out.println("the server was closed");
        }
    }
}
