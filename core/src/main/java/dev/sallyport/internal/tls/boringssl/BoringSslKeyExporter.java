package dev.sallyport.internal.tls.boringssl;

import dev.sallyport.internal.tls.KeyExporter;
import io.netty.internal.tcnative.SSL;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Exports with the secrets that a connection of BoringSSL had, copied when its handshake was done: tcnative does not have
 * BoringSSL's own function for it.
 */
final class BoringSslKeyExporter implements KeyExporter {
    private static final int MASTER_SECRET_BYTES = 48;
    private static final int RANDOM_BYTES = 32;

    private static final KeyExporter UNKNOWN_SECRET = (label, context, length) -> {
        throw new SSLException("exportKeyingMaterial: boringssl has not told the secret that it needs");
    };

    /** Two connections could have been brought to the same secrets, so what they export would not tell them apart. */
    private static final KeyExporter NO_EXTENDED_MASTER_SECRET = (label, context, length) -> {
        throw new SSLException("exportKeyingMaterial: the client speaks tls 1.2 without the extended master secret,"
                + " and then there must be none (RFC 7627 section 5.4)");
    };

    private final KeyDerivation derivation;
    private final byte[] secret; // the exporter secret, of TLS 1.2 the master secret
    private final byte @Nullable [] randoms; // null in TLS 1.3

    private BoringSslKeyExporter(KeyDerivation derivation, byte[] secret, byte @Nullable [] randoms) {
        this.derivation = derivation;
        this.secret = secret;
        this.randoms = randoms;
    }

    /**
     * Copies what it needs of a connection whose handshake is done.
     *
     * @param keyLog what has heard of the exporter secret of TLS 1.3
     * @param extendedMasterSecret whether TLS 1.2, if it is that, uses it
     */
    static KeyExporter of(long ssl, KeyLog keyLog, boolean extendedMasterSecret) {
        if (!keyLog.keepsExporterSecrets()) {
            return NOT_ASKED_FOR;
        }
        byte[] tls13Secret = keyLog.takeExporterSecret(ssl);
        KeyDerivation derivation = KeyDerivation.of(SSL.getCipherForSSL(ssl));
        if (tls13Secret != null) {
            return new BoringSslKeyExporter(derivation, tls13Secret, null);
        }
        if ("TLSv1.3".equals(SSL.getVersion(ssl))) {
            return UNKNOWN_SECRET;
        }
        if (!extendedMasterSecret) {
            return NO_EXTENDED_MASTER_SECRET;
        }
        byte[] master = SSL.getMasterKey(ssl);
        byte[] client = SSL.getClientRandom(ssl);
        byte[] server = SSL.getServerRandom(ssl);
        if (length(master) != MASTER_SECRET_BYTES || length(client) != RANDOM_BYTES || length(server) != RANDOM_BYTES) {
            return UNKNOWN_SECRET;
        }
        byte[] randoms = Arrays.copyOf(client, 2 * RANDOM_BYTES);
        System.arraycopy(server, 0, randoms, RANDOM_BYTES, RANDOM_BYTES);
        return new BoringSslKeyExporter(derivation, master, randoms);
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    @Override
    public byte[] export(String label, byte @Nullable [] context, int length) throws SSLException {
        try {
            return randoms == null
                    ? derivation.exportTls13(secret, label, context, length)
                    : derivation.exportTls12(secret, randoms, label, context, length);
        } catch (GeneralSecurityException e) {
            throw new SSLException("exportKeyingMaterial: this jvm has no " + derivation, e);
        }
    }
}
