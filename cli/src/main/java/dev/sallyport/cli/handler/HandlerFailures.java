package dev.sallyport.cli.handler;

import java.net.SocketAddress;

/** Hears of handlers that failed on a connection. Called from any thread. */
public interface HandlerFailures {
    /** Called once for each such connection. */
    void handlerFailed(SocketAddress peer, Throwable cause);
}
