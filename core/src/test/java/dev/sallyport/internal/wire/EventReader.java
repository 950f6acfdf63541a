package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Reads in its events only, and there only as long as the wire says that there may be more. */
final class EventReader implements Wire.Listener, AutoCloseable {
    private final Wire wire;
    private final int limit;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final Semaphore count = new Semaphore(0);
    private final CompletableFuture<byte[]> all = new CompletableFuture<>();

    EventReader(Wire wire, int limit) {
        this.wire = wire;
        this.limit = limit;
        wire.listener(this);
        wire.register();
    }

    /** {@return what came before the end} */
    CompletableFuture<byte[]> all() {
        return all;
    }

    /** Waits until so many bytes more have come. */
    void awaitCount(int bytes) throws InterruptedException {
        assertThat(count.tryAcquire(bytes, 10, TimeUnit.SECONDS))
                .as("%d bytes within 10 s; missing %d", bytes, bytes - count.availablePermits())
                .isTrue();
    }

    @Override
    public void readable() {
        Scratch scratch = ScratchPool.RECORD.take();
        try {
            while (wire.readReady() && !all.isDone()) {
                int part = wire.receive(scratch, limit);
                if (part < 0) {
                    all.complete(received.toByteArray());
                } else {
                    byte[] bytes = new byte[part];
                    scratch.bytes.get(bytes);
                    received.write(bytes, 0, part);
                    count.release(part);
                    scratch.clear();
                }
            }
        } catch (IOException failure) {
            all.completeExceptionally(failure);
        } finally {
            ScratchPool.giveBack(scratch);
        }
    }

    @Override
    public void writable() {}

    @Override
    public void close() {
        wire.release();
    }
}
