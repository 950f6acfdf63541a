package dev.sallyport.internal.tls.jsse;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.TlsVersion;
import dev.sallyport.internal.hello.Alert;
import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import dev.sallyport.internal.tls.ClientCertificateValidation;
import dev.sallyport.internal.tls.FailureReasons;
import dev.sallyport.internal.tls.KeyExporter;
import dev.sallyport.internal.tls.RecordSink;
import dev.sallyport.internal.tls.ResumedCertificate;
import dev.sallyport.internal.tls.TlsDriver;
import dev.sallyport.internal.tls.TlsException;
import dev.sallyport.internal.tls.TlsSession;
import dev.sallyport.internal.tls.X509Chains;
import java.nio.ByteBuffer;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the JDK's {@link SSLEngine}. The engine takes whole records only, and gives a record's plaintext only
 * all at once: what a caller's buffer cannot hold is kept here until it is read.
 */
final class JsseDriver implements TlsDriver {
    /*
     * The engine says what it wants by its handshake status, established or not: after each wrap and unwrap it may owe a
     * record (a ticket, the answer to a KeyUpdate, close_notify, an alert), so the status is looked at after every call.
     */
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    /** From {@link #unwrap}: the buffer may not have room for the record. */
    private static final int TOO_SMALL = -2;

    private final SSLEngine engine;
    private final JsseNegotiation negotiation;
    private final @Nullable ClientCertificateValidation validation;
    private final boolean hasIdentity;
    private final boolean exports;
    private final JsseRecordCheck check = new JsseRecordCheck();
    private @Nullable Scratch plaintext;
    private @Nullable TlsException failure;
    private @Nullable Alert alert; // that the client is to see for it
    private @Nullable Throwable taskFailure;
    private @Nullable ResumedCertificate resumed;
    private boolean ended;
    private boolean spoken; // there was something to send

    /**
     * @param engine a server's, its handshake begun
     * @param negotiation what the engine asks
     * @param validation of clients' certificates, or null when they are not asked for
     * @param hasIdentity whether there is any certificate to serve with
     * @param exports whether key material may be asked for
     */
    JsseDriver(
            SSLEngine engine,
            JsseNegotiation negotiation,
            @Nullable ClientCertificateValidation validation,
            boolean hasIdentity,
            boolean exports) {
        this.engine = engine;
        this.negotiation = negotiation;
        this.validation = validation;
        this.hasIdentity = hasIdentity;
        this.exports = exports;
    }

    @Override
    public Progress handshake(Scratch in, RecordSink out) throws TlsException {
        checkAlive();
        try {
            while (true) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> {
                        checkTask();
                        return Progress.WANT_TASK;
                    }
                    case NEED_WRAP -> checkOpen(wrap(NOTHING, out));
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        check.beforeHandshake(in.bytes);
                        SSLEngineResult result = engine.unwrap(in.bytes, NOTHING);
                        checkOpen(result);
                        if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
                            return Progress.WANT_INPUT;
                        }
                        check.afterHandshake();
                    }
                    case NOT_HANDSHAKING, FINISHED -> {
                        if (!mayResume()) {
                            return Progress.WANT_TASK;
                        }
                        check.established(version());
                        return Progress.DONE;
                    }
                }
            }
        } catch (SSLException | RuntimeException e) {
            throw failed(e, out);
        }
    }

    /** {@return whether the certificate of a client that resumes a session was judged, too, or none is there to judge} */
    private boolean mayResume() throws TlsException {
        if (validation == null || negotiation.certificateJudged()) {
            return true;
        }
        if (resumed == null) {
            resumed = new ResumedCertificate(validation, X509Chains.ofPeer(engine.getSession()));
        }
        TlsException refused = resumed.failure();
        if (refused != null) {
            engine.getSession().invalidate();
            throw refused;
        }
        return resumed.over();
    }

    @Override
    public void giveTickets(RecordSink out) {} // the engine has, at the end of its handshake

    @Override
    public Runnable takeTask() {
        return resumed == null ? this::runTasks : resumed;
    }

    /** Without the lock. Leaves nothing to the thread that runs it: whatever goes wrong ends this connection only. */
    private void runTasks() {
        try {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
        } catch (Throwable e) {
            // the lock that is taken for taskDone publishes it
            taskFailure = e;
        }
    }

    @Override
    public void taskDone() {
        // the engine has kept the outcome, and nothing here waits for the task to be freed
    }

    @Override
    public TlsSession session() throws SSLException {
        SSLSession session = engine.getSession();
        return new TlsSession(
                version(),
                session.getCipherSuite(),
                null,
                negotiation.selectedProtocol(engine.getApplicationProtocol()),
                negotiation.resumed(),
                X509Chains.ofPeer(session),
                session,
                exports ? JsseKeyExporter.of(session) : KeyExporter.NOT_ASKED_FOR);
    }

    @Override
    public int read(@Nullable Scratch in, ByteBuffer dst, RecordSink out) throws TlsException {
        if (plaintext == null) {
            int direct = unwrap(in, dst, out);
            if (direct != TOO_SMALL) {
                return direct;
            }
            int kept = decrypt(in, out);
            if (kept <= 0) {
                return kept;
            }
        }
        return readKept(dst);
    }

    @Override
    public int decrypt(@Nullable Scratch in, RecordSink out) throws TlsException {
        if (plaintext != null) {
            return plaintext.remaining();
        }
        Scratch scratch = ScratchPool.RECORD.take();
        int bytes = 0;
        try {
            bytes = unwrap(in, behind(scratch), out);
        } finally {
            if (bytes > 0) {
                scratch.appended(bytes);
                plaintext = scratch;
            } else {
                ScratchPool.giveBack(scratch);
            }
        }
        return bytes;
    }

    @Override
    public int available() {
        return plaintext == null ? 0 : plaintext.remaining();
    }

    @Override
    public int write(ByteBuffer src, RecordSink out) throws TlsException {
        checkAlive();
        if (!src.hasRemaining()) {
            return 0;
        }
        try {
            settle(out);
            int taken = wrap(src, out).bytesConsumed();
            if (taken == 0) {
                throw new TlsException(Reason.PEER_GONE, "write: this direction has ended");
            }
            settle(out);
            return taken;
        } catch (SSLException | RuntimeException e) {
            throw failed(e, out);
        }
    }

    @Override
    public void closeNotify(RecordSink out) {
        if (failure != null) {
            // an alert was the last word already
            return;
        }
        engine.closeOutbound();
        try {
            settle(out);
        } catch (SSLException | RuntimeException e) {
            // there is nothing more to say; whoever still reads is told
            failure = failed(e, out);
        }
    }

    @Override
    public boolean outboundClosedByPeer() {
        return ended && engine.isOutboundDone();
    }

    @Override
    public void free() {
        Scratch kept = plaintext;
        if (kept != null) {
            plaintext = null;
            ScratchPool.giveBack(kept);
        }
    }

    /** {@return the bytes put into {@code dst}, 0 for want of a whole record, {@link #ENDED} or {@link #TOO_SMALL}} */
    private int unwrap(@Nullable Scratch in, ByteBuffer dst, RecordSink out) throws TlsException {
        checkAlive();
        if (ended) {
            return ENDED;
        }
        try {
            while (in != null && in.remaining() > 0) {
                check.before(in.bytes);
                SSLEngineResult result = engine.unwrap(in.bytes, dst);
                switch (result.getStatus()) {
                    case BUFFER_UNDERFLOW -> {
                        return 0;
                    }
                    case BUFFER_OVERFLOW -> {
                        return TOO_SMALL;
                    }
                    case CLOSED -> {
                        ended = true;
                        settle(out);
                        return ENDED;
                    }
                    case OK -> settle(out);
                }
                int data = check.after(result);
                if (data > 0) {
                    return data;
                }
            }
            return 0;
        } catch (SSLException | RuntimeException e) {
            throw failed(e, out);
        }
    }

    /** Produces what the engine owes the client, established. */
    private void settle(RecordSink out) throws SSLException {
        wrapOwed(out);
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            throw JsseRecordCheck.refusal("a handshake message where none belongs");
        }
    }

    private void wrapOwed(RecordSink out) throws SSLException {
        boolean produced = true;
        while (produced && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            produced = wrap(NOTHING, out).bytesProduced() > 0;
        }
    }

    private SSLEngineResult wrap(ByteBuffer src, RecordSink out) throws SSLException {
        Scratch room = out.room(engine.getSession().getPacketBufferSize());
        ByteBuffer record = behind(room);
        int start = record.position();
        SSLEngineResult result = engine.wrap(src, record);
        if (alert != null) {
            JsseAlerts.mend(record, start, alert);
        }
        room.appended(result.bytesProduced());
        spoken |= result.bytesProduced() > 0;
        return result;
    }

    private static ByteBuffer behind(Scratch scratch) {
        int end = scratch.bytes.limit();
        return scratch.bytes.duplicate().limit(scratch.capacity()).position(end);
    }

    private int readKept(ByteBuffer dst) {
        Scratch kept = Objects.requireNonNull(plaintext);
        int bytes = Math.min(kept.remaining(), dst.remaining());
        dst.put(kept.bytes.slice().limit(bytes));
        kept.taken(bytes);
        if (kept.remaining() == 0) {
            free();
        }
        return bytes;
    }

    private static void checkOpen(SSLEngineResult result) throws TlsException {
        if (result.getStatus() == Status.CLOSED) {
            throw new TlsException(Reason.PEER_GONE, FailureReasons.problem(Reason.PEER_GONE, "close_notify"));
        }
    }

    private void checkAlive() throws TlsException {
        if (failure != null) {
            throw failure;
        }
    }

    private void checkTask() throws TlsException {
        if (taskFailure != null) {
            throw new TlsException(
                    Reason.INTERNAL, FailureReasons.problem(Reason.INTERNAL, taskFailure.toString()), taskFailure);
        }
    }

    /** Ends this driver: what the engine still has to say, an alert as a rule, goes out, and every later call fails. */
    private TlsException failed(Exception cause, RecordSink out) {
        TlsException failed = cause instanceof TlsException known ? known : failure(cause);
        failure = failed;
        alert = JsseAlerts.wanted(failed);
        if (alert == null && owesNothingFor(failed)) {
            alert = Alert.DECODE_ERROR;
        }
        JsseAlerts.breakOff(engine, failed, check.isEstablished());
        try {
            wrapOwed(out);
        } catch (SSLException | RuntimeException e) {
            failed.addSuppressed(e);
        }
        return failed;
    }

    /** What the engine cannot read of an extension of the hello it throws, and tells nobody. */
    private boolean owesNothingFor(TlsException failed) {
        return !spoken
                && failed.reason() == Reason.PEER_MISBEHAVED
                && failed.getCause() != null
                && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP;
    }

    private TlsException failure(Exception cause) {
        Reason reason = FailureReasons.ofJsse(cause);
        if (reason == Reason.PEER_NO_COMMON_CIPHER_SUITE && !hasIdentity) {
            reason = Reason.LOCAL_NO_IDENTITY;
        }
        return new TlsException(reason, FailureReasons.problem(reason, cause), cause);
    }

    private TlsVersion version() throws SSLException {
        String name = engine.getSession().getProtocol();
        for (TlsVersion version : TlsVersion.values()) {
            if (version.protocolName().equals(name)) {
                return version;
            }
        }
        throw new SSLException("the JDK negotiated " + name + ", which was not enabled");
    }
}
