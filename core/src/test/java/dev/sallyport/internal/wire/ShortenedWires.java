package dev.sallyport.internal.wire;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** While a test runs, every connection that is accepted in this process gets a {@link ShorteningWire}. */
public final class ShortenedWires implements BeforeEachCallback, AfterEachCallback {
    @Override
    public void beforeEach(ExtensionContext context) {
        AtomicLong seed = new AtomicLong();
        ListenWire.wrapping = wire -> new ShorteningWire(wire, seed.incrementAndGet());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        ListenWire.wrapping = UnaryOperator.identity();
    }
}
