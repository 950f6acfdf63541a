package dev.sallyport.internal.keys;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Finds the private key in a source and decodes it: PKCS#8, PKCS#1 and SEC1, plain or encrypted, or a keystore's only key. */
final class KeyReader {
    private static final String WANTED = "private key";

    private KeyReader() {}

    static PrivateKey read(Source source, char @Nullable [] password) throws IOException {
        try (PemBlocks blocks = PemBlocks.read(source, WANTED)) {
            PemBlock parameters = null;
            PemBlock key = null;
            for (PemBlock block : blocks) {
                if (block.content() == BlobKind.UNKNOWN) {
                    throw block.place().refuse(instead(block.content()));
                }
                if (block.content() == BlobKind.PARAMETERS && key == null) {
                    parameters = block;
                }
                if (block.content().isKey() || block.content().isKeyStore()) {
                    requireFirst(key, block);
                    key = block;
                }
            }
            if (key == null) {
                PemBlock first = blocks.iterator().next();
                throw first.place().refuse(instead(first.content()));
            }
            return decode(key, parameters, password);
        }
    }

    private static void requireFirst(@Nullable PemBlock earlier, PemBlock key) throws SSLException {
        if (earlier != null) {
            throw key.place()
                    .refuse("is a second private key, after " + earlier.place().part()
                            + "; leave the one that belongs to the certificate");
        }
    }

    private static String instead(BlobKind content) {
        String is = "is " + content.description() + " where the private key is expected; ";
        return is
                + switch (content) {
                    case CERTIFICATE, TRUSTED_CERTIFICATE, PKCS7 -> "the arguments may have been switched";
                    case REQUEST, PUBLIC_KEY -> "give the private key that was made with it";
                    default -> "give the private key of the certificate";
                };
    }

    private static PrivateKey decode(PemBlock block, @Nullable PemBlock parameters, char @Nullable [] password)
            throws SSLException {
        Origin place = block.place();
        if (block.dekInfo() != null) {
            byte[] key = TraditionalEncryption.decrypt(
                    place, block.dekInfo(), block.bytes(), requirePassword(place, password));
            return decodeAndWipe(place, key, parameters);
        }
        return switch (block.content()) {
            case ENCRYPTED_PKCS8 ->
                decodeAndWipe(
                        place,
                        EncryptedPkcs8.decrypt(place, block.bytes(), requirePassword(place, password)),
                        parameters);
            case PKCS12, JKS, JCEKS -> KeyStoreReader.only(block, password).key();
            case OPENSSH_KEY ->
                throw place.refuse("is " + BlobKind.OPENSSH_KEY.description() + "; convert a copy of it with"
                        + " 'ssh-keygen -p -m PKCS8 -f FILE'");
            default -> decodePlain(place, block.content(), block.bytes(), parameters);
        };
    }

    private static char[] requirePassword(Origin place, char @Nullable [] password) throws SSLException {
        if (password == null) {
            throw place.refuse("is encrypted, but no password was given; give it, or decrypt the key");
        }
        return password;
    }

    /** {@return the key that decryption brought to light} */
    private static PrivateKey decodeAndWipe(Origin place, byte[] der, @Nullable PemBlock parameters)
            throws SSLException {
        try {
            return decodePlain(place, BlobKind.ofDer(der), der, parameters);
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    private static PrivateKey decodePlain(Origin place, BlobKind content, byte[] der, @Nullable PemBlock parameters)
            throws SSLException {
        return switch (content) {
            case PKCS8 -> pkcs8(place, der);
            case PKCS1 -> wrapped(place, der, DerWriter.sequence(DerWriter.oid(KeyKind.RSA_OID), DerWriter.nothing()));
            case SEC1 ->
                wrapped(place, der, DerWriter.sequence(DerWriter.oid(KeyKind.EC_OID), curve(place, der, parameters)));
            case DSA_KEY -> throw KeyKind.unsupported(place, "DSA keys");
            default -> throw place.refuse(instead(content));
        };
    }

    /** {@return the curve's identifier: from [0] in the key (RFC 5915), else from the parameters that precede it} */
    private static byte[] curve(Origin place, byte[] sec1, @Nullable PemBlock parameters) throws SSLException {
        DerReader key = new DerReader(place, sec1).sequence();
        key.skip();
        key.skip();
        if (key.tag() == 0xa0) {
            return key.content(0xa0);
        }
        if (parameters == null) {
            throw place.refuse("does not say which curve it is on; put its EC PARAMETERS block before it, or convert it"
                    + " with 'openssl pkcs8 -topk8 -nocrypt'");
        }
        return parameters.bytes();
    }

    private static PrivateKey wrapped(Origin place, byte[] key, byte[] algorithm) throws SSLException {
        byte[] inner = DerWriter.octetString(key);
        byte[] pkcs8 = DerWriter.sequence(DerWriter.integer(0), algorithm, inner);
        try {
            return pkcs8(place, pkcs8);
        } finally {
            Arrays.fill(inner, (byte) 0);
            Arrays.fill(pkcs8, (byte) 0);
        }
    }

    private static PrivateKey pkcs8(Origin place, byte[] der) throws SSLException {
        DerReader info = new DerReader(place, der).sequence();
        info.skip();
        KeyKind kind = KeyKind.of(place, info.sequence());
        DerReader key = info.enter(DerReader.OCTET_STRING);
        if (kind == KeyKind.RSA) {
            DerReader rsa = key.sequence();
            rsa.skip();
            KeyKind.requireStrongRsa(place, rsa.integer());
        }
        try {
            return KeyFactory.getInstance(kind.factory()).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | RuntimeException e) {
            // without the cause: a parser may quote what it parsed
            throw place.refuse(
                    "is a damaged " + kind.title() + " key (" + e.getClass().getSimpleName() + "); copy it again");
        }
    }
}
