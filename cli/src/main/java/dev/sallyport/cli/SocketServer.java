package dev.sallyport.cli;

import dev.sallyport.ConnectionHandler;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.TlsProvider;
import dev.sallyport.Transport;
import dev.sallyport.cli.handler.AsyncHandler;
import dev.sallyport.micrometer.ServerMetrics;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;

/** A server on the blocking or the asynchronous layer. */
record SocketServer(SecureServerSocket socket) implements RunningServer {
    void serve(ConnectionHandler handler) {
        socket.serve(handler);
    }

    void subscribe(AsyncHandler handler) {
        socket.connections().subscribe(new Starter(handler));
    }

    @Override
    public int port() {
        return socket.port();
    }

    @Override
    public TlsProvider provider() {
        return socket.provider();
    }

    @Override
    public Transport transport() {
        return socket.transport();
    }

    @Override
    public MeterBinder meters() {
        return new ServerMetrics(socket, Tags.empty());
    }

    @Override
    public CompletableFuture<Void> shutdown(Duration grace) {
        return socket.shutdown(grace);
    }

    @Override
    public CompletableFuture<Void> closed() {
        return socket.closed();
    }

    /** Takes every connection at once: the limits of the server are the bound, and starting one costs little. */
    private record Starter(AsyncHandler handler) implements Subscriber<SecureSocket> {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(SecureSocket connection) {
            handler.start(connection);
        }

        @Override
        public void onError(Throwable failure) {
            throw new IllegalStateException("the stream of connections failed", failure);
        }

        @Override
        public void onComplete() {
            // The server was closed; closed() tells.
        }
    }
}
