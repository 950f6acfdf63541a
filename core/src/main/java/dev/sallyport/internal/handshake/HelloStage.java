package dev.sallyport.internal.handshake;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.internal.hello.Alert;
import dev.sallyport.internal.hello.HelloCollector;
import dev.sallyport.internal.hello.HelloRefusal;
import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import dev.sallyport.internal.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Collects one ClientHello. A connection that has sent nothing holds no buffer; one that has sent a part holds that part of
 * the message, in at most twice its length. Also ends the connections that do not get any further: an alert, FIN, and a moment in which what the peer still
 * sends is thrown away, since unread bytes at close would destroy the alert. Loop thread only.
 */
final class HelloStage implements Wire.Listener {
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final int DISCARDS = 16;

    interface Arrival {
        /** The hello, and what was received behind it. */
        void arrived(ReceivedHello hello, byte[] behind);
    }

    interface Failure {
        void failed(Reason reason, @Nullable String message, @Nullable Throwable cause);
    }

    interface Refusal {
        void refused(HelloRefusal refusal);
    }

    private static final int RECEIVED_AT_ONCE = 16 * 1024;

    private final Wire wire;
    private final Arrival arrival;
    private final Refusal refusal;
    private final Failure failure;
    private @Nullable HelloCollector collector; // once something has come, until the hello is complete
    private boolean arrived;
    private boolean released;
    private @Nullable Runnable ending; // set once it is ending; run when the wire has been released
    private @Nullable Future<?> linger;

    HelloStage(Wire wire, Arrival arrival, Refusal refusal, Failure failure) {
        this.wire = wire;
        this.arrival = arrival;
        this.refusal = refusal;
        this.failure = failure;
    }

    /** {@return how many bytes of a hello have come} */
    int received() {
        return collector == null ? 0 : collector.received();
    }

    @Override
    public void readable() {
        if (released) {
            return;
        }
        if (ending != null) {
            discard();
        } else if (!arrived) {
            try {
                collect();
            } catch (HelloRefusal refused) {
                if (refused.alert() != null) {
                    send(refused.alert());
                }
                refusal.refused(refused);
            } catch (IOException gone) {
                failure.failed(Reason.PEER_GONE, gone.getMessage(), gone);
            }
        }
    }

    private void collect() throws IOException, HelloRefusal {
        Scratch bytes = ScratchPool.RECORD.take();
        try {
            do {
                int count = wire.receive(bytes, RECEIVED_AT_ONCE);
                if (count < 0) {
                    if (collector != null) {
                        collector.ended();
                    }
                    failure.failed(Reason.PEER_GONE, gone(received()), null);
                    return;
                }
                if (count == 0) {
                    return;
                }
                if (takes(bytes.bytes)) {
                    return;
                }
                bytes.clear();
            } while (wire.readReady());
        } finally {
            ScratchPool.giveBack(bytes);
        }
    }

    /** {@return whether the hello is complete, and has been passed on} */
    private boolean takes(ByteBuffer bytes) throws HelloRefusal {
        HelloCollector current = collector;
        if (current == null) {
            current = new HelloCollector();
            collector = current;
        }
        if (!current.offer(bytes)) {
            return false;
        }
        ReceivedHello hello = current.hello(wire.remoteAddress());
        arrived = true;
        collector = null;
        byte[] behind = new byte[bytes.remaining()];
        bytes.get(bytes.position(), behind);
        arrival.arrived(hello, behind);
        return true;
    }

    private static String gone(int received) {
        return received == 0
                ? "the client left without sending anything"
                : "the client left after " + received + " bytes of its hello";
    }

    @Override
    public void writable() {}

    /** Sends an alert, as far as the kernel takes it at once. */
    void send(Alert alert) {
        Scratch bytes = ScratchPool.RECORD.take();
        try {
            bytes.fill(alert.record());
            wire.send(bytes);
        } catch (IOException gone) {
            // there is nobody to alert any more, and the failure that is being reported says why
        } finally {
            ScratchPool.giveBack(bytes);
        }
    }

    /** Ends the connection, after a moment if it lingers; {@code then} runs when its descriptor has been given back. */
    void end(Runnable then, boolean lingers) {
        collector = null;
        ending = then;
        if (!lingers) {
            release();
            return;
        }
        try {
            wire.shutdownOutput();
            linger = wire.loop().schedule(this::release, LINGER);
            discard();
        } catch (IOException gone) {
            release();
        }
    }

    private void discard() {
        try {
            if (!wire.discard(DISCARDS)) {
                release();
            } else if (wire.readReady()) {
                wire.loop().execute(this::readable); // more than its share at once: the others first
            }
        } catch (IOException gone) {
            release();
        }
    }

    private void release() {
        Runnable then = ending;
        if (then == null || released) {
            return;
        }
        released = true;
        if (linger != null) {
            linger.cancel(false);
        }
        wire.release();
        then.run();
    }
}
