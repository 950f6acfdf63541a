package dev.sallyport.internal.tls;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Exports with the JDK's session, whose method for it is as young as JDK 25. */
final class JsseKeyExporter implements KeyExporter {
    private static final @Nullable Method EXPORT = method();

    private static final KeyExporter TOO_OLD = (label, context, length) -> {
        throw new UnsupportedOperationException("exportKeyingMaterial: the jdk provider has it on JDK 25 or newer, and"
                + " this is JDK " + Runtime.version().feature() + " (use the boringssl provider)");
    };

    private final Method method;
    private final ExtendedSSLSession session;

    private JsseKeyExporter(Method method, ExtendedSSLSession session) {
        this.method = method;
        this.session = session;
    }

    static KeyExporter of(SSLSession session) {
        return EXPORT != null && session instanceof ExtendedSSLSession extended
                ? new JsseKeyExporter(EXPORT, extended)
                : TOO_OLD;
    }

    @Override
    public byte[] export(String label, byte @Nullable [] context, int length) throws SSLException {
        try {
            return (byte[]) method.invoke(session, label, context, length);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            throw new SSLException(
                    "exportKeyingMaterial: refused by the jdk provider (" + cause.getMessage() + ")", cause);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a public method of a public class of java.base", e);
        }
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
