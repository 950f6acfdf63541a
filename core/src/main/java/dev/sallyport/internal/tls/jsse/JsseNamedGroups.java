package dev.sallyport.internal.tls.jsse;

import dev.sallyport.internal.tls.TlsConfig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The key exchange groups of the JDK (RFC 8446 section 4.2.7). Its API for them is as young as JDK 20, and it takes names
 * it does not know, or cannot use, without a word: so every name is tried out before it is believed.
 */
final class JsseNamedGroups {
    private static final int SUPPORTED_GROUPS = 10;

    /** What comes before the session id of a ClientHello: record and message header, version, random. */
    private static final int BYTES_BEFORE_SESSION_ID = 5 + 4 + 2 + 32;

    private static final int JDK = Runtime.version().feature();

    private static final @Nullable Method SET_NAMED_GROUPS = method("setNamedGroups", String[].class);
    private static final @Nullable Method GET_NAMED_GROUPS = method("getNamedGroups");

    private JsseNamedGroups() {}

    /**
     * Sets what the material names, or leaves the JDK's defaults.
     *
     * @param parameters with versions and cipher suites already set
     * @throws SSLException when a named group cannot be used with those, or on this JDK
     */
    static void set(SSLContext context, TlsConfig material, SSLParameters parameters) throws SSLException {
        List<String> names = material.namedGroups();
        if (names.isEmpty()) {
            return;
        }
        assign(parameters, names);
        for (String name : names) {
            if (!isUsable(context, parameters, name)) {
                throw new SSLException("namedGroups: the jdk provider cannot use " + name + " on JDK " + JDK
                        + " (it has: " + String.join(", ", defaults(context)) + ")");
            }
        }
    }

    /** Whether a client that has this group only offers any: the engine leaves the extension out when it has none. */
    private static boolean isUsable(SSLContext context, SSLParameters wanted, String name) {
        SSLEngine client = context.createSSLEngine();
        client.setUseClientMode(true);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setProtocols(wanted.getProtocols());
        parameters.setCipherSuites(wanted.getCipherSuites());
        try {
            assign(parameters, List.of(name));
            client.setSSLParameters(parameters);
            ByteBuffer hello = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
            client.wrap(ByteBuffer.allocate(0), hello);
            return offersGroups(hello.flip());
        } catch (SSLException e) {
            // with no group at all, some versions and suites leave nothing to offer
            return false;
        }
    }

    /** {@return whether a ClientHello that an engine of our own has just made has the extension} */
    private static boolean offersGroups(ByteBuffer hello) {
        hello.position(BYTES_BEFORE_SESSION_ID);
        skip(hello, hello.get() & 0xFF);
        skip(hello, hello.getShort() & 0xFFFF); // cipher suites
        skip(hello, hello.get() & 0xFF); // compression methods
        hello.getShort(); // length of all extensions
        while (hello.hasRemaining()) {
            if (hello.getShort() == SUPPORTED_GROUPS) {
                return true;
            }
            skip(hello, hello.getShort() & 0xFFFF);
        }
        return false;
    }

    private static void skip(ByteBuffer buffer, int bytes) {
        buffer.position(buffer.position() + bytes);
    }

    private static List<String> defaults(SSLContext context) throws SSLException {
        Object names = call(GET_NAMED_GROUPS, context.createSSLEngine().getSSLParameters());
        return names instanceof String[] array ? List.of(array) : List.of();
    }

    private static void assign(SSLParameters parameters, List<String> names) throws SSLException {
        call(SET_NAMED_GROUPS, parameters, (Object) names.toArray(String[]::new));
    }

    private static @Nullable Object call(@Nullable Method method, SSLParameters parameters, Object... arguments)
            throws SSLException {
        if (method == null) {
            throw new SSLException("namedGroups: the jdk provider can set them on JDK 20 or newer, and this is JDK "
                    + JDK + " (leave them out, or use the boringssl provider)");
        }
        try {
            return method.invoke(parameters, arguments);
        } catch (InvocationTargetException e) {
            throw new SSLException("namedGroups: refused by the jdk provider (" + e.getCause() + ")", e);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a public method of a public class of java.base", e);
        }
    }

    private static @Nullable Method method(String name, Class<?>... types) {
        try {
            return SSLParameters.class.getMethod(name, types);
        } catch (NoSuchMethodException e) {
            return null;
        }
    }
}
