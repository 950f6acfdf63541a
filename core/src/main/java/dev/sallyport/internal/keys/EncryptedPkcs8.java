package dev.sallyport.internal.keys;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.net.ssl.SSLException;

/**
 * Opens an EncryptedPrivateKeyInfo (RFC 5958): PBES2 with PBKDF2 or scrypt, and the older PBES1 schemes that the JDK has
 * (RFC 8018, RFC 7292 appendix C). The work that a file may ask for is bounded.
 */
final class EncryptedPkcs8 {
    static final int MAX_ITERATIONS = 10_000_000;

    private static final String PBES2 = "1.2.840.113549.1.5.13";
    private static final String PBKDF2 = "1.2.840.113549.1.5.12";
    private static final String SCRYPT = "1.3.6.1.4.1.11591.4.11";
    private static final int MAX_SCRYPT_MEMORY_BYTES = 64 << 20;
    private static final int MAX_SCRYPT_PASSES = 16;

    private static final Map<String, String> PBES1 = Map.of(
            "1.2.840.113549.1.5.3", "PBEWithMD5AndDES",
            "1.2.840.113549.1.12.1.1", "PBEWithSHA1AndRC4_128",
            "1.2.840.113549.1.12.1.2", "PBEWithSHA1AndRC4_40",
            "1.2.840.113549.1.12.1.3", "PBEWithSHA1AndDESede",
            "1.2.840.113549.1.12.1.5", "PBEWithSHA1AndRC2_128",
            "1.2.840.113549.1.12.1.6", "PBEWithSHA1AndRC2_40");
    private static final Map<String, String> HMACS = Map.of(
            "1.2.840.113549.2.7", "HmacSHA1",
            "1.2.840.113549.2.8", "HmacSHA224",
            "1.2.840.113549.2.9", "HmacSHA256",
            "1.2.840.113549.2.10", "HmacSHA384",
            "1.2.840.113549.2.11", "HmacSHA512",
            "1.2.840.113549.2.12", "HmacSHA512/224",
            "1.2.840.113549.2.13", "HmacSHA512/256");

    private final Origin place;
    private final char[] password;
    private final byte[] data;

    private EncryptedPkcs8(Origin place, char[] password, byte[] data) {
        this.place = place;
        this.password = password;
        this.data = data;
    }

    /** {@return the PKCS#8 key, for the caller to clear} */
    static byte[] decrypt(Origin place, byte[] der, char[] password) throws SSLException {
        DerReader info = new DerReader(place, der).sequence();
        DerReader algorithm = info.sequence();
        byte[] data = info.content(DerReader.OCTET_STRING);
        EncryptedPkcs8 encrypted = new EncryptedPkcs8(place, password, data);
        byte[] plain = encrypted.open(algorithm);
        if (BlobKind.ofDer(plain) != BlobKind.PKCS8) {
            Arrays.fill(plain, (byte) 0);
            throw wrongPassword(place);
        }
        return plain;
    }

    static SSLException wrongPassword(Origin place) {
        return place.refuse("cannot be decrypted: the password is wrong (or the content is damaged)");
    }

    private byte[] open(DerReader algorithm) throws SSLException {
        String scheme = algorithm.oid();
        DerReader parameters = algorithm.sequence();
        try {
            return scheme.equals(PBES2) ? pbes2(parameters) : pbes1(scheme, parameters);
        } catch (BadPaddingException e) {
            throw wrongPassword(place);
        } catch (IllegalBlockSizeException e) {
            throw place.refuse("its encrypted part of " + data.length + " bytes is cut short; copy it again", e);
        } catch (NoSuchAlgorithmException e) {
            throw again("is encrypted in a way that this JDK lacks (" + e.getMessage() + ")");
        } catch (GeneralSecurityException | RuntimeException e) {
            throw place.refuse("its encryption parameters are malformed; copy it again", e);
        }
    }

    private byte[] pbes2(DerReader parameters) throws SSLException, GeneralSecurityException {
        DerReader derivation = parameters.sequence();
        DerReader encryption = parameters.sequence();
        String cipherOid = encryption.oid();
        CbcCipher cipher = CbcCipher.ofOid(cipherOid);
        if (cipher == null) {
            throw again("is encrypted with the cipher " + cipherOid + ", which is not supported");
        }
        byte[] iv = encryption.content(DerReader.OCTET_STRING);
        if (iv.length != cipher.blockBytes()) {
            throw encryption.malformed("an initialization vector of " + iv.length + " bytes");
        }
        String function = derivation.oid();
        byte[] key = switch (function) {
            case PBKDF2 -> pbkdf2(derivation.sequence(), cipher.keyBytes());
            case SCRYPT -> scrypt(derivation.sequence(), cipher.keyBytes());
            default -> throw again("uses the key derivation " + function + ", which is not supported");
        };
        try {
            return cipher.decrypt(key, iv, data);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private byte[] pbkdf2(DerReader parameters, int keyBytes) throws SSLException, GeneralSecurityException {
        byte[] salt = salt(parameters);
        int iterations = parameters.count("an iteration count", MAX_ITERATIONS);
        if (parameters.tag() == DerReader.INTEGER) {
            parameters.skip(); // the key's length, which the cipher decides
        }
        String hmac = "HmacSHA1";
        if (parameters.tag() == DerReader.SEQUENCE) {
            String oid = parameters.sequence().oid();
            hmac = HMACS.getOrDefault(oid, oid);
        }
        PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, 8 * keyBytes);
        try {
            return SecretKeyFactory.getInstance("PBKDF2With" + hmac)
                    .generateSecret(spec)
                    .getEncoded();
        } finally {
            spec.clearPassword();
        }
    }

    private byte[] scrypt(DerReader parameters, int keyBytes) throws SSLException, GeneralSecurityException {
        byte[] salt = salt(parameters);
        int n = parameters.count("a scrypt cost", MAX_SCRYPT_MEMORY_BYTES);
        int r = parameters.count("a scrypt block size", MAX_SCRYPT_MEMORY_BYTES);
        int p = parameters.count("a scrypt parallelization", MAX_SCRYPT_PASSES);
        if (n < 2 || Integer.bitCount(n) != 1) {
            throw parameters.malformed("a scrypt cost that is no power of two,");
        }
        if (128L * r * Math.max(n, p) > MAX_SCRYPT_MEMORY_BYTES) {
            throw again("asks for more than 64 MiB of memory (scrypt), more than is taken here");
        }
        return Scrypt.derive(password, salt, n, r, p, keyBytes);
    }

    private static byte[] salt(DerReader parameters) throws SSLException {
        byte[] salt = parameters.content(DerReader.OCTET_STRING);
        if (salt.length == 0) {
            throw parameters.malformed("an empty salt");
        }
        return salt;
    }

    private byte[] pbes1(String scheme, DerReader parameters) throws SSLException, GeneralSecurityException {
        String name = PBES1.get(scheme);
        if (name == null) {
            throw again("is encrypted with the scheme " + scheme + ", which is not supported");
        }
        for (char c : password) {
            if (c < ' ' || c > '~') {
                throw again("is encrypted in an old way (" + name
                        + ") that takes ASCII passwords only, and the password" + " given has other characters");
            }
        }
        byte[] salt = salt(parameters);
        int iterations = parameters.count("an iteration count", MAX_ITERATIONS);
        PBEKeySpec spec = new PBEKeySpec(password);
        try {
            SecretKey key = SecretKeyFactory.getInstance(name).generateSecret(spec);
            Cipher cipher = Cipher.getInstance(name);
            cipher.init(Cipher.DECRYPT_MODE, key, new PBEParameterSpec(salt, iterations));
            return cipher.doFinal(data);
        } finally {
            spec.clearPassword();
        }
    }

    private SSLException again(String problem) {
        return place.refuse(problem + "; encrypt the key again with 'openssl pkcs8 -topk8 -v2 aes256'");
    }
}
