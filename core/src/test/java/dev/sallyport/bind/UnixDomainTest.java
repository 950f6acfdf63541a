package dev.sallyport.bind;

import static dev.sallyport.support.ConnectedPair.assertTalks;
import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static dev.sallyport.testkit.Awaiting.result;
import static dev.sallyport.testkit.Awaiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.BindOptions;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ClientLoad;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.UnixRelay;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Servers on a path. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "nobody has run Unix-domain sockets there")
class UnixDomainTest {
    @TempDir
    Path folder;

    private UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(folder.resolve("s"));
    }

    private static SecureServerSocket open(
            Setup setup, UnixDomainSocketAddress address, Consumer<BindOptions.Builder> options) throws IOException {
        BindOptions.Builder builder = BindOptions.builder();
        setup.withTransport(options).accept(builder);
        return SecureServerSocket.open(address, setup.context().build(), builder.build());
    }

    private static void assertServes(SecureServerSocket server, UnixDomainSocketAddress address) throws Exception {
        try (UnixRelay relay = new UnixRelay(address);
                var pair = ConnectedPair.of(server, relay.client())) {
            assertTalks(pair);
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void servesAndSaysWhere(Setup setup) throws Exception {
        SecureServerSocket server = open(setup, address(), options -> {});
        try (UnixRelay relay = new UnixRelay(address());
                var pair = ConnectedPair.of(server, relay.client())) {
            assertTalks(pair);
            assertThat(server.port()).isZero();
            assertThat(server.address()).isNull();
            assertThat(server.localAddress()).isEqualTo(address());
            assertThat(server.transport()).isEqualTo(setup.transport());
            assertThat(pair.socket.localAddress()).isEqualTo(address());
            assertThat(pair.socket.remoteAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
        }
        server.close();
        result("the close", PATIENCE, server.onClosed());
        assertThat(server.localAddress()).isEqualTo(address());
        assertThat(address().getPath()).doesNotExist();
    }

    @Matrix(Dimension.TRANSPORT)
    void replacesAFileThatNobodyAnswersOn(Setup setup) throws Exception {
        try (ServerSocketChannel died = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            died.bind(address());
        }
        assertThat(address().getPath()).exists();
        try (SecureServerSocket server = open(setup, address(), options -> {})) {
            assertServes(server, address());
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void leavesAloneWhatSomebodyAnswersOnAndWhatIsNoSocket(Setup setup) throws Exception {
        try (ServerSocketChannel living = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            living.bind(address());
            assertThatThrownBy(() -> open(setup, address(), options -> options.shared(true)))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessageContainingAll(address().getPath().toString(), "in use");
            assertThat(address().getPath()).exists();
        }
        Path file = Files.writeString(folder.resolve("file"), "precious");
        assertThatThrownBy(() -> open(setup, UnixDomainSocketAddress.of(file), options -> {}))
                .isExactlyInstanceOf(BindException.class)
                .hasMessageContainingAll(file.toString(), "not a socket");
        assertThat(file).hasContent("precious");
    }

    @Matrix(Dimension.TRANSPORT)
    void isSharedByPathAndTheFileGoesWithTheLast(Setup setup) throws Exception {
        SecureServerSocket one = open(setup, address(), options -> options.shared(true));
        assertThatThrownBy(() -> open(setup, address(), options -> {}))
                .isExactlyInstanceOf(BindException.class)
                .hasMessageContainingAll(address().getPath().toString(), "shared flag");
        SecureServerSocket two = open(setup, address(), options -> options.shared(true));
        one.serve(ClientLoad::serve);
        two.serve(ClientLoad::serve);
        try (UnixRelay relay = new UnixRelay(address())) {
            try (ClientLoad load = ClientLoad.of(4, 1, relay.client())) {
                load.assertServed();
            }
            assertThat(one.statistics().accepted()).isEqualTo(2);
            assertThat(two.statistics().accepted()).isEqualTo(2);
            one.close();
            result("the first close", PATIENCE, one.onClosed());
            try (ClientLoad load = ClientLoad.of(1, 1, relay.client())) {
                load.assertServed();
            }
        }
        two.close();
        result("the last close", PATIENCE, two.onClosed());
        assertThat(address().getPath()).doesNotExist();
    }

    @Matrix(Dimension.TRANSPORT)
    void refusesOptionsOfTcp(Setup setup) {
        assertThatThrownBy(() -> open(
                        setup, address(), options -> options.socketOption(StandardSocketOptions.SO_KEEPALIVE, true)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContainingAll("SO_KEEPALIVE", "Unix-domain");
        until("the file to go", PATIENCE, () -> Files.notExists(address().getPath()));
    }

    @Matrix(Dimension.TRANSPORT)
    void refusesAPathThatIsTooLongAndAFolderThatIsMissing(Setup setup) {
        UnixDomainSocketAddress tooLong = UnixDomainSocketAddress.of(folder.resolve("x".repeat(200)));
        assertThatThrownBy(() -> open(setup, tooLong, options -> {}))
                .isExactlyInstanceOf(BindException.class)
                .hasMessageContaining("too long");
        UnixDomainSocketAddress nowhere =
                UnixDomainSocketAddress.of(folder.resolve("missing").resolve("s"));
        assertThatThrownBy(() -> open(setup, nowhere, options -> {}))
                .isExactlyInstanceOf(BindException.class)
                .hasMessageContaining(nowhere.getPath().toString());
    }
}
