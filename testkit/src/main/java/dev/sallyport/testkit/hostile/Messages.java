package dev.sallyport.testkit.hostile;

import dev.sallyport.testkit.TlsBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;

/** Handshake messages of a client, and the numbers of RFC 8446, appendix B. */
final class Messages {
    static final int CHANGE_CIPHER_SPEC = 20;
    static final int ALERT = 21;
    static final int HANDSHAKE = 22;
    static final int APPLICATION_DATA = 23;

    static final int CLIENT_HELLO = 1;
    static final int SERVER_HELLO = 2;
    static final int NEW_SESSION_TICKET = 4;
    static final int END_OF_EARLY_DATA = 5;
    static final int ENCRYPTED_EXTENSIONS = 8;
    static final int CERTIFICATE = 11;
    static final int CERTIFICATE_REQUEST = 13;
    static final int CERTIFICATE_VERIFY = 15;
    static final int FINISHED = 20;
    static final int KEY_UPDATE = 24;

    static final int ECDSA_P256 = 0x0403;
    static final int ECDSA_P384 = 0x0503;
    static final int RSA_PSS = 0x0804;
    static final int RSA_PKCS1_SHA1 = 0x0201;

    private static final int SIGNED_PADDING = 64;

    private Messages() {}

    /** {@return a message with its header} */
    static byte[] message(int type, byte[] body) {
        TlsBytes message = new TlsBytes();
        message.u8(type);
        message.vector24(body);
        return message.toByteArray();
    }

    /** {@return a Certificate message without a request's context and without extensions} */
    static byte[] certificate(List<byte[]> chain) {
        TlsBytes entries = new TlsBytes();
        chain.forEach(each -> entries.raw(entry(each, new byte[0])));
        return certificate(new byte[0], entries.toByteArray());
    }

    static byte[] certificate(byte[] context, byte[] entries) {
        TlsBytes body = new TlsBytes();
        body.vector8(context);
        body.vector24(entries);
        return message(CERTIFICATE, body.toByteArray());
    }

    /** {@return one entry of the list of certificates} */
    static byte[] entry(byte[] certificate, byte[] extensions) {
        TlsBytes entry = new TlsBytes();
        entry.vector24(certificate);
        entry.vector16(extensions);
        return entry.toByteArray();
    }

    static byte[] certificateVerify(int algorithm, byte[] signature) {
        TlsBytes body = new TlsBytes();
        body.u16(algorithm);
        body.vector16(signature);
        return message(CERTIFICATE_VERIFY, body.toByteArray());
    }

    /** {@return a signature over this transcript hash (RFC 8446, 4.4.3)} */
    static byte[] sign(PrivateKey key, String algorithm, byte[] transcriptHash) throws GeneralSecurityException {
        byte[] padding = new byte[SIGNED_PADDING];
        Arrays.fill(padding, (byte) ' ');
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(padding);
        signature.update("TLS 1.3, client CertificateVerify\0".getBytes(StandardCharsets.US_ASCII));
        signature.update(transcriptHash);
        return signature.sign();
    }

    static byte[] keyUpdate(int requested) {
        return message(KEY_UPDATE, new byte[] {(byte) requested});
    }
}
