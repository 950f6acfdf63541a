package dev.sallyport.internal.wire;

import dev.sallyport.internal.resource.OwnedCount;
import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.util.Random;

/**
 * A wire around another that receives and sends about half of what it is asked to, sometimes one byte and sometimes all.
 * It does so as a kernel would whose buffers are that small: what was left over is told by an event that comes later, and
 * by nothing else.
 */
final class ShorteningWire extends Wire {
    private final Wire wire;
    private final Random random;
    private volatile boolean released;

    ShorteningWire(Wire wire, long seed) {
        super(wire.loop(), wire.localAddress());
        this.wire = wire;
        this.random = new Random(seed);
        wire.listener(new Listener() {
            @Override
            public void readable() {
                tellReadable();
            }

            @Override
            public void writable() {
                tellWritable();
            }
        });
    }

    @Override
    public SocketAddress remoteAddress() {
        return wire.remoteAddress();
    }

    private void tellReadable() {
        if (!released) {
            event(true, false, false);
        }
    }

    private void tellWritable() {
        if (!released) {
            event(false, true, false);
        }
    }

    /** {@return from one byte to all, half of them on the average} */
    private int some(int asked) {
        return 1 + random.nextInt(asked);
    }

    @Override
    int receiveNow(Scratch into, int limit) throws IOException {
        Scratch piece = ScratchPool.BULK.take();
        try {
            int count = wire.receive(piece, some(limit));
            if (count > 0) {
                into.bytes
                        .duplicate()
                        .limit(into.bytes.limit() + count)
                        .position(into.bytes.limit())
                        .put(piece.bytes);
            }
            if (wire.readReady()) {
                loop().execute(this::tellReadable);
            }
            return count;
        } finally {
            ScratchPool.giveBack(piece);
        }
    }

    @Override
    int sendNow(Scratch from) throws IOException {
        Scratch piece = ScratchPool.BULK.take();
        try {
            int size = some(from.remaining());
            piece.bytes.limit(size).put(0, from.bytes, from.bytes.position(), size);
            int count = wire.send(piece);
            if (count == size && count < from.remaining()) {
                loop().execute(this::tellWritable);
            }
            return count;
        } finally {
            ScratchPool.giveBack(piece);
        }
    }

    @Override
    public void register() {
        wire.register();
    }

    @Override
    void shutdownOutputNow() throws IOException {
        wire.shutdownOutput();
    }

    @Override
    void resetNow() {
        wire.reset();
    }

    @Override
    public void release(Runnable afterwards) {
        released = true;
        wire.release(afterwards);
        OwnedCount.DESCRIPTORS.decrement();
    }

    @Override
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        wire.setOption(option, value);
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return wire.getOption(option);
    }
}
