package dev.sallyport.internal.resource;

import java.nio.ByteBuffer;

/**
 * A direct buffer that holds bytes between the socket and the TLS driver. Its content lies from {@code position} to
 * {@code limit} of {@link #bytes}; whoever appends does so behind the limit. It belongs to one owner at a time, who gives
 * it back to the {@link ScratchPool} exactly once.
 */
public final class Scratch {
    /** The memory; position to limit is content not yet taken. */
    public final ByteBuffer bytes;

    private final int capacity;
    private long address;
    private boolean lent = true;

    Scratch(int capacity) {
        this.bytes = ByteBuffer.allocateDirect(capacity).limit(0);
        this.capacity = capacity;
    }

    /** {@return how many bytes of content have not been taken} */
    public int remaining() {
        return bytes.remaining();
    }

    /** {@return how many bytes can be appended behind the content} */
    public int room() {
        return capacity - bytes.limit();
    }

    /** {@return the size of the memory in bytes} */
    public int capacity() {
        return capacity;
    }

    /** Counts {@code count} bytes, written behind the limit by the caller, as content. */
    public void appended(int count) {
        bytes.limit(bytes.limit() + count);
    }

    /** Makes {@code content} the content, instead of what was there. */
    public void fill(byte[] content) {
        bytes.clear().put(content).flip();
    }

    /** Makes what is left of {@code content} the content, instead of what was there. */
    public void fill(ByteBuffer content) {
        bytes.clear().put(content).flip();
    }

    /** Counts {@code count} bytes of content as taken. */
    public void taken(int count) {
        bytes.position(bytes.position() + count);
    }

    /** Moves the content to the front, so that all the free memory is behind it. */
    public void compact() {
        if (bytes.position() > 0) {
            bytes.compact().flip();
        }
    }

    /** Forgets the content. */
    public void clear() {
        bytes.position(0).limit(0);
    }

    /** {@return the address of the first byte of the memory; the reader asks the native library once and it is kept} */
    public long address(AddressReader reader) {
        if (address == 0) {
            address = reader.addressOf(bytes);
        }
        return address;
    }

    /** Counts this buffer as lent again. */
    void lend() {
        lent = true;
    }

    /** Counts it as given back: twice would lend it to two connections, who would read each other's bytes. */
    void giveBack() {
        if (!lent) {
            throw new IllegalStateException("a scratch buffer was given back twice");
        }
        lent = false;
        clear();
    }

    /** Asks a native library where a direct buffer lies. */
    @FunctionalInterface
    public interface AddressReader {
        /** {@return the address of the buffer's first byte} */
        long addressOf(ByteBuffer direct);
    }
}
