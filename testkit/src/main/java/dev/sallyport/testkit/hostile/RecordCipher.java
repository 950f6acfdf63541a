package dev.sallyport.testkit.hostile;

import dev.sallyport.testkit.TlsBytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** One direction's records under one secret, with TLS_AES_128_GCM_SHA256 (RFC 8446, 5.2 and 5.3). */
final class RecordCipher {
    static final int HEADER_BYTES = 5;
    private static final int TAG_BYTES = 16;
    private static final int KEY_BYTES = 16;
    private static final int IV_BYTES = 12;

    private final byte[] secret;
    private final SecretKeySpec key;
    private final byte[] iv;
    private final Cipher cipher;
    private long sequence;

    RecordCipher(byte[] secret) {
        this.secret = secret.clone();
        this.key = new SecretKeySpec(KeySchedule.expandLabel(secret, "key", new byte[0], KEY_BYTES), "AES");
        this.iv = KeySchedule.expandLabel(secret, "iv", new byte[0], IV_BYTES);
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES in GCM", e);
        }
    }

    /** {@return what takes over after a KeyUpdate (RFC 8446, 7.2)} */
    RecordCipher next() {
        return new RecordCipher(KeySchedule.expandLabel(secret, "traffic upd", new byte[0], secret.length));
    }

    /** {@return the next record} What is inside, type and padding included, is the caller's. */
    byte[] seal(byte[] inner) {
        byte[] header = header(inner.length + TAG_BYTES);
        return TlsBytes.concat(header, run(Cipher.ENCRYPT_MODE, header, inner));
    }

    /** {@return what is inside the next record, without its padding: the content, then its type} */
    byte[] open(byte[] record) {
        byte[] header = Arrays.copyOf(record, HEADER_BYTES);
        byte[] inner = run(Cipher.DECRYPT_MODE, header, Arrays.copyOfRange(record, HEADER_BYTES, record.length));
        int end = inner.length;
        while (end > 0 && inner[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOf(inner, end);
    }

    private static byte[] header(int length) {
        return new byte[] {Messages.APPLICATION_DATA, 3, 3, (byte) (length >> 8), (byte) length};
    }

    private byte[] run(int mode, byte[] header, byte[] input) {
        byte[] nonce = iv.clone();
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[IV_BYTES - 1 - i] ^= (byte) (sequence >>> (8 * i));
        }
        sequence++;
        try {
            cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
            cipher.updateAAD(header);
            return cipher.doFinal(input);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("record " + (sequence - 1), e);
        }
    }
}
