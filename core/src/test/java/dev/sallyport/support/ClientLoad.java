package dev.sallyport.support;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;

import dev.sallyport.SecureSocket;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Many clients of one server, so many of them at a time. Each connects and waits for the server to send one byte and to
 * close in order: a client whose connection nobody was given does not get that.
 */
public final class ClientLoad implements AutoCloseable {
    private final ExecutorService threads;
    private final List<Future<?>> clients = new ArrayList<>();

    private ClientLoad(int atOnce) {
        threads = Executors.newFixedThreadPool(atOnce, task -> {
            Thread thread = new Thread(task, "client-load");
            thread.setDaemon(true);
            return thread;
        });
    }

    public static ClientLoad of(int count, int atOnce, JdkTlsClient client) {
        ClientLoad load = new ClientLoad(atOnce);
        client.deadline(PATIENCE);
        for (int i = 0; i < count; i++) {
            load.clients.add(load.threads.submit(() -> {
                try (TlsConnection connection = client.connect()) {
                    connection.receive(1);
                    connection.receiveAll();
                }
                return null;
            }));
        }
        return load;
    }

    /** What the server does for each. */
    public static void serve(SecureSocket socket) {
        try {
            socket.outputStream().write(1);
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** {@return whether every client has ended, well or badly} */
    public boolean done() {
        return clients.stream().allMatch(Future::isDone);
    }

    /** Fails unless every client got what it waited for. */
    public void assertServed() throws Exception {
        for (int i = 0; i < clients.size(); i++) {
            result("client " + i + " of " + clients.size() + " to be served", PATIENCE, clients.get(i));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
