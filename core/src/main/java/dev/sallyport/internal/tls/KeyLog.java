package dev.sallyport.internal.tls;

import dev.sallyport.internal.task.DefaultExecutor;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.task.SerialExecutor;
import io.netty.internal.tcnative.KeyLogCallback;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Takes the secrets of one context's connections to the user. BoringSSL tells them in the middle of a handshake, with the
 * connection's lock held: so they are handed on, to a thread that holds none, in order.
 */
final class KeyLog implements KeyLogCallback {
    private final Consumer<String> lines;
    private final Executor delivery = new SerialExecutor(Dispatcher.to(DefaultExecutor.instance()));

    KeyLog(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public void handle(long ssl, byte[] line) {
        String text = new String(line, StandardCharsets.US_ASCII);
        delivery.execute(() -> lines.accept(text));
    }
}
