package dev.sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;

/**
 * Pseudo-random bytes of any size that need no memory of that size: the same seed and size give the same bytes, and
 * whatever came back is compared as it arrives.
 *
 * <p>Immutable; each stream and comparison taken from it is for one thread at a time.
 */
public final class Payload {
    private static final int BLOCK_BYTES = 16 * 1024;

    private final long seed;
    private final long size;

    private Payload(long seed, long size) {
        this.seed = seed;
        this.size = size;
    }

    /** {@return the payload of this seed and of {@code size} bytes, which must not be negative} */
    public static Payload of(long seed, long size) {
        if (size < 0) {
            throw new IllegalArgumentException("size " + size + " is negative");
        }
        return new Payload(seed, size);
    }

    /** {@return how many bytes there are} */
    public long size() {
        return size;
    }

    /** {@return all bytes in one array, for payloads that are small enough} */
    public byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.toIntExact(size));
        try {
            writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** {@return the bytes from the first to the last, then the end} */
    public InputStream stream() {
        return new Source(seed, size);
    }

    /** Writes all bytes, in pieces of at most 16 KiB, and flushes. */
    public void writeTo(OutputStream out) throws IOException {
        Source source = new Source(seed, size);
        byte[] piece = new byte[BLOCK_BYTES];
        for (int n = source.read(piece, 0, piece.length); n > 0; n = source.read(piece, 0, piece.length)) {
            out.write(piece, 0, n);
        }
        out.flush();
    }

    /** Sends all bytes to a server that sends them back, and compares what comes; the connection stays open. */
    public void assertEchoed(TlsConnection client) throws IOException, ExecutionException {
        BackgroundTask<Void> sender = BackgroundTask.run("the client to send " + this, () -> writeTo(client.out()));
        boolean same = false;
        try {
            assertSame(client.in());
            same = true;
        } finally {
            if (!same) {
                client.reset(); // so that the sender ends, too
            }
        }
        sender.await();
    }

    /**
     * Reads exactly as many bytes as this payload has, and no more.
     *
     * @throws AssertionError at the first byte that differs, or when the stream ends early
     */
    public void assertSame(InputStream in) throws IOException {
        Comparison comparison = comparison();
        byte[] piece = new byte[BLOCK_BYTES];
        while (comparison.remaining() > 0) {
            int n = in.read(piece, 0, (int) Math.min(piece.length, comparison.remaining()));
            if (n < 0) {
                comparison.assertComplete();
            }
            comparison.write(piece, 0, n);
        }
    }

    /**
     * Reads this payload and then the end of the stream.
     *
     * @throws AssertionError at the first byte that differs, or when the stream ends early or goes on
     */
    public void assertSameToEnd(InputStream in) throws IOException {
        assertSame(in);
        int more = in.read();
        if (more >= 0) {
            throw new AssertionError("expected the end after " + size + " bytes, got byte " + more);
        }
    }

    /** {@return a comparison that takes the bytes as they come} */
    public Comparison comparison() {
        return new Comparison(new Source(seed, size), size);
    }

    @Override
    public String toString() {
        return "Payload[seed " + seed + ", " + size + " bytes]";
    }

    /** Takes what should be the payload, in pieces of any size; for one thread at a time. */
    public static final class Comparison extends OutputStream {
        private final Source expected;
        private final byte[] piece = new byte[BLOCK_BYTES];
        private final long size;
        private long position;

        private Comparison(Source expected, long size) {
            this.expected = expected;
            this.size = size;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        /** Throws an {@link AssertionError} at the first byte that differs or is too many. */
        @Override
        public void write(byte[] bytes, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            int done = 0;
            while (done < length) {
                int n = expected.read(piece, 0, Math.min(piece.length, length - done));
                if (n <= 0) {
                    throw new AssertionError(
                            "got more than the expected " + size + " bytes: " + (length - done) + " too many so far");
                }
                for (int i = 0; i < n; i++) {
                    byte actual = bytes[offset + done + i];
                    if (piece[i] != actual) {
                        throw new AssertionError("byte " + (position + i) + " of " + size + " should be "
                                + (piece[i] & 0xff) + " and is " + (actual & 0xff));
                    }
                }
                done += n;
                position += n;
            }
        }

        /**
         * Takes all that the buffer has left; its position moves to its limit.
         *
         * @throws AssertionError at the first byte that differs or is too many
         */
        public void accept(ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            write(bytes, 0, bytes.length);
        }

        /** {@return how many bytes are still to come} */
        public long remaining() {
            return size - position;
        }

        /** Throws an {@link AssertionError} when bytes are still to come. */
        public void assertComplete() {
            if (remaining() > 0) {
                throw new AssertionError("ended after " + position + " of " + size + " bytes");
            }
        }
    }

    /** The bytes in blocks, each from a generator of its own, so that nothing depends on how they are read. */
    private static final class Source extends InputStream {
        private final SplittableRandom seeds;
        private final byte[] block = new byte[BLOCK_BYTES];
        private int blockPosition = BLOCK_BYTES;
        private long remaining;

        Source(long seed, long size) {
            this.seeds = new SplittableRandom(seed);
            this.remaining = size;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            if (remaining == 0) {
                return -1;
            }
            int done = 0;
            while (done < length && remaining > 0) {
                if (blockPosition == BLOCK_BYTES) {
                    seeds.split().nextBytes(block);
                    blockPosition = 0;
                }
                int n = (int) Math.min(Math.min(length - done, BLOCK_BYTES - blockPosition), remaining);
                System.arraycopy(block, blockPosition, target, offset + done, n);
                blockPosition += n;
                remaining -= n;
                done += n;
            }
            return done;
        }

        @Override
        public int available() {
            return (int) Math.min(remaining, Integer.MAX_VALUE);
        }
    }
}
