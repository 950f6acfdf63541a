package dev.sallyport.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.TlsVersion;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes: what they negotiate, in which pieces they may arrive, and whose fault it is when they fail. */
abstract class HandshakeContract extends DriverContract {
    private static final SSLContext CLIENT = TestPki.clientContext();

    HandshakeContract(Maker maker) {
        super(maker);
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2,ECDSA_P256", "TLSv1.2,RSA_2048", "TLSv1.3,ECDSA_P256", "TLSv1.3,RSA_2048"})
    void negotiatesAndTellsWhat(String version, KeyKind kind) throws Exception {
        TestIdentity identity = TestPki.server(kind);
        DriverPair pair =
                pair(context(TlsConfigBuilder.of(identity)), CLIENT, version).handshake();

        TlsSession session = pair.server.session();
        assertThat(session.version().protocolName()).isEqualTo(version);
        assertThat(session.cipherSuite())
                .isEqualTo(pair.client.engine.getSession().getCipherSuite())
                .isIn(suites(version, kind));
        assertThat(session.selectedProtocol()).isNull();
        assertThat(session.resumed()).isFalse();
        assertThat(session.peerCertificateChain()).isEmpty();
        assertThat(pair.client.engine.getSession().getPeerCertificates()[0]).isEqualTo(identity.certificate());

        pair.free();
        assertThat(session.sslSession().getProtocol()).isEqualTo(version);
        assertThat(session.sslSession().getCipherSuite()).isEqualTo(session.cipherSuite());
    }

    /** TLS 1.3 leaves the choice to the implementation, which may know how fast this processor is at each. */
    private static List<String> suites(String version, KeyKind kind) {
        if (version.equals("TLSv1.3")) {
            return CipherSuites.tls13();
        }
        return List.of(CipherSuites.tls12().get(kind == KeyKind.ECDSA_P256 ? 0 : 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void takesCiphertextByteByByte(String version) throws Exception {
        DriverPair pair = pair(context(TlsConfigBuilder.of(TestPki.server())), CLIENT, version);
        pair.bytesAtOnce = 1;
        pair.handshake();
        pair.client.send(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
        assertThat(pair.read(5)).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void sendsAChainThatNeedsSeveralRecords(String version) throws Exception {
        TestIdentity identity = TestPki.longChain();
        DriverPair pair =
                pair(context(TlsConfigBuilder.of(identity)), CLIENT, version).handshake();
        assertThat(pair.client.engine.getSession().getPeerCertificates()[0]).isEqualTo(identity.certificate());
    }

    @Test
    void presentsTheIdentityThatTheClientCanVerify() throws Exception {
        TestIdentity ecdsa = TestPki.server(KeyKind.ECDSA_P256);
        TestIdentity rsa = TestPki.server(KeyKind.RSA_2048);
        TlsContext context = context(TlsConfigBuilder.of(ecdsa, rsa));
        assertThat(presented(context, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")).isEqualTo(rsa.certificate());
        assertThat(presented(context, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"))
                .isEqualTo(ecdsa.certificate());
    }

    private X509Certificate presented(TlsContext context, String cipherSuite) throws SSLException {
        DriverPair pair = pair(context, offering(cipherSuite)).handshake();
        return (X509Certificate) pair.client.engine.getSession().getPeerCertificates()[0];
    }

    @Test
    void prefersItsOwnOrderOfCipherSuites() throws Exception {
        JdkPeer client = offering("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
        DriverPair pair =
                pair(context(TlsConfigBuilder.of(TestPki.server())), client).handshake();
        assertThat(pair.server.session().cipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    }

    @Test
    void usesTheCipherSuitesItIsGiven() throws Exception {
        TlsConfigBuilder builder = TlsConfigBuilder.of(TestPki.server())
                .versions(TlsVersion.TLS_1_2, TlsVersion.TLS_1_2)
                .cipherSuites("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
        DriverPair pair = pair(context(builder), CLIENT, "TLSv1.2").handshake();
        assertThat(pair.server.session().cipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void picksTheFirstOfItsProtocolsThatTheClientOffers(String version) throws Exception {
        TlsContext context = context(TlsConfigBuilder.of(TestPki.server()), ClientAuth.NONE, "h3", "h2", "http/1.1");
        DriverPair pair = pair(context, CLIENT, version, "http/1.1", "h2").handshake();
        assertThat(pair.server.session().selectedProtocol()).isEqualTo("h2");
        assertThat(pair.client.engine.getApplicationProtocol()).isEqualTo("h2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void goesOnWithoutAProtocolWhenThereIsNoneInCommon(String version) throws Exception {
        TlsContext context = context(TlsConfigBuilder.of(TestPki.server()), ClientAuth.NONE, "h2");
        DriverPair pair = pair(context, CLIENT, version, "spdy/3").handshake();
        assertThat(pair.server.session().selectedProtocol()).isNull();
        assertThat(pair.client.engine.getApplicationProtocol()).isEmpty();

        TlsContext none = context(TlsConfigBuilder.of(TestPki.server()));
        assertThat(pair(none, CLIENT, version, "h2")
                        .handshake()
                        .server
                        .session()
                        .selectedProtocol())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void tellsAResumedSession(String version) throws Exception {
        TlsContext context = context(TlsConfigBuilder.of(TestPki.server()));
        SSLContext client = TestPki.clientContext();
        assertThat(resumes(context, client, version)).isFalse();
        assertThat(resumes(context, client, version)).isTrue();
        assertThat(resumes(context, client, version)).isTrue();
        assertThat(resumes(context, TestPki.clientContext(), version)).isFalse();
    }

    @Test
    void refusesAClientThatIsTooOld() throws Exception {
        TlsConfigBuilder builder =
                TlsConfigBuilder.of(TestPki.server()).versions(TlsVersion.TLS_1_3, TlsVersion.TLS_1_3);
        assertRefused(pair(context(builder), CLIENT, "TLSv1.2"), Reason.PEER_NO_COMMON_VERSION);
    }

    @Test
    void refusesAClientThatIsTooNew() throws Exception {
        TlsConfigBuilder builder =
                TlsConfigBuilder.of(TestPki.server()).versions(TlsVersion.TLS_1_2, TlsVersion.TLS_1_2);
        assertRefused(pair(context(builder), CLIENT, "TLSv1.3"), Reason.PEER_NO_COMMON_VERSION);
    }

    @Test
    void refusesAClientWithoutACommonCipherSuite() throws Exception {
        TlsContext context = context(TlsConfigBuilder.of(TestPki.server()));
        assertRefused(
                pair(context, offering("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")), Reason.PEER_NO_COMMON_CIPHER_SUITE);
        assertRefused(
                pair(context, offering("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA")), Reason.PEER_NO_COMMON_CIPHER_SUITE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void saysSoWhenThereIsNoIdentity(String version) throws Exception {
        assertRefused(pair(context(TlsConfigBuilder.of()), CLIENT, version), Reason.LOCAL_NO_IDENTITY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void hearsThatTheClientDoesNotTrustIt(String version) throws Exception {
        SSLContext client = TestPki.serverContext(TestPki.server(), TestPki.otherCa());
        DriverPair pair = pair(context(TlsConfigBuilder.of(TestPki.server())), client, version);
        assertThatThrownBy(pair::handshake)
                .isInstanceOfSatisfying(
                        TlsException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.PEER_REJECTED_US));
    }

    @Test
    void knowsPlainHttpWhenItSeesIt() throws Exception {
        DriverPair pair = pair(context(TlsConfigBuilder.of(TestPki.server())), CLIENT, "TLSv1.3");
        pair.client.toServer.put(
                ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        pair.receive();
        assertThatThrownBy(pair::handshakeCall)
                .isInstanceOfSatisfying(
                        TlsException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.PEER_NOT_TLS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void refusesGarbageInTheMiddle(String version) throws Exception {
        DriverPair pair = pair(context(TlsConfigBuilder.of(TestPki.server())), CLIENT, version);
        pair.client.run();
        byte[] hello = pair.client.toServer.takeAll();
        byte[] unknownMessage = {22, 3, 3, 0, 4, (byte) 0xAA, 0, 0, 0};
        pair.client.toServer.put(ByteBuffer.wrap(hello));
        pair.client.toServer.put(ByteBuffer.wrap(unknownMessage));
        assertRefused(pair, Reason.PEER_MISBEHAVED);
    }

    @Test
    void refusesARecordThatIsTooLarge() throws Exception {
        DriverPair pair = pair(context(TlsConfigBuilder.of(TestPki.server())), CLIENT, "TLSv1.3");
        byte[] header = {22, 3, 1, 0x50, 0};
        pair.client.run();
        pair.client.toServer.takeAll();
        pair.client.toServer.put(ByteBuffer.wrap(header));
        assertRefused(pair, Reason.PEER_MISBEHAVED);
    }

    @Test
    void noticesThatTheClientGivesUp() throws Exception {
        DriverPair pair = pair(context(TlsConfigBuilder.of(TestPki.server())), CLIENT, "TLSv1.2");
        pair.client.run();
        byte[] closeNotify = {21, 3, 3, 0, 2, 1, 0};
        pair.client.toServer.put(ByteBuffer.wrap(closeNotify));
        assertThatThrownBy(pair::handshake)
                .isInstanceOfSatisfying(
                        TlsException.class,
                        failure -> assertThat(failure.reason())
                                .as(failure.toString())
                                .isEqualTo(Reason.PEER_GONE));
    }

    @Test
    void makesNoDriverOnceReleased() throws Exception {
        TlsContext context = context(TlsConfigBuilder.of(TestPki.server()));
        release(context);
        assertThatThrownBy(() -> context.newDriver(DriverPair.HELLO)).isInstanceOf(SSLException.class);
    }

    @Test
    void goesOnWithTheDriversItHasMadeWhenReleased() throws Exception {
        TlsContext context = context(TlsConfigBuilder.of(TestPki.server()), ClientAuth.NONE, "h2");
        DriverPair pair = pair(context, CLIENT, "TLSv1.3", "h2");
        release(context);
        assertThat(pair.handshake().server.session().selectedProtocol()).isEqualTo("h2");
    }

    private static JdkPeer offering(String... cipherSuites) {
        JdkPeer client = JdkPeer.of(CLIENT, "TLSv1.2");
        SSLParameters parameters = client.engine.getSSLParameters();
        parameters.setCipherSuites(cipherSuites);
        client.engine.setSSLParameters(parameters);
        return client;
    }
}
