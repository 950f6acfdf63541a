package dev.sallyport.internal.tls;

import dev.sallyport.internal.resource.Scratch;

/** Where a driver puts the records it produces, in the order in which they must reach the peer. */
public interface RecordSink {
    /**
     * {@return the buffer to append to, with room for at least {@code bytes}; the driver appends behind its content and
     * counts with {@link Scratch#appended}}
     */
    Scratch room(int bytes);
}
