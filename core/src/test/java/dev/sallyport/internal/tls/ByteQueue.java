package dev.sallyport.internal.tls;

import dev.sallyport.internal.resource.Scratch;
import java.nio.ByteBuffer;

/** Bytes on their way from one end of a connection in memory to the other. */
final class ByteQueue {
    private ByteBuffer content = ByteBuffer.allocate(64 * 1024).limit(0);

    int size() {
        return content.remaining();
    }

    void put(ByteBuffer bytes) {
        content.compact();
        if (content.remaining() < bytes.remaining()) {
            content = ByteBuffer.allocate(2 * (content.position() + bytes.remaining()))
                    .put(content.flip());
        }
        content.put(bytes).flip();
    }

    /** Gives what is there to an engine, which moves the position. */
    ByteBuffer content() {
        return content;
    }

    byte[] takeAll() {
        byte[] all = new byte[content.remaining()];
        content.get(all);
        return all;
    }

    /** {@return how many bytes, at most {@code limit}, went behind the content of {@code scratch}} */
    int moveTo(Scratch scratch, int limit) {
        scratch.compact();
        int count = Math.min(Math.min(content.remaining(), limit), scratch.room());
        ByteBuffer behind = scratch.bytes.duplicate().limit(scratch.capacity()).position(scratch.bytes.limit());
        behind.put(content.slice().limit(count));
        content.position(content.position() + count);
        scratch.appended(count);
        return count;
    }
}
