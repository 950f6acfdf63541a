package dev.sallyport.internal.wire;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A wire read and written by a thread that waits, with one lock around all calls, as a connection does it. */
final class BlockingWire implements Wire.Listener, AutoCloseable {
    private final Wire wire;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean room; // guarded by lock

    BlockingWire(Wire wire) {
        this.wire = wire;
        wire.listener(this);
        wire.register();
    }

    Wire wire() {
        return wire;
    }

    /** {@return what one receive gives, waiting for it at most 10 s; empty at the end} */
    byte[] receive(int limit) throws IOException, InterruptedException {
        Scratch scratch = ScratchPool.RECORD.take();
        lock.lock();
        try {
            for (; ; ) {
                int count = wire.receive(scratch, limit);
                if (count != 0) {
                    byte[] bytes = new byte[scratch.remaining()];
                    scratch.bytes.get(bytes);
                    return bytes;
                }
                if (!wire.readReady()) {
                    assertThat(changed.await(10, SECONDS))
                            .as("an event within 10 s")
                            .isTrue();
                }
            }
        } finally {
            lock.unlock();
            ScratchPool.giveBack(scratch);
        }
    }

    /** {@return all that comes until the end} */
    byte[] receiveAll(int limit) throws IOException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part = receive(limit); part.length > 0; part = receive(limit)) {
            all.write(part);
        }
        return all.toByteArray();
    }

    void send(byte[] bytes) throws IOException, InterruptedException {
        Scratch scratch = ScratchPool.BULK.take();
        lock.lock();
        try {
            for (int sent = 0; sent < bytes.length; ) {
                int part = Math.min(bytes.length - sent, scratch.capacity());
                scratch.clear();
                scratch.bytes.limit(part).put(0, bytes, sent, part);
                while (scratch.remaining() > 0) {
                    room = false;
                    if (wire.send(scratch) == 0) {
                        awaitRoom();
                    }
                }
                sent += part;
            }
        } finally {
            lock.unlock();
            ScratchPool.giveBack(scratch);
        }
    }

    private void awaitRoom() throws InterruptedException {
        while (!room) {
            assertThat(changed.await(10, SECONDS)).as("room within 10 s").isTrue();
        }
    }

    @Override
    public void readable() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void writable() {
        lock.lock();
        try {
            room = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        wire.release();
    }
}
