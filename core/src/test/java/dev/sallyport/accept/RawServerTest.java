package dev.sallyport.accept;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.InternetAddress;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.SecureConnection;
import dev.sallyport.ServerObserver;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ClientLoad;
import dev.sallyport.testkit.TlsConnection;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Taking connections from a raw server: when it takes them, who gets them, and pausing. */
class RawServerTest {
    private record Failed(SecureConnection socket, Throwable error) {}

    private static void assertLeftToTheKernel(RawSecureServerSocket server, int accepted) throws IOException {
        try (Socket client = new Socket(InternetAddress.LOOPBACK_IPV4, server.port())) {
            client.setSoTimeout(100);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.statistics().accepted()).isEqualTo(accepted);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void takesNothingBeforeSomebodyListens(Setup setup) throws Exception {
        try (RawSecureServerSocket server = setup.openRaw(options -> {})) {
            assertLeftToTheKernel(server, 0);
            server.whenAcceptable(() -> {});
            assertLeftToTheKernel(server, 0);
            assertThat(server.accept()).isNull();
            until(
                    "those who wait to be taken",
                    PATIENCE,
                    () -> server.statistics().accepted() == 2);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void leavesClientsToTheKernelWhileItIsPaused(Setup setup) throws Exception {
        try (RawSecureServerSocket server = setup.openRaw(options -> {})) {
            server.listen(RawSecureSocket::close);
            try (TlsConnection before = setup.client(server.port()).connect()) {
                assertThat(before.receiveAll()).isEmpty();
            }
            server.pause();
            server.pause();
            assertLeftToTheKernel(server, 1);
            server.resume();
            try (TlsConnection after = setup.client(server.port()).connect()) {
                assertThat(after.receiveAll()).isEmpty();
            }
            assertThat(server.statistics().accepted()).isEqualTo(3);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void refusesASecondHandlerAndAcceptBesideOne(Setup setup) throws Exception {
        try (RawSecureServerSocket server = setup.openRaw(options -> {})) {
            server.listen(RawSecureSocket::close);
            assertThatIllegalStateException()
                    .isThrownBy(() -> server.listen(RawSecureSocket::abort))
                    .withMessageContaining("handler");
            assertThatIllegalStateException().isThrownBy(server::accept).withMessageContaining("handler");
            try (TlsConnection client = setup.client(server.port()).connect()) {
                assertThat(client.receiveAll())
                        .as("what the first handler does")
                        .isEmpty();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void givesConnectionsOneAtATime(Setup setup) throws Exception {
        int clients = 20;
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (RawSecureServerSocket server = setup.openRaw(options -> {});
                ClientLoad load = ClientLoad.of(clients, 5, setup.client(server.port()))) {
            server.listen(socket -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                socket.write(ByteBuffer.allocate(1));
                socket.close();
                inside.decrementAndGet();
            });
            load.assertServed();
        }
        assertThat(most).hasValue(1);
    }

    @Matrix(Dimension.TRANSPORT)
    void abortsTheConnectionOfAHandlerThatThrowsAndTellsTheObserver(Setup setup) throws Exception {
        BlockingQueue<Failed> told = new LinkedBlockingQueue<>();
        ServerObserver observer = new ServerObserver() {
            @Override
            public void handlerFailed(SecureConnection socket, Throwable error) {
                told.add(new Failed(socket, error));
            }
        };
        IOException thrown = new IOException("thrown on purpose");
        AtomicInteger handled = new AtomicInteger();
        try (RawSecureServerSocket server = setup.openRaw(options -> options.observer(observer))) {
            server.listen(socket -> {
                if (handled.incrementAndGet() == 1) {
                    throw thrown;
                }
                socket.close();
            });
            try (TlsConnection client = setup.client(server.port()).connect()) {
                Object address = client.socket().getLocalSocketAddress();
                assertThatThrownBy(() -> client.in().read())
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
                Failed failed = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertThat(failed).as("what the observer heard").isNotNull();
                assertThat(failed.error()).isSameAs(thrown);
                assertThat(failed.socket().remoteAddress()).isEqualTo(address);
            }
            try (TlsConnection next = setup.client(server.port()).connect()) {
                assertThat(next.receiveAll()).isEmpty();
            }
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void endsInOrderWhenItIsClosedTwice(Setup setup) throws Exception {
        RawSecureServerSocket server = setup.openRaw(options -> {});
        int port = server.port();
        server.listen(RawSecureSocket::close);
        server.close();
        server.close();
        result("the close", PATIENCE, server.onClosed());
        assertThat(server.isOpen()).isFalse();
        assertThat(server.port()).isEqualTo(port);
        server.pause();
        assertThatIllegalStateException().isThrownBy(server::resume).withMessageContaining("closed");
        assertThat(server.isOpen()).isFalse();
    }
}
