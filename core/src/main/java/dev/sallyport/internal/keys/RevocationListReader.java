package dev.sallyport.internal.keys;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/** Reads certificate revocation lists (CRL): one or many, in PEM or DER. */
public final class RevocationListReader {
    private RevocationListReader() {}

    /**
     * Reads revocation lists.
     *
     * @return in the order of the source, never empty
     * @throws SSLException if the content is bad; the message names the source and block and says what to do
     * @throws IOException if the source cannot be read
     */
    public static List<X509CRL> read(Source source) throws IOException {
        try (PemBlocks blocks = PemBlocks.read(source, "certificate revocation list (CRL)")) {
            List<X509CRL> lists = new ArrayList<>();
            for (PemBlock block : blocks) {
                if (block.content() != BlobKind.REVOCATION_LIST) {
                    throw block.place()
                            .refuse("is " + block.content().description()
                                    + " where certificate revocation lists are expected; give those alone");
                }
                lists.add(list(block));
            }
            return List.copyOf(lists);
        }
    }

    private static X509CRL list(PemBlock block) throws SSLException {
        return block.place().parse("is not a revocation list that this JDK can read; fetch it again", () ->
                (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(block.bytes())));
    }
}
