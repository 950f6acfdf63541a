package dev.sallyport.internal.tls.boringssl;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** How TLS 1.2 and TLS 1.3 turn a secret into key material, each with the hash of its cipher suite. Any thread. */
enum KeyDerivation {
    SHA256("SHA-256", "HmacSHA256"),
    SHA384("SHA-384", "HmacSHA384");

    private static final byte[] NOTHING = {};

    private final String digest;
    private final String mac;

    KeyDerivation(String digest, String mac) {
        this.digest = digest;
        this.mac = mac;
    }

    /** {@return what this suite derives its keys with: of those of TLS 1.2 and 1.3 none has a third hash} */
    static KeyDerivation of(String cipherSuite) {
        return cipherSuite.endsWith("SHA384") ? SHA384 : SHA256;
    }

    /**
     * The exporter of TLS 1.2 (RFC 5705 section 4): no context is something else than an empty one.
     *
     * @param randoms the client's and the server's, one after the other
     */
    byte[] exportTls12(byte[] masterSecret, byte[] randoms, String label, byte @Nullable [] context, int length)
            throws GeneralSecurityException {
        if (context == null) {
            return prf(masterSecret, label, randoms, length);
        }
        ByteBuffer seed = ByteBuffer.allocate(randoms.length + 2 + context.length);
        seed.put(randoms).putShort((short) context.length).put(context);
        return prf(masterSecret, label, seed.array(), length);
    }

    /** The exporter of TLS 1.3 (RFC 8446 section 7.5): no context is an empty one. */
    byte[] exportTls13(byte[] exporterSecret, String label, byte @Nullable [] context, int length)
            throws GeneralSecurityException {
        MessageDigest hash = MessageDigest.getInstance(digest);
        byte[] derived = expandLabel(exporterSecret, label, hash.digest(NOTHING), hash.getDigestLength());
        return expandLabel(derived, "exporter", hash.digest(context == null ? NOTHING : context), length);
    }

    /** PRF (RFC 5246 section 5). */
    byte[] prf(byte[] secret, String label, byte[] seed, int length) throws GeneralSecurityException {
        byte[] labelled = concatenated(label.getBytes(StandardCharsets.US_ASCII), seed);
        Mac hmac = hmac(secret);
        ByteBuffer result = ByteBuffer.allocate(length);
        byte[] chained = labelled;
        while (result.hasRemaining()) {
            chained = hmac.doFinal(chained);
            hmac.update(chained);
            put(result, hmac.doFinal(labelled));
        }
        return result.array();
    }

    /** HKDF-Expand-Label (RFC 8446 section 7.1). */
    byte[] expandLabel(byte[] secret, String label, byte[] context, int length) throws GeneralSecurityException {
        byte[] fullLabel = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer info = ByteBuffer.allocate(2 + 1 + fullLabel.length + 1 + context.length);
        info.putShort((short) length)
                .put((byte) fullLabel.length)
                .put(fullLabel)
                .put((byte) context.length)
                .put(context);
        return expand(secret, info.array(), length);
    }

    /** HKDF-Expand (RFC 5869 section 2.3). */
    private byte[] expand(byte[] secret, byte[] info, int length) throws GeneralSecurityException {
        Mac hmac = hmac(secret);
        ByteBuffer result = ByteBuffer.allocate(length);
        byte[] block = NOTHING;
        for (int i = 1; result.hasRemaining(); i++) {
            hmac.update(block);
            hmac.update(info);
            hmac.update((byte) i);
            block = hmac.doFinal();
            put(result, block);
        }
        return result.array();
    }

    private Mac hmac(byte[] secret) throws GeneralSecurityException {
        Mac hmac = Mac.getInstance(mac);
        hmac.init(new SecretKeySpec(secret, mac));
        return hmac;
    }

    /** As much as there is room for. */
    private static void put(ByteBuffer result, byte[] block) {
        result.put(block, 0, Math.min(block.length, result.remaining()));
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
