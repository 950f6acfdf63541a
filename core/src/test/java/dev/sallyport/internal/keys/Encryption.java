package dev.sallyport.internal.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Makes EncryptedPrivateKeyInfos, and those that no honest program would write. */
final class Encryption {
    static final String PASSWORD = "secret";
    static final String PBES2 = "1.2.840.113549.1.5.13";
    static final String PBKDF2 = "1.2.840.113549.1.5.12";
    static final String SCRYPT = "1.3.6.1.4.1.11591.4.11";
    static final String AES_256_CBC = "2.16.840.1.101.3.4.1.42";

    private static final byte[] SALT = "saltsalt".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] IV = "sixteen bytes iv".getBytes(StandardCharsets.US_ASCII);

    private Encryption() {}

    /** PBES2 with AES-256 and PBKDF2 with 1,000 rounds of HMAC-SHA-1. */
    static byte[] pkcs8(byte[] key) {
        try {
            byte[] secret = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA1")
                    .generateSecret(new PBEKeySpec(PASSWORD.toCharArray(), SALT, 1000, 256))
                    .getEncoded();
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(secret, "AES"), new IvParameterSpec(IV));
            return info(PBES2, pbes2(PBKDF2, pbkdf2(1000), AES_256_CBC, IV), cipher.doFinal(key));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Encrypted data that is none, under parameters of PBES2. */
    static byte[] pretended(String function, byte[] functionParameters, String cipher, int ivBytes) {
        return info(PBES2, pbes2(function, functionParameters, cipher, new byte[ivBytes]), new byte[64]);
    }

    static byte[] info(String scheme, byte[] parameters, byte[] data) {
        return DerWriter.sequence(DerWriter.sequence(DerWriter.oid(scheme), parameters), DerWriter.octetString(data));
    }

    static byte[] pbkdf2(long iterations) {
        return DerWriter.sequence(DerWriter.octetString(SALT), DerWriter.integer(iterations));
    }

    static byte[] scrypt(long n, long r, long p) {
        return DerWriter.sequence(
                DerWriter.octetString(SALT), DerWriter.integer(n), DerWriter.integer(r), DerWriter.integer(p));
    }

    private static byte[] pbes2(String function, byte[] functionParameters, String cipher, byte[] iv) {
        return DerWriter.sequence(
                DerWriter.sequence(DerWriter.oid(function), functionParameters),
                DerWriter.sequence(DerWriter.oid(cipher), DerWriter.octetString(iv)));
    }
}
