package dev.sallyport.internal.keys;

import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One PEM block, or the whole of a binary source. */
final class Block {
    private final Place place;
    private final Content content;
    private final @Nullable String dekInfo;
    private final byte[] bytes;

    private Block(Place place, Content content, @Nullable String dekInfo, byte[] bytes) {
        this.place = place;
        this.content = content;
        this.dekInfo = dekInfo;
        this.bytes = bytes;
    }

    static Block ofKeyStore(Place place, Content content, byte[] bytes) {
        return new Block(place, content, null, bytes);
    }

    static Block ofDer(Place place, byte[] der) throws SSLException {
        Content content = Content.ofDer(der);
        if (!Content.startsWith(der, 0x30, 0x80)) {
            DerReader.requireSingleValue(place, der);
        }
        return new Block(place, content, null, der);
    }

    /** A PEM block, whose content must be what its label claims, as far as keys and certificates go. */
    static Block ofPem(Place place, String label, @Nullable String dekInfo, byte[] bytes) throws SSLException {
        Content claimed = Content.ofLabel(label);
        boolean plainKey = claimed.isKey() && claimed != Content.OPENSSH_KEY && dekInfo == null;
        if (!plainKey && claimed != Content.CERTIFICATE) {
            return new Block(place, claimed, dekInfo, bytes);
        }
        Block found = ofDer(place, bytes);
        boolean kept = claimed.isKey() ? found.content.isKey() : found.content == claimed;
        if (!kept) {
            throw place.refuse("does not hold " + claimed.description() + " as its label says, but is "
                    + found.content.description() + "; copy it again, or correct the label");
        }
        return found;
    }

    Place place() {
        return place;
    }

    Content content() {
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
