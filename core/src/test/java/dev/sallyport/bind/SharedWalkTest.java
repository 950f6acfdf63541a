package dev.sallyport.bind;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sallyport.InternetAddress;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ClientLoad;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Binding, joining, being refused and closing in any order: what comes of it is what a few lines of a model say. */
class SharedWalkTest {
    private static final long SEED = 20_261_122;
    private static final int STEPS = 300;
    private static final int ADDRESSES = 4;

    /** One listening address of the model: which servers have it, and with which flags. */
    private static final class Address {
        final int port;
        final boolean shared;
        final boolean v6Only;
        final List<SecureServerSocket> handles = new ArrayList<>();

        Address(SecureServerSocket first, boolean shared, boolean v6Only) {
            this.port = first.port();
            this.shared = shared;
            this.v6Only = v6Only;
            handles.add(first);
        }

        boolean takes(boolean shared, boolean v6Only) {
            return this.shared && shared && this.v6Only == v6Only;
        }
    }

    private final Random random = new Random(SEED);
    private final List<Address> addresses = new ArrayList<>();

    @Matrix(Dimension.TRANSPORT)
    void anyWalkThroughBindJoinMismatchAndCloseFollowsTheModel(Setup setup) throws Exception {
        SecurityContext context = setup.context().build();
        try {
            for (int step = 0; step < STEPS; step++) {
                String where = "step " + step + " of seed " + SEED;
                switch (random.nextInt(5)) {
                    case 0 -> bindAnyPort(setup, context, where);
                    case 1, 2 -> bindAgain(setup, context, where);
                    case 3 -> close(where);
                    default -> visit(setup, where);
                }
            }
        } finally {
            addresses.forEach(address -> address.handles.forEach(SecureServerSocket::close));
        }
    }

    /** Port 0 is never somebody else's, whatever the flags. */
    private void bindAnyPort(Setup setup, SecurityContext context, String where) throws IOException {
        if (addresses.size() < ADDRESSES) {
            boolean shared = random.nextBoolean();
            boolean v6Only = random.nextInt(4) == 0;
            Address bound = new Address(open(setup, context, 0, shared, v6Only), shared, v6Only);
            assertThat(addresses).as(where).extracting(each -> each.port).doesNotContain(bound.port);
            addresses.add(bound);
        }
    }

    private void bindAgain(Setup setup, SecurityContext context, String where) {
        if (addresses.isEmpty()) {
            return;
        }
        Address address = addresses.get(random.nextInt(addresses.size()));
        boolean shared = random.nextInt(4) > 0;
        boolean v6Only = address.v6Only ^ random.nextInt(4) == 0;
        try {
            SecureServerSocket handle = open(setup, context, address.port, shared, v6Only);
            address.handles.add(handle);
            assertThat(address.takes(shared, v6Only)).as(where).isTrue();
        } catch (BindException refused) {
            assertThat(address.takes(shared, v6Only)).as(where).isFalse();
            assertThat(refused).as(where).hasMessageContaining(":" + address.port);
        } catch (IOException failure) {
            fail(where, failure);
        }
    }

    private void close(String where) throws Exception {
        if (addresses.isEmpty()) {
            return;
        }
        Address address = addresses.get(random.nextInt(addresses.size()));
        SecureServerSocket handle = address.handles.remove(random.nextInt(address.handles.size()));
        handle.close();
        handle.close();
        result(where + ": the close", PATIENCE, handle.onClosed());
        assertThat(handle.isOpen()).as(where).isFalse();
        assertThat(handle.port()).as(where).isEqualTo(address.port);
        if (address.handles.isEmpty()) {
            addresses.remove(address);
            try (Socket client = new Socket(InternetAddress.LOOPBACK_IPV4, address.port)) {
                fail(where + ": " + client + " was connected to a port that nobody has");
            } catch (ConnectException free) {
                assertThat(free).as(where).isNotNull();
            }
        }
    }

    /** Exactly one of those who have an address gets the connection. */
    private void visit(Setup setup, String where) throws Exception {
        if (addresses.isEmpty()) {
            return;
        }
        Address address = addresses.get(random.nextInt(addresses.size()));
        long before = accepted(address);
        try (TlsConnection client = setup.client(address.port).connect()) {
            assertThat(client.receiveAll()).as(where).containsExactly(1);
        }
        assertThat(accepted(address) - before).as(where).isEqualTo(1);
    }

    private static long accepted(Address address) {
        return address.handles.stream()
                .mapToLong(handle -> handle.statistics().accepted())
                .sum();
    }

    private static SecureServerSocket open(
            Setup setup, SecurityContext context, int port, boolean shared, boolean v6Only) throws IOException {
        SecureServerSocket server = SecureServerSocket.open(
                InternetAddress.LOOPBACK_IPV4,
                port,
                context,
                setup.withTransport(options -> options.shared(shared).v6Only(v6Only)));
        server.serve(ClientLoad::serve);
        return server;
    }
}
