package dev.sallyport.internal.connection;

/** Plaintext counts of one connection. Written with the connection's lock held, read by any thread. */
public final class Traffic {
    private volatile long bytesReceived;
    private volatile long bytesSent;

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, the one with the lock
    void received(int count) {
        bytesReceived += count;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, the one with the lock
    void sent(int count) {
        bytesSent += count;
    }

    /** {@return plaintext bytes handed to the reader} */
    public long bytesReceived() {
        return bytesReceived;
    }

    /** {@return plaintext bytes taken from the writer} */
    public long bytesSent() {
        return bytesSent;
    }
}
