package dev.sallyport.testkit.hostile;

import dev.sallyport.testkit.TestIdentity;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A certificate of which one field was replaced, and which its issuer has signed all the same (RFC 5280, 4.1): whatever
 * is wrong with it is not its signature.
 */
final class ForgedCertificate {
    /** The fields of a TBSCertificate, in their order. */
    enum Field {
        VERSION,
        SERIAL,
        ALGORITHM,
        ISSUER,
        VALIDITY,
        SUBJECT,
        KEY,
        EXTENSIONS
    }

    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int SEQUENCE = 0x30;
    static final int VERSION_TAG = 0xa0;
    static final int EXTENSIONS_TAG = 0xa3;

    private ForgedCertificate() {}

    /** {@return the certificate with this DER in place of a field's} */
    static byte[] of(X509Certificate good, TestIdentity issuer, Field field, byte[] replacement)
            throws GeneralSecurityException {
        List<byte[]> fields = elements(content(good.getTBSCertificate()));
        fields.set(field.ordinal(), replacement);
        return signed(good, issuer, der(SEQUENCE, fields.toArray(byte[][]::new)));
    }

    /** {@return the certificate with one more extension} */
    static byte[] with(X509Certificate good, TestIdentity issuer, byte[] extension) throws GeneralSecurityException {
        byte[] extensions = elements(content(good.getTBSCertificate())).get(Field.EXTENSIONS.ordinal());
        byte[] more = der(SEQUENCE, content(content(extensions)), extension);
        return of(good, issuer, Field.EXTENSIONS, der(EXTENSIONS_TAG, more));
    }

    /** {@return an extension that nobody knows, 1.2.3.4} */
    static byte[] extension(boolean critical, byte[] value) {
        byte[] oid = {0x06, 0x03, 0x2a, 0x03, 0x04};
        byte[] flag = critical ? new byte[] {0x01, 0x01, (byte) 0xff} : new byte[0];
        return der(SEQUENCE, oid, flag, der(OCTET_STRING, value));
    }

    private static byte[] signed(X509Certificate good, TestIdentity issuer, byte[] tbs)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance(good.getSigAlgName());
        signature.initSign(issuer.privateKey());
        signature.update(tbs);
        byte[] algorithm = elements(content(good.getEncoded())).get(1);
        return der(SEQUENCE, tbs, algorithm, der(BIT_STRING, new byte[] {0}, signature.sign()));
    }

    /** {@return an element of this tag} */
    static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        int length = content.size();
        if (length >= 0x80) {
            element.write(0x83);
            element.write(length >> 16);
            element.write(length >> 8);
        }
        element.write(length);
        element.writeBytes(content.toByteArray());
        return minimal(element.toByteArray());
    }

    /** DER wants the shortest form of a length. */
    private static byte[] minimal(byte[] element) {
        if ((element[1] & 0xff) != 0x83) {
            return element;
        }
        int zeros = element[2] != 0 ? 0 : element[3] != 0 ? 1 : 2;
        byte[] shorter = new byte[element.length - zeros];
        shorter[0] = element[0];
        shorter[1] = (byte) (0x83 - zeros);
        System.arraycopy(element, 2 + zeros, shorter, 2, shorter.length - 2);
        return shorter;
    }

    private static List<byte[]> elements(byte[] content) {
        List<byte[]> elements = new ArrayList<>();
        for (int at = 0; at < content.length; ) {
            int end = at + headerBytes(content, at) + length(content, at);
            elements.add(Arrays.copyOfRange(content, at, end));
            at = end;
        }
        return elements;
    }

    private static byte[] content(byte[] element) {
        return Arrays.copyOfRange(element, headerBytes(element, 0), element.length);
    }

    private static int headerBytes(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return first < 0x80 ? 2 : 2 + first - 0x80;
    }

    private static int length(byte[] der, int at) {
        int length = der[at + 1] & 0xff;
        if (length >= 0x80) {
            int header = headerBytes(der, at);
            length = 0;
            for (int i = 2; i < header; i++) {
                length = length << 8 | (der[at + i] & 0xff);
            }
        }
        return length;
    }
}
