package dev.sallyport.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.internal.resource.OwnedCount;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the contracts have in common: connections that are closed, contexts that are released, and nothing left over. */
abstract class DriverContract {
    /** Makes the context of one implementation. */
    @FunctionalInterface
    interface Maker {
        TlsContext make(TlsConfig config, List<String> protocols, ClientAuth clientAuth) throws SSLException;
    }

    private final Maker maker;
    private final List<DriverPair> pairs = new ArrayList<>();
    private final List<TlsContext> contexts = new ArrayList<>();
    private Map<OwnedCount, Long> before = Map.of();

    DriverContract(Maker maker) {
        this.maker = maker;
    }

    @BeforeEach
    void count() {
        before = OwnedCount.snapshot();
    }

    @AfterEach
    void givesBackAllItHeld() {
        pairs.forEach(DriverPair::close);
        contexts.forEach(TlsContext::release);
        assertThat(OwnedCount.snapshot()).isEqualTo(before);
    }

    TlsContext context(TlsConfigBuilder builder) throws SSLException {
        return context(builder, ClientAuth.NONE);
    }

    TlsContext context(TlsConfigBuilder builder, ClientAuth clientAuth, String... protocols) throws SSLException {
        TlsContext context = maker.make(builder.build(), List.of(protocols), clientAuth);
        contexts.add(context);
        return context;
    }

    /** Earlier than after the test. */
    void release(TlsContext context) {
        contexts.remove(context);
        context.release();
    }

    /** A connection that has not begun its handshake. */
    DriverPair pair(TlsContext context, JdkPeer client) throws SSLException {
        DriverPair pair = new DriverPair(context, client);
        pairs.add(pair);
        return pair;
    }

    DriverPair pair(TlsContext context, SSLContext client, String version, String... protocols) throws SSLException {
        return pair(context, JdkPeer.of(client, version, protocols));
    }

    /** Makes a connection, and has the client take its tickets. {@return whether it resumed a session} */
    boolean resumes(TlsContext context, SSLContext client, String version) throws SSLException {
        DriverPair pair = pair(context, client, version).handshake();
        // the client looks at its tickets when it reads what comes behind them
        pair.write(ByteBuffer.wrap(new byte[1]));
        return pair.server.session().resumed();
    }

    /** Fails for this reason, which later calls repeat, and the client hears of it by an alert. */
    static TlsException assertRefused(DriverPair pair, Reason reason) {
        TlsException failure = catchThrowableOfType(TlsException.class, pair::handshake);
        assertThat(failure).as("handshake").isNotNull();
        assertThat(failure.reason()).as(failure.toString()).isEqualTo(reason);
        assertAlertArrived(pair);
        return failure;
    }

    static void assertAlertArrived(DriverPair pair) {
        pair.client.run();
        assertThat(pair.client.failure()).isNotNull().hasMessageContaining("Received fatal alert");
    }
}
