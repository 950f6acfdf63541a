package dev.sallyport.internal.tls.boringssl;

import java.nio.ByteBuffer;

/**
 * Looks at the heads of the records that a client sends after its ClientHello and before the handshake is done, for those
 * without content: no client may send them (RFC 8446 section 5.1), and BoringSSL waits for more behind each of 32. What is
 * offered goes to the library in order, up to the end of the first such record and no further.
 */
final class HandshakeRecords {
    private static final int HANDSHAKE = 22;
    private static final int SEALED = 23;
    private static final int HEADER_BYTES = 5;

    /** A type and a tag: all suites of TLS 1.3 here have tags of 16 bytes. */
    private static final int SEALED_NOTHING_BYTES = 17;

    private int headerBytes;
    private int type;
    private int length;
    private int left; // of the current record
    private boolean empty; // the end of a record without content has been seen
    private int seen; // bytes that have been looked at and not been taken

    /** {@return how many bytes from the position may be given to the library} */
    int offer(ByteBuffer content) {
        int at = content.position() + seen;
        while (!empty && at < content.limit()) {
            if (left > 0) {
                int skipped = Math.min(left, content.limit() - at);
                left -= skipped;
                at += skipped;
                empty = left == 0 && type == SEALED && length <= SEALED_NOTHING_BYTES;
            } else {
                header(content.get(at++) & 0xFF);
            }
        }
        seen = at - content.position();
        return seen;
    }

    private void header(int next) {
        switch (headerBytes++) {
            case 0 -> type = next;
            case 3 -> length = next << 8;
            case HEADER_BYTES - 1 -> {
                length |= next;
                left = length;
                headerBytes = 0;
                empty = length == 0 && type == HANDSHAKE;
            }
            default -> {}
        }
    }

    /** The library has taken so many of them. */
    void taken(int bytes) {
        seen -= bytes;
    }

    /** {@return whether the library has taken all that is before the end of a record without content, and that} */
    boolean refused() {
        return empty && seen == 0;
    }
}
