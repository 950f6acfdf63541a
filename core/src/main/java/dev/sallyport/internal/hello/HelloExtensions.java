package dev.sallyport.internal.hello;

import org.jspecify.annotations.Nullable;

/**
 * The extensions of a ClientHello: of those that matter here, where they are; of those that every TLS library reads,
 * whether their lengths fit, so that it is answered alike whichever reads them next.
 */
final class HelloExtensions {
    private static final int SERVER_NAME = 0;
    private static final int SUPPORTED_GROUPS = 10;
    private static final int EC_POINT_FORMATS = 11;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int ALPN = 16;
    private static final int EXTENDED_MASTER_SECRET = 23;
    private static final int PRE_SHARED_KEY = 41;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int PSK_KEY_EXCHANGE_MODES = 45;
    private static final int SIGNATURE_ALGORITHMS_CERT = 50;
    private static final int KEY_SHARE = 51;
    private static final int RENEGOTIATION_INFO = 0xff01;

    final @Nullable ServerNameField serverName;
    final boolean extendedMasterSecret;
    final int protocolsAt;
    final int protocolsEnd;
    final int versionsAt;
    final int versionsEnd; // 0 where there is no such extension
    final int schemesAt;
    final int schemesEnd;

    HelloExtensions(HelloCursor block, byte[] bytes) throws HelloRefusal {
        ServerNameField name = null;
        boolean masterSecret = false;
        HelloCursor protocols = null;
        HelloCursor versions = null;
        HelloCursor schemes = null;
        ExtensionTypes types = new ExtensionTypes();
        while (block.remaining() > 0) {
            int type = block.u16();
            types.add(type);
            HelloCursor extension = block.vector16(name(type));
            switch (type) {
                case SERVER_NAME -> name = ServerNameField.read(extension, bytes);
                case ALPN -> protocols = protocols(extension);
                case EXTENDED_MASTER_SECRET -> {
                    extension.done();
                    masterSecret = true;
                }
                case SUPPORTED_VERSIONS -> versions = only8(extension, type).of(2);
                case SIGNATURE_ALGORITHMS -> schemes = only16(extension, type).of(2);
                case SUPPORTED_GROUPS, SIGNATURE_ALGORITHMS_CERT ->
                    only16(extension, type).of(2);
                case EC_POINT_FORMATS, PSK_KEY_EXCHANGE_MODES ->
                    only8(extension, type).of(1);
                case RENEGOTIATION_INFO -> only8(extension, type);
                case KEY_SHARE -> checkKeyShares(only16(extension, type));
                case PRE_SHARED_KEY -> checkLast(block);
                default -> {}
            }
        }
        types.check();
        serverName = name;
        extendedMasterSecret = masterSecret;
        protocolsAt = protocols == null ? 0 : protocols.at();
        protocolsEnd = protocols == null ? 0 : protocols.end();
        versionsAt = versions == null ? 0 : versions.at();
        versionsEnd = versions == null ? 0 : versions.end();
        schemesAt = schemes == null ? 0 : schemes.at();
        schemesEnd = schemes == null ? 0 : schemes.end();
    }

    private static String name(int type) {
        return switch (type) {
            case SERVER_NAME -> "server_name";
            case ALPN -> "application_layer_protocol_negotiation";
            case SUPPORTED_VERSIONS -> "supported_versions";
            case SUPPORTED_GROUPS -> "supported_groups";
            case KEY_SHARE -> "key_share";
            default -> "an extension";
        };
    }

    /** {@return the vector that is all there is in an extension} */
    private static HelloCursor only8(HelloCursor extension, int type) throws HelloRefusal {
        HelloCursor vector = extension.vector8(name(type));
        extension.done();
        return vector;
    }

    private static HelloCursor only16(HelloCursor extension, int type) throws HelloRefusal {
        HelloCursor vector = extension.vector16(name(type));
        extension.done();
        return vector;
    }

    /** {@return where the list of names is, none of which is empty (RFC 7301 section 3.1)} */
    private static HelloCursor protocols(HelloCursor extension) throws HelloRefusal {
        int start = extension.at() + 2;
        HelloCursor names = only16(extension, ALPN).of(1);
        while (names.remaining() > 0) {
            int length = names.u8();
            if (length == 0) {
                throw HelloRefusal.malformed(name(ALPN));
            }
            names.skip(length);
        }
        return extension.from(start);
    }

    private static void checkKeyShares(HelloCursor shares) throws HelloRefusal {
        while (shares.remaining() > 0) {
            shares.u16();
            int length = shares.u16();
            if (length == 0) {
                throw HelloRefusal.malformed(name(KEY_SHARE));
            }
            shares.skip(length);
        }
    }

    /** Its proof is over all that is before it (RFC 8446 section 4.2.11). */
    private static void checkLast(HelloCursor block) throws HelloRefusal {
        if (block.remaining() > 0) {
            throw HelloRefusal.misbehaviour(
                    Alert.ILLEGAL_PARAMETER, "pre_shared_key is not the last extension of the client hello");
        }
    }
}
