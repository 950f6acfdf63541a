package dev.sallyport.internal.hello;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A host name that a client asks for (RFC 6066 section 3).
 *
 * @param name in lower case, without a dot at the end
 * @param plain whether it was sent without such a dot, and has letters, digits and hyphens only (STD 3)
 */
record ServerNameField(String name, boolean plain) {
    private static final int HOST_NAME = 0;
    private static final int MAX_SENT = 255;
    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;

    /** {@return the name in an extension, or null when there is only something else than a host name} */
    static @Nullable ServerNameField read(HelloCursor extension, byte[] bytes) throws HelloRefusal {
        HelloCursor list = extension.vector16("server_name");
        extension.done();
        list.of(1);
        ServerNameField found = null;
        while (list.remaining() > 0) {
            int type = list.u8();
            HelloCursor name = list.vector16("server_name");
            if (type != HOST_NAME) {
                continue;
            }
            if (found != null) {
                throw HelloRefusal.misbehaviour(Alert.ILLEGAL_PARAMETER, "the client hello has two host names");
            }
            found = of(name.of(1), bytes);
        }
        return found;
    }

    private static ServerNameField of(HelloCursor sent, byte[] bytes) throws HelloRefusal {
        boolean printable = sent.remaining() <= MAX_SENT;
        for (int i = sent.at(); printable && i < sent.end(); i++) {
            printable = bytes[i] > ' ' && bytes[i] < 0x7f; // else it would look like something else in a log or a file
        }
        if (!printable || (sent.remaining() == 1 && bytes[sent.at()] == '.')) {
            throw HelloRefusal.misbehaviour(
                    Alert.ILLEGAL_PARAMETER, "the server name of the client hello cannot be a name");
        }
        String text =
                new String(bytes, sent.at(), sent.remaining(), StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
        boolean dot = text.endsWith(".");
        String name = dot ? text.substring(0, text.length() - 1) : text;
        if (!isHostName(name)) {
            throw HelloRefusal.name(name);
        }
        return new ServerNameField(name, !dot && name.indexOf('_') < 0);
    }

    /** {@return whether it has labels of 1 to 63 letters, digits, underscores and inner hyphens} */
    private static boolean isHostName(String name) {
        if (name.length() > MAX_NAME) {
            return false;
        }
        int label = 0;
        char before = '.';
        for (int i = 0; i <= name.length(); i++) {
            char next = i == name.length() ? '.' : name.charAt(i);
            if (next == '.') {
                if (label == 0 || label > MAX_LABEL || before == '-') {
                    return false;
                }
                label = 0;
            } else {
                boolean inner = next == '-' && label > 0;
                if (!inner && next != '_' && !(next >= 'a' && next <= 'z') && !(next >= '0' && next <= '9')) {
                    return false;
                }
                label++;
            }
            before = next;
        }
        return true;
    }
}
