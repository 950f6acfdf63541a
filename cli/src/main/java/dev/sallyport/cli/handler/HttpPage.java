package dev.sallyport.cli.handler;

import dev.sallyport.HandshakeInfo;
import dev.sallyport.cli.http.HttpSession;
import dev.sallyport.cli.http.NegotiatedPage;
import java.net.SocketAddress;

/** What the three HTTP handlers show. */
public record HttpPage(String servedBy) {
    HttpSession session(HandshakeInfo handshake, SocketAddress local, SocketAddress remote, Runnable close) {
        return new HttpSession(() -> NegotiatedPage.of(handshake, local, remote, servedBy), close);
    }
}
