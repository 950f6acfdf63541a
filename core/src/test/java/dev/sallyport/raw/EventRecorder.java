package dev.sallyport.raw;

import static dev.sallyport.RawSocketEvent.READ;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.RawSocketHandler;
import dev.sallyport.testkit.Awaiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Reads a piece at each READ and keeps what it is told. */
final class EventRecorder implements RawSocketHandler {
    private final int piece;
    private final List<RawSocketEvent> events = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int empty;

    EventRecorder(int piece) {
        this.piece = piece;
    }

    @Override
    public synchronized void handle(RawSecureSocket socket, RawSocketEvent event) throws IOException {
        events.add(event);
        if (event == READ) {
            empty += socket.available() > 0 ? 0 : 1;
            ByteBuffer room = ByteBuffer.allocate(piece);
            empty += socket.read(room) > 0 ? 0 : 1;
            bytes.write(room.array(), 0, room.position());
        }
    }

    synchronized List<RawSocketEvent> events() {
        assertThat(empty).as("READs with nothing to read").isZero();
        return List.copyOf(events);
    }

    synchronized int received() {
        return bytes.size();
    }

    synchronized byte[] bytes() {
        return bytes.toByteArray();
    }

    long count(RawSocketEvent event) {
        return events().stream().filter(event::equals).count();
    }

    List<RawSocketEvent> after(RawSocketEvent event) {
        List<RawSocketEvent> all = events();
        return all.subList(all.indexOf(event) + 1, all.size());
    }

    void await(RawSocketEvent event) {
        Awaiting.until(event.name(), PATIENCE, () -> events().contains(event));
    }

    /** Returns when all that could be told by now has been told. */
    static void settle(RawSecureSocket socket) {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        socket.executor().execute(() -> turn.complete(null));
        try {
            Awaiting.result("a turn on the socket's executor", PATIENCE, turn);
        } catch (ExecutionException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Waits until the connection is gone and its handler knows; how it ended is thrown. */
    static void endOf(RawSecureSocket socket) throws Exception {
        try {
            Awaiting.result("the end", PATIENCE, socket.onClosed());
        } finally {
            settle(socket);
        }
    }
}
