package dev.sallyport;

import java.io.IOException;

/** What is done about the events of raw connections; one handler can serve any number of them. */
@FunctionalInterface
public interface RawSocketHandler {
    /**
     * Handles one event. Runs on {@link BindOptions#executor()}, for one connection one at a time.
     *
     * @param socket the connection it happened to
     * @param event what happened
     * @throws IOException whatever went wrong; it aborts this connection, and
     *     {@link ServerObserver#handlerFailed(RawSecureSocket, Throwable)} hears of it
     */
    void handle(RawSecureSocket socket, RawSocketEvent event) throws IOException;
}
