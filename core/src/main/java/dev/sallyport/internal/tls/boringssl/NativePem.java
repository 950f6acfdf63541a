package dev.sallyport.internal.tls.boringssl;

import dev.sallyport.internal.keys.Identity;
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SSLCredential;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Carries keys and certificates into BoringSSL, as PEM in memory: the one form tcnative takes. Every native object made
 * here is freed here; what a context needs of it the context has taken its own reference to. Callers hold the lock that
 * serialises the making of contexts.
 */
final class NativePem {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private NativePem() {}

    /** Adds a key with its chain to a context. */
    static void addIdentity(long context, Identity identity) throws Exception {
        byte[] encodedKey = identity.key().getEncoded();
        if (encodedKey == null) {
            throw new SSLException(
                    "the private key has no encoded form (it may live in a hardware token), which BoringSSL "
                            + "needs: use TlsProvider.JDK");
        }
        SSL.clearError();
        long key = privateKey(identity, encodedKey);
        long chain = 0;
        long credential = 0;
        try {
            chain = fromPem(pem(identity.chain()), SSL::parseX509Chain);
            credential = SSLCredential.newX509();
            SSLCredential.setPrivateKey(credential, key);
            SSLCredential.setCertChain(credential, chain);
            SSLContext.addCredential(context, credential);
        } catch (Exception refusal) { // of what the JDK's parser has let pass
            throw new SSLException(
                    identity.origin() + ": boringssl cannot use the certificates or their key (" + refusal.getMessage()
                            + "); have the certificate issued again, or use TlsProvider.JDK",
                    refusal);
        } finally {
            SSLCredential.free(credential);
            SSL.freeX509Chain(chain);
            SSL.freePrivateKey(key);
        }
    }

    private static long privateKey(Identity identity, byte[] encoded) throws SSLException {
        try {
            return fromPem(pem("PRIVATE KEY", encoded), bio -> SSL.parsePrivateKey(bio, null));
        } catch (Exception refusal) { // of one that contradicts itself
            throw new SSLException(
                    identity.keyOrigin() + ": boringssl cannot use the private key (" + refusal.getMessage()
                            + "); it is damaged: copy it again",
                    refusal);
        }
    }

    /** Sets whose certificates clients are told to send. */
    static void setClientAuthorities(long context, List<X509Certificate> authorities) throws Exception {
        SSL.clearError();
        fromPem(pem(authorities), bio -> {
            if (!SSLContext.setCACertificateBio(context, bio)) {
                throw new SSLException("boringssl refused the client authorities");
            }
            return 0;
        });
    }

    private interface Parser {
        long parse(long bio) throws Exception;
    }

    private static long fromPem(byte[] pem, Parser parser) throws Exception {
        ByteBuffer direct = ByteBuffer.allocateDirect(pem.length);
        direct.put(pem);
        long bio = SSL.newMemBIO();
        try {
            if (SSL.bioWrite(bio, Buffer.address(direct), pem.length) != pem.length) {
                throw new SSLException("boringssl could not take " + pem.length + " bytes of key material");
            }
            return parser.parse(bio);
        } finally {
            SSL.freeBIO(bio);
            direct.clear().put(new byte[pem.length]);
            Arrays.fill(pem, (byte) 0);
        }
    }

    private static byte[] pem(List<X509Certificate> certificates) throws CertificateEncodingException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (X509Certificate certificate : certificates) {
            all.writeBytes(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return all.toByteArray();
    }

    private static byte[] pem(String type, byte[] der) {
        byte[] begin = ("-----BEGIN " + type + "-----\n").getBytes(StandardCharsets.US_ASCII);
        byte[] body = LINES.encode(der);
        byte[] end = ("\n-----END " + type + "-----\n").getBytes(StandardCharsets.US_ASCII);
        byte[] pem = new byte[begin.length + body.length + end.length];
        System.arraycopy(begin, 0, pem, 0, begin.length);
        System.arraycopy(body, 0, pem, begin.length, body.length);
        System.arraycopy(end, 0, pem, begin.length + body.length, end.length);
        Arrays.fill(body, (byte) 0);
        return pem;
    }
}
