package dev.sallyport.cli;

import dev.sallyport.ConnectionInfo;
import dev.sallyport.HandshakeException;
import dev.sallyport.SecureConnection;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.cli.handler.HandlerFailures;
import dev.sallyport.cli.http.HostPort;
import java.io.IOException;
import java.io.PrintStream;
import java.net.SocketAddress;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints that files were read again, and with {@code --verbose} a line for each handshake and each connection that failed. */
final class ConnectionLog implements ServerObserver, HandlerFailures {
    private final PrintStream out;
    private final boolean verbose;
    private volatile @Nullable Supplier<SecurityContext> context; // of the server, once there is one

    ConnectionLog(PrintStream out, boolean verbose) {
        this.out = out;
        this.verbose = verbose;
    }

    void context(Supplier<SecurityContext> current) {
        context = current;
    }

    @Override
    public void handshakeFailed(HandshakeException failure) {
        print(ErrorLine.of(failure) + " [" + failure.reason() + "]");
    }

    /** In this program nobody else replaces it, and who renews a certificate wants to see that it worked. */
    @Override
    public void contextReplaced() {
        Supplier<SecurityContext> current = context;
        String now = current == null
                ? ""
                : current.get().certificates().stream()
                        .map(each -> each.getSubjectX500Principal().getName() + " until "
                                + each.getNotAfter().toInstant())
                        .collect(Collectors.joining(", ", ": now ", ""));
        out.println("sallyport: the files have changed and were read again" + now);
    }

    @Override
    public void connectionClosed(ConnectionInfo connection, @Nullable Throwable error) {
        if (error != null) {
            SocketAddress peer = connection.remoteAddress();
            String what = ErrorLine.of(error); // which names the peer, as a rule
            print(what.contains(HostPort.of(peer)) ? what : "connection " + HostPort.of(peer) + ": " + what);
        }
    }

    @Override
    public void handlerFailed(SecureConnection connection, Throwable error) {
        handlerFailed(connection.remoteAddress(), error);
    }

    @Override
    public void handlerFailed(SocketAddress peer, Throwable error) {
        if (!(error instanceof IOException)) { // connectionClosed hears of those too
            print("handler for " + HostPort.of(peer) + ": " + error);
        }
    }

    private void print(String line) {
        if (verbose) {
            out.println(line);
        }
    }
}
