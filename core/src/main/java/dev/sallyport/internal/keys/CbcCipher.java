package dev.sallyport.internal.keys;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The ciphers that keys are encrypted with, by the names they have in PEM headers and in PBES2. */
enum CbcCipher {
    AES_128("AES-128-CBC", "2.16.840.1.101.3.4.1.2", "AES", 16, 16),
    AES_192("AES-192-CBC", "2.16.840.1.101.3.4.1.22", "AES", 24, 16),
    AES_256("AES-256-CBC", "2.16.840.1.101.3.4.1.42", "AES", 32, 16),
    TRIPLE_DES("DES-EDE3-CBC", "1.2.840.113549.3.7", "DESede", 24, 8);

    private final String dekInfo;
    private final String oid;
    private final String algorithm;
    private final int keyBytes;
    private final int blockBytes;

    CbcCipher(String dekInfo, String oid, String algorithm, int keyBytes, int blockBytes) {
        this.dekInfo = dekInfo;
        this.oid = oid;
        this.algorithm = algorithm;
        this.keyBytes = keyBytes;
        this.blockBytes = blockBytes;
    }

    static @Nullable CbcCipher ofDekInfo(String name) {
        for (CbcCipher cipher : values()) {
            if (cipher.dekInfo.equalsIgnoreCase(name)) {
                return cipher;
            }
        }
        return null;
    }

    static @Nullable CbcCipher ofOid(String oid) {
        for (CbcCipher cipher : values()) {
            if (cipher.oid.equals(oid)) {
                return cipher;
            }
        }
        return null;
    }

    int keyBytes() {
        return keyBytes;
    }

    int blockBytes() {
        return blockBytes;
    }

    byte[] decrypt(byte[] key, byte[] iv, byte[] data) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(algorithm + "/CBC/PKCS5Padding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, algorithm), new IvParameterSpec(iv));
        return cipher.doFinal(data);
    }
}
