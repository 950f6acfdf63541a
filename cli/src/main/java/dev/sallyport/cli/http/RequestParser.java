package dev.sallyport.cli.http;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the heads of requests in bytes that arrive in pieces of any size. It is pushed: it never reads, so it serves
 * blocking, asynchronous and event-driven callers alike. One thread at a time.
 */
final class RequestParser {
    /** Request line and header fields together, with their line ends. */
    static final int MAX_HEAD_BYTES = 16 * 1024;

    private static final int FIRST_CAPACITY = 512;

    private byte[] head = new byte[FIRST_CAPACITY];
    private int length;
    private int lineStart;

    /**
     * Takes bytes up to the end of one head; what follows it stays in {@code in} for the next call.
     *
     * @return the request, or null when its head is not complete yet, and then all of {@code in} has been taken
     */
    @Nullable Request feed(ByteBuffer in) throws BadRequestException {
        while (in.hasRemaining()) {
            byte next = in.get();
            if (length == 0 && (next == '\r' || next == '\n')) {
                continue; // RFC 9112, 2.2: empty lines before a request are to be ignored
            }
            append(next);
            if (next == '\n' && endsLine()) {
                return takeHead();
            }
        }
        return null;
    }

    /** Whether no byte of the next request has been seen. */
    boolean isBetweenRequests() {
        return length == 0;
    }

    private void append(byte next) throws BadRequestException {
        if (length == MAX_HEAD_BYTES) {
            throw new BadRequestException(
                    Status.HEAD_TOO_LARGE, "request line and headers may have " + MAX_HEAD_BYTES + " bytes");
        }
        if (length == head.length) {
            head = Arrays.copyOf(head, Math.min(2 * head.length, MAX_HEAD_BYTES));
        }
        head[length++] = next;
    }

    /** Whether the line that the last byte ended is the empty one after the header fields. */
    private boolean endsLine() {
        int lineLength = length - 1 - lineStart;
        boolean empty = lineLength == 0 || (lineLength == 1 && head[lineStart] == '\r');
        lineStart = length;
        return empty;
    }

    private Request takeHead() throws BadRequestException {
        Request request = RequestHead.parse(head, length);
        head = new byte[FIRST_CAPACITY];
        length = 0;
        lineStart = 0;
        return request;
    }
}
