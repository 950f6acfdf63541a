package dev.sallyport.internal.tls.boringssl;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.internal.resource.OwnedCount;
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
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One {@code SSL} of BoringSSL with its {@link BoringSslBio}, which the {@code SSL} owns. The only class that holds the
 * address of the former; {@link #free} gives both back once.
 *
 * <p>BoringSSL's queue of errors belongs to the thread and outlives the call, and a virtual thread may change its carrier
 * wherever it parks. So the result of a native call, its error code and the queue are read in consecutive statements
 * ({@link #outcome}), with nothing between that could park.
 */
final class BoringSslDriver implements TlsDriver {
    /** Room for an alert or the answer to a KeyUpdate: all that has no sink to go to after the handshake. */
    private static final int BIO_BYTES = 128;
    /** Room for the server's flight with a chain of usual size; the rest of a larger one goes straight to the sink. */
    private static final int FIRST_BIO_BYTES = 4 * 1024;

    private static final int MAX_PLAINTEXT = 16 * 1024;

    private static final byte[] CHANGE_CIPHER_SPEC = {20, 3, 3, 0, 1, 1};
    /** BoringSSL passes over 32 in a handshake of TLS 1.3, and over none in one of 1.2. */
    private static final int CHANGES_REFUSED = 33;

    private final BoringSslContext context;
    private final @Nullable ClientCertificateValidation validation; // null when clients are not asked for certificates
    private final boolean extendedMasterSecret;
    private final BoringSslBio bio;
    private long ssl;
    private int kept; // decrypted bytes that BoringSSL has and nobody has read
    private int overhead; // of a sealed record; 0 until asked
    private long errorNumber;
    private boolean taskOut;
    private boolean freeAfterTask;
    private @Nullable HandshakeRecords records = new HandshakeRecords(); // until the handshake is done
    private BoringSslCertificateVerifier.@Nullable Verdict verdict;
    private @Nullable ResumedCertificate resumed;
    private @Nullable KeyExporter exporter;

    BoringSslDriver(
            BoringSslContext context,
            long nativeContext,
            @Nullable ClientCertificateValidation validation,
            boolean extendedMasterSecret) {
        this.context = context;
        this.validation = validation;
        this.extendedMasterSecret = extendedMasterSecret;
        this.ssl = SSL.newSSL(nativeContext, true);
        this.bio = new BoringSslBio(ssl, FIRST_BIO_BYTES);
        OwnedCount.NATIVE_CONNECTIONS.increment();
    }

    // ---- handshake

    @Override
    public Progress handshake(Scratch in, RecordSink out) throws TlsException {
        for (boolean sink = in.remaining() == 0; ; ) {
            Outcome outcome = sink ? handshakeIntoSink(out) : handshakeFrom(in);
            switch (outcome) {
                case DONE -> {
                    bio.flush(out);
                    return mayResume(out) ? Progress.DONE : Progress.WANT_TASK;
                }
                case WANT_READ -> {
                    bio.flush(out);
                    if (in.remaining() == 0) {
                        return Progress.WANT_INPUT;
                    }
                    sink = false;
                }
                case WANT_WRITE -> {
                    bio.flush(out);
                    sink = true; // the rest of a large flight goes straight to the sink
                }
                case WANT_VERIFICATION -> {
                    bio.flush(out);
                    return Progress.WANT_TASK;
                }
                case PEER_ENDED -> {
                    bio.flush(out);
                    throw new TlsException(Reason.PEER_GONE, FailureReasons.problem(Reason.PEER_GONE, "close_notify"));
                }
                default -> throw failed(out);
            }
        }
    }

    private Outcome handshakeFrom(Scratch in) {
        HandshakeRecords watched = Objects.requireNonNull(records);
        int offered = bio.lend(in, watched.offer(in.bytes));
        Outcome outcome = outcome(SSL.doHandshake(ssl));
        watched.taken(bio.takeBack(in, offered));
        return outcome == Outcome.WANT_READ && watched.refused() ? refuse() : outcome;
    }

    /** Shows BoringSSL more ChangeCipherSpecs than it takes, so that it breaks off with unexpected_message. */
    private Outcome refuse() {
        Scratch impossible = ScratchPool.RECORD.take();
        try {
            for (int i = 0; i < CHANGES_REFUSED; i++) {
                impossible.bytes.limit(impossible.bytes.limit() + CHANGE_CIPHER_SPEC.length);
                impossible.bytes.put(i * CHANGE_CIPHER_SPEC.length, CHANGE_CIPHER_SPEC);
            }
            int offered = bio.lend(impossible, impossible.remaining());
            Outcome outcome = outcome(SSL.doHandshake(ssl));
            bio.takeBack(impossible, offered);
            return outcome == Outcome.WANT_READ ? Outcome.FAILED : outcome;
        } finally {
            ScratchPool.giveBack(impossible);
        }
    }

    private Outcome handshakeIntoSink(RecordSink out) {
        Scratch sink = out.room(MAX_PLAINTEXT);
        int room = bio.lendSink(sink);
        Outcome outcome = outcome(SSL.doHandshake(ssl));
        bio.takeBackSink(sink, room);
        return outcome;
    }

    /** {@return whether the certificate of a client that resumes a session was judged, too, or none is there to judge} */
    private boolean mayResume(RecordSink out) throws TlsException {
        if (validation == null || verdict != null) {
            return true;
        }
        if (resumed == null) {
            resumed = new ResumedCertificate(validation, BoringSslSession.peerChain(ssl));
        }
        TlsException refused = resumed.failure();
        if (refused != null) {
            breakOff(out);
            throw refused;
        }
        return resumed.over();
    }

    private void breakOff(RecordSink out) {
        Scratch impossible = ScratchPool.RECORD.take();
        try {
            impossible.fill(ResumedCertificate.impossibleRecord());
            int offered = bio.lend(impossible, impossible.remaining());
            outcome(SSL.readFromSSL(ssl, impossible.address(BoringSslBio.ADDRESS), 0));
            bio.takeBack(impossible, offered);
            bio.flush(out); // the alert
        } finally {
            ScratchPool.giveBack(impossible);
        }
    }

    /**
     * BoringSSL keeps the tickets of TLS 1.3 until application data is written, so a server that only reads would never
     * give one. A write of nothing lets them out.
     */
    @Override
    public void giveTickets(RecordSink out) throws TlsException {
        records = null;
        Outcome outcome;
        do {
            Scratch sink = out.room(MAX_PLAINTEXT);
            int room = bio.lendSink(sink);
            outcome = outcome(SSL.writeToSSL(ssl, sink.address(BoringSslBio.ADDRESS), 0));
            bio.takeBackSink(sink, room);
        } while (outcome == Outcome.WANT_WRITE); // with the client's chain in them they are large
        if (outcome != Outcome.NOTHING) {
            throw failed(out);
        }
        bio.replace(ssl, BIO_BYTES);
    }

    @Override
    public Runnable takeTask() {
        if (resumed != null) {
            return resumed;
        }
        Runnable task = SSL.getTask(ssl);
        taskOut = true;
        return () -> {
            if (task != null) {
                task.run();
            }
            verdict = BoringSslCertificateVerifier.takeVerdict();
        };
    }

    @Override
    public void taskDone() {
        taskOut = false;
        if (freeAfterTask) {
            freeNow();
        } else if (verdict != null && verdict.end() != null && resumed == null) {
            BoringSslSession.endTickets(ssl, verdict.end());
        }
    }

    @Override
    public TlsSession session() throws SSLException {
        if (exporter == null) {
            // BoringSSL always takes the extended master secret that it is offered
            exporter = BoringSslKeyExporter.of(ssl, context.keyLog(), extendedMasterSecret);
        }
        List<X509Certificate> chain =
                resumed != null ? resumed.chain() : validation != null ? BoringSslSession.peerChain(ssl) : List.of();
        return BoringSslSession.snapshot(ssl, chain, exporter);
    }

    // ---- reading

    @Override
    public int read(@Nullable Scratch in, ByteBuffer dst, RecordSink out) throws TlsException {
        if (!dst.hasRemaining()) {
            return 0;
        }
        if (dst.isDirect()) {
            int position = dst.position(); // once: another thread may move it, and BoringSSL would follow it anywhere
            int room = Math.max(0, dst.limit() - position);
            int count = readInto(Buffer.address(dst) + position, room, in, out);
            if (count > 0) {
                dst.position(position + count);
            }
            return count;
        }
        Scratch plain = ScratchPool.RECORD.take();
        try {
            int count = readInto(plain.address(BoringSslBio.ADDRESS), Math.min(dst.remaining(), plain.room()), in, out);
            if (count > 0) {
                plain.appended(count);
                dst.put(plain.bytes);
            }
            return count;
        } finally {
            ScratchPool.giveBack(plain);
        }
    }

    @Override
    public int decrypt(@Nullable Scratch in, RecordSink out) throws TlsException {
        if (kept > 0 || in == null) {
            return kept;
        }
        // a read of nothing wants an address all the same
        return readInto(in.address(BoringSslBio.ADDRESS), 0, in, out) == ENDED ? ENDED : kept;
    }

    @Override
    public int available() {
        return kept;
    }

    private int readInto(long address, int length, @Nullable Scratch in, RecordSink out) throws TlsException {
        for (; ; ) {
            int offered = in == null ? 0 : bio.lend(in, in.remaining());
            int count = SSL.readFromSSL(ssl, address, length);
            kept = count == length ? SSL.sslPending(ssl) : 0; // less than that is the end of a record
            Outcome outcome = count > 0 || kept > 0 ? Outcome.DONE : outcome(count);
            if (in != null) {
                bio.takeBack(in, offered);
                bio.flush(out);
            } // else nothing came that might want an answer
            switch (outcome) {
                case DONE -> {
                    return count;
                }
                case WANT_READ -> {
                    return 0;
                }
                case PEER_ENDED -> {
                    return ENDED;
                }
                case WANT_WRITE -> {
                    // an answer did not fit into the BIO's own buffer, which is empty again by now
                }
                case NOTHING -> {
                    return 0; // a read of no bytes
                }
                default -> throw failed(out);
            }
        }
    }

    // ---- writing

    @Override
    public int write(ByteBuffer src, RecordSink out) throws TlsException {
        int position = src.position(); // once, as above
        int length = Math.min(src.limit() - position, MAX_PLAINTEXT);
        if (length <= 0) {
            return 0;
        }
        if (src.isDirect()) {
            writeFrom(Buffer.address(src) + position, length, out);
        } else {
            Scratch plain = ScratchPool.RECORD.take();
            try {
                ByteBuffer slice = src.slice(position, length);
                plain.bytes.limit(length).put(slice).flip();
                writeFrom(plain.address(BoringSslBio.ADDRESS), length, out);
            } finally {
                ScratchPool.giveBack(plain);
            }
        }
        src.position(position + length);
        return length;
    }

    /** A record that has been sealed must leave as it is, so a full sink is replaced until the call has gone through. */
    private void writeFrom(long address, int length, RecordSink out) throws TlsException {
        if (overhead == 0) {
            overhead = SSL.getMaxWrapOverhead(ssl);
        }
        int needed = length + overhead;
        for (; ; ) {
            Scratch sink = out.room(needed);
            int room = bio.lendSink(sink);
            int written = SSL.writeToSSL(ssl, address, length);
            Outcome outcome = written > 0 ? Outcome.DONE : outcome(written);
            bio.takeBackSink(sink, room);
            if (outcome == Outcome.DONE) {
                return;
            }
            if (outcome != Outcome.WANT_WRITE) {
                throw failed(out);
            }
            needed = ScratchPool.RECORD_BYTES;
        }
    }

    @Override
    public void closeNotify(RecordSink out) {
        bio.flush(out);
        Outcome outcome;
        do {
            Scratch sink = out.room(MAX_PLAINTEXT);
            int room = bio.lendSink(sink);
            outcome = outcome(SSL.shutdownSSL(ssl));
            bio.takeBackSink(sink, room);
        } while (outcome == Outcome.WANT_WRITE);
        bio.flush(out);
    }

    @Override
    public boolean outboundClosedByPeer() {
        return false;
    }

    // ---- errors

    private enum Outcome {
        DONE,
        WANT_READ,
        WANT_WRITE,
        WANT_VERIFICATION,
        PEER_ENDED,
        NOTHING,
        FAILED
    }

    /** Reads the outcome of the call before it. Nothing may come between the two, nor between the first statements here. */
    private Outcome outcome(int result) {
        if (result > 0) {
            return Outcome.DONE;
        }
        int error = SSL.getError(ssl, result);
        if (error == SSL.SSL_ERROR_WANT_READ) {
            return Outcome.WANT_READ;
        }
        if (error == SSL.SSL_ERROR_WANT_WRITE) {
            return Outcome.WANT_WRITE;
        }
        if (error == SSL.SSL_ERROR_ZERO_RETURN) {
            return Outcome.PEER_ENDED;
        }
        if (error == SSL.SSL_ERROR_WANT_CERTIFICATE_VERIFY) {
            return Outcome.WANT_VERIFICATION;
        }
        long number = Integer.toUnsignedLong(SSL.getLastErrorNumber());
        SSL.clearError();
        if (error == SSL.SSL_ERROR_SYSCALL && number == 0) {
            return Outcome.NOTHING;
        }
        errorNumber = number;
        return Outcome.FAILED;
    }

    private TlsException failed(RecordSink out) {
        bio.flush(out); // the alert
        if (verdict != null && verdict.refusal() != null) {
            return ResumedCertificate.failure(verdict.refusal());
        }
        String text = SSL.getErrorString(errorNumber);
        String what = text.substring(text.lastIndexOf(':') + 1)
                .toLowerCase(Locale.ROOT)
                .replace('_', ' ');
        Reason reason = FailureReasons.ofBoringSsl(text);
        if (reason == Reason.PEER_NO_COMMON_CIPHER_SUITE && !context.hasIdentity()) {
            // TLS 1.2 suites belong to a type of key, so without a key there are none
            reason = Reason.LOCAL_NO_IDENTITY;
        }
        return new TlsException(reason, FailureReasons.problem(reason, what));
    }

    // ---- the end

    @Override
    public void free() {
        if (taskOut) {
            freeAfterTask = true; // the task holds the address
        } else {
            freeNow();
        }
    }

    private void freeNow() {
        if (ssl != 0) {
            context.keyLog().takeExporterSecret(ssl); // of a handshake that failed after it had come
            SSL.freeSSL(ssl); // and the BIO with it
            ssl = 0;
            OwnedCount.NATIVE_CONNECTIONS.decrement();
            context.release();
        }
    }
}
