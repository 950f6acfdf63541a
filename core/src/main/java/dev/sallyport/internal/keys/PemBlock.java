package dev.sallyport.internal.keys;

import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One PEM block, or the whole of a binary source. */
final class PemBlock {
    private final Origin place;
    private final BlobKind content;
    private final @Nullable String dekInfo;
    private final byte[] bytes;

    private PemBlock(Origin place, BlobKind content, @Nullable String dekInfo, byte[] bytes) {
        this.place = place;
        this.content = content;
        this.dekInfo = dekInfo;
        this.bytes = bytes;
    }

    static PemBlock ofKeyStore(Origin place, BlobKind content, byte[] bytes) {
        return new PemBlock(place, content, null, bytes);
    }

    static PemBlock ofDer(Origin place, byte[] der) throws SSLException {
        BlobKind content = BlobKind.ofDer(der);
        if (!BlobKind.startsWith(der, 0x30, 0x80)) {
            DerReader.requireSingleValue(place, der);
        }
        return new PemBlock(place, content, null, der);
    }

    /** A PEM block, whose content must be what its label claims, as far as keys and certificates go. */
    static PemBlock ofPem(Origin place, String label, @Nullable String dekInfo, byte[] bytes) throws SSLException {
        BlobKind claimed = BlobKind.ofLabel(label);
        boolean plainKey = claimed.isKey() && claimed != BlobKind.OPENSSH_KEY && dekInfo == null;
        if (!plainKey && claimed != BlobKind.CERTIFICATE) {
            return new PemBlock(place, claimed, dekInfo, bytes);
        }
        PemBlock found = ofDer(place, bytes);
        boolean kept = claimed.isKey() ? found.content.isKey() : found.content == claimed;
        if (!kept) {
            throw place.refuse("does not hold " + claimed.description() + " as its label says, but is "
                    + found.content.description() + "; copy it again, or correct the label");
        }
        return found;
    }

    Origin place() {
        return place;
    }

    BlobKind content() {
        return content;
    }

    /** {@return the DEK-Info header of a key encrypted the traditional way (RFC 1421 4.6.1.3), else null} */
    @Nullable String dekInfo() {
        return dekInfo;
    }

    /** {@return the decoded content, not copied} */
    byte[] bytes() {
        return bytes;
    }

    void wipe() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return place + ": " + content;
    }
}
