package dev.sallyport.internal.handshake;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.internal.handshake.HelloRecords.MalformedHelloException;
import dev.sallyport.internal.wire.Scratch;
import dev.sallyport.internal.wire.ScratchPool;
import dev.sallyport.internal.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Collects one ClientHello. A connection that has sent nothing holds no buffer; one that has sent a part holds just that
 * part. Also ends the connections that do not get any further: an alert, FIN, and a moment in which what the peer still
 * sends is thrown away, since unread bytes at close would destroy the alert. Loop thread only.
 */
final class HelloStage implements Wire.Listener {
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final int DISCARDS = 16;

    interface Arrival {
        /** The hello, and all bytes that were received. */
        void arrived(ReceivedHello hello, byte[] bytes);
    }

    interface Failure {
        void failed(Reason reason, @Nullable String message, @Nullable Throwable cause);
    }

    private final Wire wire;
    private final Arrival arrival;
    private final Failure failure;
    private byte @Nullable [] part;
    private boolean arrived;
    private boolean released;
    private @Nullable Runnable ending; // set once it is ending; run when the wire has been released
    private @Nullable Future<?> linger;

    HelloStage(Wire wire, Arrival arrival, Failure failure) {
        this.wire = wire;
        this.arrival = arrival;
        this.failure = failure;
    }

    /** {@return how many bytes of a hello have come} */
    int received() {
        return part == null ? 0 : part.length;
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
            } catch (MalformedHelloException malformed) {
                if (!malformed.notTls) {
                    send(HelloRecords.alert(HelloRecords.HANDSHAKE_FAILURE));
                }
                failure.failed(
                        malformed.notTls ? Reason.PEER_NOT_TLS : Reason.PEER_MISBEHAVED, malformed.getMessage(), null);
            } catch (IOException gone) {
                failure.failed(Reason.PEER_GONE, gone.getMessage(), gone);
            }
        }
    }

    private void collect() throws IOException, MalformedHelloException {
        Scratch bytes = ScratchPool.RECORD.take();
        try {
            if (part != null) {
                bytes.fill(part);
            }
            boolean more = true;
            while (more) {
                int count = wire.receive(bytes, HelloRecords.MAX_BYTES - bytes.remaining());
                if (count < 0) {
                    failure.failed(Reason.PEER_GONE, gone(bytes.remaining()), null);
                    return;
                }
                ReceivedHello hello = count == 0 ? null : HelloRecords.read(bytes.bytes, wire.remoteAddress());
                if (hello != null) {
                    arrived = true;
                    part = null;
                    arrival.arrived(hello, content(bytes));
                    return;
                }
                if (bytes.remaining() >= HelloRecords.MAX_BYTES) {
                    throw new MalformedHelloException(
                            false, "no whole client hello in the first " + HelloRecords.MAX_BYTES + " bytes");
                }
                more = count > 0 && wire.maybeMore();
            }
            if (bytes.remaining() > 0) {
                part = content(bytes);
            }
        } finally {
            ScratchPool.giveBack(bytes);
        }
    }

    /** A copy of its own length: many connections may wait with one, and few of them use a scratch at a time. */
    private static byte[] content(Scratch bytes) {
        byte[] content = new byte[bytes.remaining()];
        bytes.bytes.get(bytes.bytes.position(), content);
        return content;
    }

    private static String gone(int received) {
        return received == 0
                ? "the client left without sending anything"
                : "the client left after " + received + " bytes of its hello";
    }

    @Override
    public void writable() {}

    /** Sends a few bytes, as far as the kernel takes them at once. */
    void send(byte[] record) {
        Scratch bytes = ScratchPool.RECORD.take();
        try {
            bytes.fill(record);
            wire.send(bytes);
        } catch (IOException gone) {
            // there is nobody to alert any more, and the failure that is being reported says why
        } finally {
            ScratchPool.giveBack(bytes);
        }
    }

    /** Ends the connection, after a moment if it lingers; {@code then} runs when its descriptor has been given back. */
    void end(Runnable then, boolean lingers) {
        part = null;
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
            } else if (wire.maybeMore()) {
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
