package dev.sallyport.internal.connection;

import dev.sallyport.TruncatedStreamException;
import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.tls.TlsException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;

/** Names the call and the peer in what has ended a connection, which those who found it did not know. */
final class Failures {
    private Failures() {}

    /** {@return the same failure with a message of the form {@code CALL PEER: PROBLEM}} */
    static IOException named(String call, SocketAddress peer, IOException failure) {
        String address = AddressText.of(peer);
        String problem = failure.getMessage();
        if (problem != null && problem.contains(address)) {
            return failure;
        }
        String message = call + " " + address + ": " + problem;
        if (failure instanceof TlsException tls) {
            return new TlsException(tls.reason(), message, tls);
        }
        if (failure instanceof TruncatedStreamException) {
            return caused(new TruncatedStreamException(message), failure);
        }
        return failure.getClass() == SocketException.class ? caused(new SocketException(message), failure) : failure;
    }

    private static IOException caused(IOException named, IOException failure) {
        named.initCause(failure);
        return named;
    }
}
