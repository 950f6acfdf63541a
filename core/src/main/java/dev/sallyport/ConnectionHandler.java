package dev.sallyport;

/** What a server does with a connection; see {@link SecureServerSocket#serve}. May block. */
@FunctionalInterface
public interface ConnectionHandler {
    /**
     * Serves one connection, from its first byte to its last. It is closed when this returns and aborted when this
     * throws; {@link ServerObserver#handlerFailed(SecureSocket, Throwable)} hears what was thrown.
     *
     * @param socket the connection, its handshake done
     * @throws Exception whatever went wrong; it ends this connection and no other
     */
    void handle(SecureSocket socket) throws Exception;
}
