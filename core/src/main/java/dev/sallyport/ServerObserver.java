package dev.sallyport;

import dev.sallyport.internal.task.FaultLog;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happens on a server, for logs, metrics and alarms; it decides nothing. Methods that are not overridden do
 * nothing, with one exception: what code of the application has thrown is logged, as a WARNING of the logger
 * {@code dev.sallyport}, with its stack, ten at once and then one a second.
 *
 * <p>Methods run on {@link BindOptions#executor()}, those about one connection one at a time and in order, those about
 * different connections at the same time. What a method throws is logged, and has no other effect. For numbers alone
 * {@link ServerStatistics} is cheaper.
 */
public interface ServerObserver {
    /**
     * The handshake of a connection has failed. Unless this is overridden, failures that code of the application has
     * caused, such as a context selector that throws ({@code INTERNAL}), are logged.
     *
     * @param failure what happened, with the client's address and the side at fault
     */
    default void handshakeFailed(HandshakeException failure) {
        if (failure.reason() == HandshakeException.Reason.INTERNAL) {
            FaultLog.HANDSHAKES.warn(String.valueOf(failure.getMessage()), failure);
        }
    }

    /**
     * A handshake is done; the connection is about to be delivered.
     *
     * @param connection which it is, and what was agreed on
     */
    default void connectionOpened(ConnectionInfo connection) {}

    /**
     * A connection that had been opened is gone. Once for each {@link #connectionOpened}.
     *
     * @param connection which it is, by the {@link ConnectionInfo#id} that it was opened with, and how much went over it
     * @param error why it ended, or null when it was closed in order
     */
    default void connectionClosed(ConnectionInfo connection, @Nullable Throwable error) {}

    /**
     * A {@link ConnectionHandler}, {@link RawConnectionHandler} or {@link RawSocketHandler} has thrown; its connection is
     * aborted. Unless this is overridden, the exception is logged, except those that only say that the connection has
     * ended: a {@link java.net.SocketException}, an {@link javax.net.ssl.SSLException}, a timeout, the end of a stream.
     *
     * @param connection the connection it was handling
     * @param error what it threw
     */
    default void handlerFailed(SecureConnection connection, Throwable error) {
        FaultLog.HANDLERS.warnUnlessConnectionEnded(
                "the handler of " + connection + " failed, which was aborted", error);
    }

    /**
     * A bound has been reached. Told once, and again only after it has been left.
     *
     * @param limit which
     */
    default void limitReached(Limit limit) {}

    /** Handshakes that begin from now on use another context. */
    default void contextReplaced() {}

    /**
     * A file of the context has changed, and the new content cannot be used; the server keeps the old context.
     *
     * @param file the file
     * @param error what is wrong with it
     */
    default void contextReloadFailed(Path file, IOException error) {}

    /**
     * A certificate that this server presents, or one of its chain, expires soon or has expired. Once when it has 30 days
     * left, 7 days, one day, and when it has expired, as far as its whole life is longer than that; those that the server
     * is bound with are looked at then, and again once an hour.
     *
     * @param certificate the certificate
     * @param remaining how long it is still valid; negative once it is not
     */
    default void certificateExpiring(X509Certificate certificate, Duration remaining) {}
}
