package dev.sallyport.internal.hello;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** ALPN names of ours, made ready to be looked for in what clients offer, however many that is. Immutable. */
public final class ProtocolSet {
    private final Set<ByteBuffer> names = new HashSet<>();

    /** A set of these names. */
    public ProtocolSet(List<String> protocols) {
        for (String protocol : protocols) {
            names.add(ByteBuffer.wrap(protocol.getBytes(StandardCharsets.UTF_8)));
        }
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /** {@return whether position to limit of the buffer are one of the names} */
    boolean contains(ByteBuffer name) {
        return names.contains(name);
    }
}
