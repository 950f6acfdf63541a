package dev.sallyport.internal.hello;

/** A way through a part of a message in the presentation language of TLS (RFC 8446 section 3). */
final class HelloCursor {
    private final byte[] bytes;
    private final String what; // for the message of a refusal
    private final int end;
    private int at;

    HelloCursor(byte[] bytes, int start, int end, String what) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
        this.what = what;
    }

    int at() {
        return at;
    }

    int end() {
        return end;
    }

    int remaining() {
        return end - at;
    }

    /** {@return another way, from there to the same end} */
    HelloCursor from(int start) {
        return new HelloCursor(bytes, start, end, what);
    }

    int u8() throws HelloRefusal {
        return bytes[skip(1)] & 0xff;
    }

    int u16() throws HelloRefusal {
        int start = skip(2);
        return (bytes[start] & 0xff) << 8 | (bytes[start + 1] & 0xff);
    }

    /** Passes over so many bytes; returns where they begin. */
    int skip(int count) throws HelloRefusal {
        if (count > end - at) {
            throw HelloRefusal.malformed(what);
        }
        int start = at;
        at += count;
        return start;
    }

    /** {@return a vector whose length has one byte, passed over here} */
    HelloCursor vector8(String named) throws HelloRefusal {
        return vector(u8(), named);
    }

    /** {@return a vector whose length has two bytes, passed over here} */
    HelloCursor vector16(String named) throws HelloRefusal {
        return vector(u16(), named);
    }

    private HelloCursor vector(int count, String named) throws HelloRefusal {
        int start = skip(count);
        return new HelloCursor(bytes, start, start + count, named);
    }

    /** {@return this, which must have as many bytes, or a multiple of them, and not none} */
    HelloCursor of(int elementBytes) throws HelloRefusal {
        if (remaining() == 0 || remaining() % elementBytes != 0) {
            throw HelloRefusal.malformed(what);
        }
        return this;
    }

    /** Nothing may be left. */
    void done() throws HelloRefusal {
        if (at != end) {
            throw HelloRefusal.malformed(what);
        }
    }
}
