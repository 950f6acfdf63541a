package dev.sallyport;

import java.io.IOException;

/** What a raw server does with a new connection; see {@link RawSecureServerSocket#listen}. */
@FunctionalInterface
public interface RawConnectionHandler {
    /**
     * Takes a new connection, which from now on is this handler's to close; usually it calls
     * {@link RawSecureSocket#listen} and returns. Runs on {@link BindOptions#executor()}.
     *
     * @param socket the connection, its handshake done
     * @throws IOException whatever went wrong; it aborts this connection, and
     *     {@link ServerObserver#handlerFailed(RawSecureSocket, Throwable)} hears of it
     */
    void handle(RawSecureSocket socket) throws IOException;
}
