package dev.sallyport.internal.keys;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.BadPaddingException;
import javax.net.ssl.SSLException;

/**
 * The encryption of keys inside PEM headers (RFC 1421), as OpenSSL wrote it before PKCS#8: the key is MD5 over password and
 * salt, repeated until it is long enough (EVP_BytesToKey with one iteration).
 */
final class TraditionalEncryption {
    private static final int SALT_BYTES = 8;
    private static final int MAX_UTF8_BYTES = 3; // of one char

    private TraditionalEncryption() {}

    /** {@return the key's DER, for the caller to clear} */
    static byte[] decrypt(Origin place, String dekInfo, byte[] data, char[] password) throws SSLException {
        String[] parts = dekInfo.split(",", 2);
        String name = parts[0].strip();
        CbcCipher cipher = CbcCipher.ofDekInfo(name);
        if (cipher == null) {
            throw place.refuse("is encrypted with " + Origin.printable(name)
                    + ", which is not supported; encrypt it again" + " with 'openssl pkcs8 -topk8'");
        }
        byte[] iv = iv(place, parts.length == 2 ? parts[1].strip() : "", cipher);
        if (data.length == 0 || data.length % cipher.blockBytes() != 0) {
            throw place.refuse("is encrypted, but cut short: its " + data.length + " bytes are no multiple of "
                    + cipher.blockBytes() + "; copy it again");
        }
        byte[] key = derive(password, iv, cipher.keyBytes());
        try {
            byte[] plain = cipher.decrypt(key, iv, data);
            BlobKind content = BlobKind.ofDer(plain);
            if (!content.isKey()) {
                Arrays.fill(plain, (byte) 0);
                throw EncryptedPkcs8.wrongPassword(place);
            }
            return plain;
        } catch (BadPaddingException e) {
            throw EncryptedPkcs8.wrongPassword(place);
        } catch (GeneralSecurityException e) {
            throw place.refuse("cannot be decrypted with " + name, e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] iv(Origin place, String hex, CbcCipher cipher) throws SSLException {
        byte[] iv;
        try {
            iv = HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            iv = new byte[0];
        }
        if (iv.length != cipher.blockBytes()) {
            throw place.refuse("its DEK-Info header is damaged; there should be " + 2 * cipher.blockBytes()
                    + " hexadecimal digits behind the comma: copy it again");
        }
        return iv;
    }

    private static byte[] derive(char[] password, byte[] iv, int length) {
        // into an array of our own, which can be cleared
        ByteBuffer encoded = ByteBuffer.allocate(MAX_UTF8_BYTES * password.length);
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(password), encoded, true);
        encoded.flip();
        byte[] key = new byte[length];
        byte[] digest = new byte[0];
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            for (int at = 0; at < length; at += digest.length) {
                md5.update(digest);
                md5.update(encoded.duplicate());
                md5.update(iv, 0, SALT_BYTES);
                digest = md5.digest();
                System.arraycopy(digest, 0, key, at, Math.min(digest.length, length - at));
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        } finally {
            Arrays.fill(digest, (byte) 0);
            Arrays.fill(encoded.array(), encoded.arrayOffset(), encoded.arrayOffset() + encoded.capacity(), (byte) 0);
        }
    }
}
