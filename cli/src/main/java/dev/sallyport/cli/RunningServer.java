package dev.sallyport.cli;

import dev.sallyport.TlsProvider;
import dev.sallyport.Transport;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** What the program needs of a server on any layer. */
interface RunningServer {
    int port();

    TlsProvider provider();

    Transport transport();

    /** {@return what does the work, for a person} */
    default String engine() {
        String provider = provider() == TlsProvider.BORINGSSL ? "BoringSSL" : "the JDK's TLS";
        return provider + " over " + transport().name().toLowerCase(Locale.ROOT);
    }

    /** {@return its numbers} */
    MeterBinder meters();

    CompletableFuture<Void> shutdown(Duration grace);

    CompletableFuture<Void> closed();
}
