package dev.sallyport.testkit.hostile;

import dev.sallyport.testkit.TlsBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The secrets of one handshake without resumption, with SHA-256 (RFC 8446, 7.1), and the transcript they come from. */
final class KeySchedule {
    private static final int HASH_BYTES = 32;

    private final MessageDigest transcript;
    private final byte[] hashOfNothing;
    private byte[] secret;
    private byte[] client = {};
    private byte[] server = {};

    KeySchedule() {
        try {
            transcript = MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256", e);
        }
        hashOfNothing = transcriptHash();
        secret = hmac(new byte[HASH_BYTES], new byte[HASH_BYTES]);
    }

    /** A handshake message was sent or received. */
    void add(byte[] message) {
        transcript.update(message);
    }

    /** {@return the hash of all messages so far} */
    byte[] transcriptHash() {
        try {
            return ((MessageDigest) transcript.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of this JDK cannot be cloned", e);
        }
    }

    /** With ServerHello as the last message. */
    void deriveHandshakeSecrets(byte[] shared) {
        derive(shared, "c hs traffic", "s hs traffic");
    }

    /** With the server's Finished as the last message. */
    void deriveApplicationSecrets() {
        derive(new byte[HASH_BYTES], "c ap traffic", "s ap traffic");
    }

    byte[] clientSecret() {
        return client.clone();
    }

    byte[] serverSecret() {
        return server.clone();
    }

    /** {@return what the client's Finished has to say after the messages so far, the handshake's secret given} */
    byte[] verifyData(byte[] trafficSecret) {
        return hmac(expandLabel(trafficSecret, "finished", new byte[0], HASH_BYTES), transcriptHash());
    }

    private void derive(byte[] input, String clientLabel, String serverLabel) {
        secret = hmac(expandLabel(secret, "derived", hashOfNothing, HASH_BYTES), input);
        client = expandLabel(secret, clientLabel, transcriptHash(), HASH_BYTES);
        server = expandLabel(secret, serverLabel, transcriptHash(), HASH_BYTES);
    }

    /** HKDF-Expand-Label for at most 32 bytes. */
    static byte[] expandLabel(byte[] secret, String label, byte[] context, int length) {
        TlsBytes info = new TlsBytes();
        info.u16(length);
        info.vector8(("tls13 " + label).getBytes(StandardCharsets.US_ASCII));
        info.vector8(context);
        info.u8(1); // the first block of HKDF-Expand, and the only one
        return Arrays.copyOf(hmac(secret, info.toByteArray()), length);
    }

    private static byte[] hmac(byte[] key, byte[] input) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(input);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC with SHA-256", e);
        }
    }
}
