package dev.sallyport.internal.tls.jsse;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.internal.hello.Alert;
import dev.sallyport.internal.tls.ResumedCertificate;
import dev.sallyport.internal.tls.TlsException;
import java.nio.ByteBuffer;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sees to it that a connection of the JDK's engine which fails says so, and says what it means where that can be done. */
final class JsseAlerts {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int ALERT_RECORD = 21;
    private static final int FATAL = 2;
    private static final int PLAIN_ALERT_BYTES = 7;
    private static final int DESCRIPTION_AT = 6;

    /**
     * What the RFCs want a client to be told where the engine says something else, or nothing: by a part of what it throws, as
     * that is on JDK 17 to 25. A message that is worded anew leaves the engine's own alert.
     */
    private static final Map<String, Alert> WANTED = Map.ofEntries(
            Map.entry("Insufficient space in the buffer", Alert.DECODE_ERROR),
            Map.entry("no sufficient data", Alert.DECODE_ERROR),
            Map.entry("insufficient data", Alert.DECODE_ERROR),
            Map.entry("incorrect list length", Alert.DECODE_ERROR),
            Map.entry("Cannot verify CertificateVerify signature", Alert.DECRYPT_ERROR),
            Map.entry("Invalid CertificateVerify signature", Alert.DECRYPT_ERROR),
            Map.entry("Invalid signature algorithm", Alert.ILLEGAL_PARAMETER),
            Map.entry("Unsupported signature algorithm", Alert.ILLEGAL_PARAMETER),
            Map.entry("Could not generate secret", Alert.ILLEGAL_PARAMETER),
            Map.entry("The certificate chain length", Alert.BAD_CERTIFICATE));

    private JsseAlerts() {}

    /** {@return the alert that the RFCs want for this failure of an engine; null when its own is as good as any} */
    static @Nullable Alert wanted(TlsException failure) {
        for (Throwable cause = failure.getCause(); cause instanceof SSLException; cause = cause.getCause()) {
            String message = cause.getMessage();
            for (Map.Entry<String, Alert> each : WANTED.entrySet()) {
                if (message != null && message.contains(each.getKey())) {
                    return each.getValue();
                }
            }
        }
        return null;
    }

    /**
     * Breaks the engine, so that it owes a fatal alert, if it does not or has not sent one. Some failures leave it whole:
     * what its delegated tasks throw on JDK 17, and all that is our own refusal.
     *
     * @param established whether its handshake was done: then it may ask for a task, for a message that has no place there,
     *     in which it says so; before that, tasks may run code of the user, who must not hold the connection's lock
     */
    static void breakOff(SSLEngine engine, TlsException failure, boolean established) {
        // more than once, because a call may only tell what a task has thrown, or what the engine waits for
        for (int tries = 0; tries < 3 && !engine.isInboundDone(); tries++) {
            try {
                Runnable task = established ? engine.getDelegatedTask() : null;
                if (task != null) {
                    task.run();
                }
                if (failure.reason() == Reason.INTERNAL || tries == 2) {
                    engine.closeInbound(); // internal_error
                } else {
                    engine.unwrap(
                            ByteBuffer.wrap(ResumedCertificate.impossibleRecord()), NOTHING); // unexpected_message
                }
            } catch (SSLException | RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /**
     * Changes an alert that is not encrypted, which it is not before the server's ChangeCipherSpec or, in TLS 1.3, its
     * ServerHello.
     *
     * @param record where the engine has put a record, which ends at the position
     */
    static void mend(ByteBuffer record, int start, Alert wanted) {
        boolean plainAlert = record.position() - start == PLAIN_ALERT_BYTES
                && record.get(start) == ALERT_RECORD
                && record.get(start + DESCRIPTION_AT - 1) == FATAL;
        if (plainAlert) {
            record.put(start + DESCRIPTION_AT, (byte) wanted.number());
        }
    }
}
