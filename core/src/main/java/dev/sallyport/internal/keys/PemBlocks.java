package dev.sallyport.internal.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * What a source holds, told by its content: the blocks of a PEM text, or one block for DER, PKCS#12 and JKS. Closing it
 * clears all the bytes, since a key may be among them whatever was asked for.
 */
final class PemBlocks implements Iterable<PemBlock>, AutoCloseable {
    private static final String PUTTY = "PuTTY-User-Key-File";

    private final Origin place;
    private final byte[] content;
    private final List<PemBlock> list = new ArrayList<>();

    private PemBlocks(Origin place, byte[] content) {
        this.place = place;
        this.content = content;
    }

    /** @param wanted what is looked for, for the message when it cannot be read */
    static PemBlocks read(Source source, String wanted) throws IOException {
        PemBlocks blocks = new PemBlocks(Origin.of(source), source.read(wanted));
        try {
            blocks.split(wanted);
            return blocks;
        } catch (SSLException | RuntimeException e) {
            blocks.close();
            throw e;
        }
    }

    Origin place() {
        return place;
    }

    @Override
    public Iterator<PemBlock> iterator() {
        return list.iterator();
    }

    @Override
    public void close() {
        Arrays.fill(content, (byte) 0);
        list.forEach(PemBlock::wipe);
    }

    private void split(String wanted) throws SSLException {
        if (isBlank()) {
            throw place.refuse("is empty; it should hold the " + wanted);
        }
        if (BlobKind.startsWith(content, 0xfe, 0xed, 0xfe, 0xed)) {
            list.add(PemBlock.ofKeyStore(place, BlobKind.JKS, content));
        } else if (BlobKind.startsWith(content, 0xce, 0xce, 0xce, 0xce)) {
            list.add(PemBlock.ofKeyStore(place, BlobKind.JCEKS, content));
        } else if (isDer()) {
            list.add(PemBlock.ofDer(place, content));
        } else {
            requireText();
            new PemText(place, content, list).split();
            if (list.isEmpty()) {
                throw place.refuse("has no PEM block; " + guess());
            }
        }
    }

    private boolean isBlank() {
        for (byte b : content) {
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                return false;
            }
        }
        return true;
    }

    /** 0x30 is the digit 0 as well, with which a text before a PEM block may begin. */
    private boolean isDer() {
        return content[0] == DerReader.SEQUENCE
                && (content.length < 2 || content[1] < 0 || !PemText.hasMarker(content));
    }

    private void requireText() throws SSLException {
        if (BlobKind.startsWith(content, 0xff, 0xfe) || BlobKind.startsWith(content, 0xfe, 0xff)) {
            throw place.refuse("is UTF-16 text, as some Windows programs write it; save it again as ASCII or UTF-8");
        }
        for (byte b : content) {
            if (b >= 0 && b < ' ' && b != '\t' && b != '\r' && b != '\n' && b != '\f') {
                throw place.refuse("is neither PEM text nor DER, PKCS#12 or JKS; check that it is the right file");
            }
        }
    }

    /** {@return what a text without blocks may be, and what to do} */
    private String guess() {
        String start = new String(content, 0, Math.min(content.length, 64), StandardCharsets.ISO_8859_1).strip();
        if (start.startsWith(PUTTY)) {
            return "it is a PuTTY key: convert it with 'puttygen FILE -O private-openssh', then 'ssh-keygen -p -m PKCS8'";
        }
        if (start.startsWith("ssh-") || start.startsWith("ecdsa-sha2-")) {
            return "it is an SSH public key, which no TLS server can use";
        }
        if (start.startsWith("MI")) {
            return "it looks like base64 whose '-----BEGIN ...-----' and '-----END ...-----' lines are missing: put them"
                    + " back";
        }
        if (PemText.hasMarker(content)) {
            return "'-----BEGIN ' must stand at the beginning of a line";
        }
        return "check that it is the right file";
    }
}
