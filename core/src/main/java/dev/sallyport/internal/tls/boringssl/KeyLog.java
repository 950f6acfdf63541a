package dev.sallyport.internal.tls.boringssl;

import dev.sallyport.internal.task.DefaultExecutor;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.task.SerialExecutor;
import io.netty.internal.tcnative.KeyLogCallback;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears the secrets of one context's connections. BoringSSL tells them in the middle of a handshake, with the connection's
 * lock held. Where key material may be exported, the exporter secret of TLS 1.3, which it tells in no other way, waits
 * here until its driver takes it, under the number of the connection, which is only compared. If the user wants all of the
 * secrets, they are handed on, to a thread that holds no lock, in order.
 */
final class KeyLog implements KeyLogCallback {
    private static final byte[] EXPORTER_SECRET = "EXPORTER_SECRET ".getBytes(StandardCharsets.US_ASCII);

    private final boolean keepsExporterSecrets;
    private final Map<Long, byte[]> exporterSecrets = new ConcurrentHashMap<>();
    private final @Nullable Consumer<String> lines;
    private final Executor executor = new SerialExecutor(Dispatcher.to(DefaultExecutor.instance()));

    KeyLog(@Nullable Consumer<String> lines, boolean keepsExporterSecrets) {
        this.lines = lines;
        this.keepsExporterSecrets = keepsExporterSecrets;
    }

    /** {@return whether there is anything to hear for} */
    boolean isWanted() {
        return lines != null || keepsExporterSecrets;
    }

    /** {@return whether exporter secrets may be taken} */
    boolean keepsExporterSecrets() {
        return keepsExporterSecrets;
    }

    @Override
    public void handle(long ssl, byte[] line) {
        Consumer<String> told = lines;
        if (told != null) {
            String text = new String(line, StandardCharsets.US_ASCII);
            executor.execute(() -> told.accept(text));
        }
        if (keepsExporterSecrets && startsWith(line, EXPORTER_SECRET)) {
            exporterSecrets.put(ssl, lastField(line));
        }
        Arrays.fill(line, (byte) 0); // nobody else has it
    }

    /** {@return the exporter secret of a connection, once, or null when none has come} */
    byte @Nullable [] takeExporterSecret(long ssl) {
        return keepsExporterSecrets ? exporterSecrets.remove(ssl) : null;
    }

    private static boolean startsWith(byte[] line, byte[] prefix) {
        return line.length > prefix.length && Arrays.equals(line, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** {@return the bytes behind the last space, of hexadecimal digits} */
    private static byte[] lastField(byte[] line) {
        int start = line.length;
        while (line[start - 1] != ' ') {
            start--;
        }
        byte[] bytes = new byte[(line.length - start) / 2];
        for (int i = 0; i < bytes.length; i++) {
            int at = start + 2 * i;
            bytes[i] = (byte) (Character.digit(line[at], 16) << 4 | Character.digit(line[at + 1], 16));
        }
        return bytes;
    }
}
