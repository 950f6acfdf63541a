package dev.sallyport.internal.connection;

import dev.sallyport.internal.names.AddressText;
import java.io.Serial;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;

/** The JDK's TLS 1.2 ends both directions when the peer ends one (RFC 5246 section 7.2.1). */
final class HalfCloseUnsupportedException extends ClosedChannelException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String peer;

    HalfCloseUnsupportedException(SocketAddress peer) {
        this.peer = AddressText.of(peer);
    }

    @Override
    public String getMessage() {
        return "write " + peer
                + ": tls 1.2 on the jdk provider has no half close: the peer has closed, so nothing can be"
                + " written any more";
    }
}
