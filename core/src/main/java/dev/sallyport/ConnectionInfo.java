package dev.sallyport;

import java.net.SocketAddress;

/**
 * A secure connection as one sees it from outside: which it is, whose it is, and how much went over it. An observer is
 * given such values, whose counts are those of the moment that it is told of; a {@link SecureConnection} is one whose counts
 * go on. An interface, so that the test of an observer can make one. Any thread.
 */
public interface ConnectionInfo {
    /** {@return a number that no other connection of this process has or had; 1 or more} */
    long id();

    /** {@return our end} */
    SocketAddress localAddress();

    /** {@return the client's end; of clients of a Unix-domain socket all are alike} */
    SocketAddress remoteAddress();

    /** {@return what the handshake agreed on} */
    HandshakeInfo handshake();

    /** {@return how many bytes of plaintext have been read from the client} */
    long bytesReceived();

    /** {@return how many bytes of plaintext have been encrypted for the client, sent or not} */
    long bytesSent();
}
