package dev.sallyport.internal.tls.jsse;

import dev.sallyport.internal.tls.KeyExporter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Objects;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Exports with the JDK's session, whose method for it is as young as JDK 25. */
final class JsseKeyExporter implements KeyExporter {
    private static final @Nullable Method EXPORT = method();

    private final ExtendedSSLSession session;

    private JsseKeyExporter(ExtendedSSLSession session) {
        this.session = session;
    }

    /** Refuses JDKs that cannot do it. */
    static void checkAvailable() throws SSLException {
        if (EXPORT == null) {
            throw new SSLException("keyingMaterialExport: the jdk provider has it on JDK 25 or newer, and this is JDK "
                    + Runtime.version().feature() + " (leave it out, or use the boringssl provider)");
        }
    }

    static KeyExporter of(SSLSession session) {
        return new JsseKeyExporter((ExtendedSSLSession) session);
    }

    @Override
    public byte[] export(String label, byte @Nullable [] context, int length) throws SSLException {
        try {
            Object exported = Objects.requireNonNull(EXPORT).invoke(session, label, context, length);
            return (byte[]) Objects.requireNonNull(exported);
        } catch (InvocationTargetException e) {
            throw new SSLException(
                    "exportKeyingMaterial: refused by the jdk provider (" + message(e.getCause()) + ")", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a public method of a public class of java.base", e);
        }
    }

    private static @Nullable String message(@Nullable Throwable cause) {
        return cause == null ? null : cause.getMessage();
    }

    private static @Nullable Method method() {
        try {
            return ExtendedSSLSession.class.getMethod(
                    "exportKeyingMaterialData", String.class, byte[].class, int.class);
        } catch (NoSuchMethodException e) {
            return null;
        }
    }
}
