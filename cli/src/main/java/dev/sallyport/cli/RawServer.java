package dev.sallyport.cli;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.TlsProvider;
import dev.sallyport.Transport;
import dev.sallyport.micrometer.ServerMetrics;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A server on the layer of events. */
record RawServer(RawSecureServerSocket socket) implements RunningServer {
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
}
