package dev.sallyport.internal.keys;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** The scrypt key derivation (RFC 7914), which the JDK lacks and 'openssl pkcs8 -scrypt' uses. */
final class Scrypt {
    private Scrypt() {}

    /** Needs 128 * n * r bytes of memory; n is a power of two above 1, the salt is not empty. */
    static byte[] derive(char[] password, byte[] salt, int n, int r, int p, int length)
            throws GeneralSecurityException {
        byte[] blocks = pbkdf2(password, salt, p * 128 * r);
        int[] words = new int[32 * r];
        int[] memory = new int[n * words.length];
        try {
            for (int i = 0; i < p; i++) {
                load(blocks, i * 128 * r, words);
                mix(words, memory, n);
                store(words, blocks, i * 128 * r);
            }
            return pbkdf2(password, blocks, length);
        } finally {
            Arrays.fill(blocks, (byte) 0);
            Arrays.fill(words, 0);
            Arrays.fill(memory, 0);
        }
    }

    private static byte[] pbkdf2(char[] password, byte[] salt, int length) throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(password, salt, 1, 8 * length);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } finally {
            spec.clearPassword();
        }
    }

    /** scryptROMix, section 5. */
    private static void mix(int[] words, int[] memory, int n) {
        int size = words.length;
        int[] spare = new int[size];
        for (int i = 0; i < n; i++) {
            System.arraycopy(words, 0, memory, i * size, size);
            mixBlock(words, spare);
        }
        for (int i = 0; i < n; i++) {
            int at = (words[size - 16] & (n - 1)) * size;
            for (int j = 0; j < size; j++) {
                words[j] ^= memory[at + j];
            }
            mixBlock(words, spare);
        }
    }

    /** scryptBlockMix, section 4: even results to the first half, odd ones to the second. */
    private static void mixBlock(int[] words, int[] spare) {
        int size = words.length;
        int[] x = Arrays.copyOfRange(words, size - 16, size);
        for (int block = 0; block < size / 16; block++) {
            for (int i = 0; i < 16; i++) {
                x[i] ^= words[block * 16 + i];
            }
            salsa208(x);
            int half = block % 2 == 0 ? 0 : size / 2;
            System.arraycopy(x, 0, spare, half + block / 2 * 16, 16);
        }
        System.arraycopy(spare, 0, words, 0, size);
    }

    /** Salsa20/8, section 3: four double rounds, then the input added. */
    private static void salsa208(int[] x) {
        int[] input = x.clone();
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 4; i++) {
                quarter(x, 5 * i, (5 * i + 4) % 16, (5 * i + 8) % 16, (5 * i + 12) % 16);
            }
            for (int i = 0; i < 4; i++) {
                int row = 4 * i;
                quarter(x, row + i, row + (i + 1) % 4, row + (i + 2) % 4, row + (i + 3) % 4);
            }
        }
        for (int i = 0; i < 16; i++) {
            x[i] += input[i];
        }
    }

    private static void quarter(int[] x, int a, int b, int c, int d) {
        x[b] ^= Integer.rotateLeft(x[a] + x[d], 7);
        x[c] ^= Integer.rotateLeft(x[b] + x[a], 9);
        x[d] ^= Integer.rotateLeft(x[c] + x[b], 13);
        x[a] ^= Integer.rotateLeft(x[d] + x[c], 18);
    }

    private static void load(byte[] bytes, int at, int[] words) {
        for (int i = 0; i < words.length; i++) {
            int from = at + 4 * i;
            words[i] = (bytes[from] & 0xff)
                    | ((bytes[from + 1] & 0xff) << 8)
                    | ((bytes[from + 2] & 0xff) << 16)
                    | (bytes[from + 3] << 24);
        }
    }

    private static void store(int[] words, byte[] bytes, int at) {
        for (int i = 0; i < 4 * words.length; i++) {
            bytes[at + i] = (byte) (words[i / 4] >>> (8 * (i % 4)));
        }
    }
}
