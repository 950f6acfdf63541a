package dev.sallyport.cli.handler;

import dev.sallyport.RawConnectionHandler;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.RawSocketHandler;
import dev.sallyport.cli.http.HttpSession;
import dev.sallyport.cli.http.Response;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Answers HTTP requests with the page, driven by events; no request is read while an answer waits to be sent. */
public final class RawHttp implements RawConnectionHandler {
    private static final int CHUNK_BYTES = 4 * 1024;

    private final HttpPage page;

    public RawHttp(HttpPage page) {
        this.page = page;
    }

    @Override
    public void handle(RawSecureSocket socket) {
        HttpSession session =
                page.session(socket.handshake(), socket.localAddress(), socket.remoteAddress(), socket::close);
        socket.onDraining().thenRun(session::drain);
        socket.listen(new Connection(session));
    }

    private static final class Connection implements RawSocketHandler {
        private final HttpSession session;
        private final ByteBuffer received = ByteBuffer.allocate(CHUNK_BYTES).limit(0);

        /** The answer being sent. While there is one, READ events are off. */
        private @Nullable Response sending;

        private boolean ended;

        Connection(HttpSession session) {
            this.session = session;
        }

        @Override
        public void handle(RawSecureSocket socket, RawSocketEvent event) throws IOException {
            if (!socket.isOpen()) {
                return; // the last answer was sent, or the server drains
            }
            switch (event) {
                case READ -> read(socket);
                case WRITE -> send(socket);
                case READ_CLOSED -> {
                    ended = true;
                    send(socket);
                }
                case CLOSED -> sending = null;
            }
        }

        private void read(RawSecureSocket socket) throws IOException {
            if (sending != null) {
                return;
            }
            int count = socket.read(received.clear());
            received.flip();
            if (count > 0) {
                sending = session.receive(received);
                send(socket);
            }
        }

        /** Sends what is to be sent, one answer after the other as long as requests are there and the peer takes them. */
        private void send(RawSecureSocket socket) throws IOException {
            boolean waited = sending != null;
            while (sending != null) {
                socket.write(sending.bytes());
                if (sending.bytes().hasRemaining()) {
                    socket.readEventsEnabled(false);
                    socket.writeEventsEnabled(true);
                    return;
                }
                if (sending.last()) {
                    socket.close();
                    return;
                }
                sending = session.receive(received);
            }
            if (ended) {
                socket.close();
            } else if (waited) {
                socket.readEventsEnabled(true);
            }
        }
    }
}
