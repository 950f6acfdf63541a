package dev.sallyport.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.internal.tls.TlsDriver.Progress;
import dev.sallyport.testkit.AskedAuthorities;
import dev.sallyport.testkit.KeyKind;
import dev.sallyport.testkit.TestIdentity;
import dev.sallyport.testkit.TestPki;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients with and without certificates: who comes in, who is asked about it, and on which thread. */
abstract class ClientCertificateContract extends DriverContract {
    ClientCertificateContract(Maker maker) {
        super(maker);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isNotAskedForByDefault(String version) throws Exception {
        DriverPair pair = pair(context(strict()), TestPki.clientContext(TestPki.client()), version);
        assertThat(pair.handshake().server.session().peerCertificateChain()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void mayBeMissingWhenRequested(String version) throws Exception {
        DriverPair pair = pair(context(strict(), ClientAuth.REQUESTED), TestPki.clientContext(), version);
        assertThat(pair.handshake().server.session().peerCertificateChain()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void mayNotBeMissingWhenRequired(String version) throws Exception {
        DriverPair pair = pair(context(strict(), ClientAuth.REQUIRED), TestPki.clientContext(), version);
        assertRefused(pair, Reason.PEER_NO_CERTIFICATE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isToldWhenItWasSent(String version) throws Exception {
        for (KeyKind kind : List.of(KeyKind.ECDSA_P256, KeyKind.RSA_2048)) {
            TestIdentity client = TestPki.client(kind);
            for (ClientAuth clientAuth : List.of(ClientAuth.REQUESTED, ClientAuth.REQUIRED)) {
                DriverPair pair = pair(context(strict(), clientAuth), TestPki.clientContext(client), version);
                TlsSession session = pair.handshake().server.session();
                pair.free();
                assertThat(session.peerCertificateChain()).isEqualTo(client.chain());
                assertThat(session.sslSession().getPeerCertificates()[0]).isEqualTo(client.certificate());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isStillToldWhenTheSessionIsResumed(String version) throws Exception {
        TlsContext context = context(strict(), ClientAuth.REQUIRED);
        SSLContext client = TestPki.clientContext(TestPki.client());
        for (boolean resumed : new boolean[] {false, true}) {
            DriverPair pair = pair(context, client, version).handshake();
            pair.write(ByteBuffer.wrap(new byte[1]));
            assertThat(pair.server.session().resumed()).isEqualTo(resumed);
            assertThat(pair.server.session().peerCertificateChain())
                    .isEqualTo(TestPki.client().chain());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isRefusedWhenItLeadsToNobodyTrusted(String version) throws Exception {
        for (TestIdentity client : List.of(TestPki.clientOfOtherCa(), TestPki.selfSignedClient())) {
            assertRefused(requiring(strict(), client, version), Reason.PEER_UNTRUSTED_CERTIFICATE);
            assertRefused(
                    pair(context(strict(), ClientAuth.REQUESTED), TestPki.clientContext(client), version),
                    Reason.PEER_UNTRUSTED_CERTIFICATE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isRefusedWhenSomethingIsWrongWithIt(String version) throws Exception {
        for (TestIdentity client :
                List.of(TestPki.expiredClient(), TestPki.notYetValidClient(), TestPki.wrongUsageClient())) {
            TlsException failure = assertRefused(requiring(strict(), client, version), Reason.PEER_BAD_CERTIFICATE);
            assertThat(failure).hasMessageContaining("client certificate refused (");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isRefusedWhenNobodyIsTrusted(String version) throws Exception {
        TlsConfigBuilder builder = TlsConfigBuilder.of(TestPki.server());
        assertRefused(requiring(builder, TestPki.client(), version), Reason.PEER_UNTRUSTED_CERTIFICATE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isShownToTheCheckAfterThePathWasValidated(String version) throws Exception {
        List<X509Certificate> shown = new ArrayList<>();
        TlsConfigBuilder builder = strict().check(shown::addAll);
        requiring(builder, TestPki.client(), version).handshake();
        assertThat(shown).isEqualTo(TestPki.client().chain());
        shown.clear();
        assertRefused(requiring(builder, TestPki.clientOfOtherCa(), version), Reason.PEER_UNTRUSTED_CERTIFICATE);
        assertThat(shown).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isRefusedWhenTheCheckSaysSo(String version) throws Exception {
        TlsConfigBuilder builder = strict().check(chain -> {
            throw new CertificateException("not on the list");
        });
        assertThat(assertRefused(requiring(builder, TestPki.client(), version), Reason.PEER_UNTRUSTED_CERTIFICATE))
                .hasMessageContaining("not on the list");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isLeftToTheVerifierWhenThereIsOne(String version) throws Exception {
        List<X509Certificate> shown = new ArrayList<>();
        TlsConfigBuilder builder = TlsConfigBuilder.of(TestPki.server()).verifier(shown::addAll);
        DriverPair pair =
                requiring(builder, TestPki.selfSignedClient(), version).handshake();
        assertThat(shown).isEqualTo(TestPki.selfSignedClient().chain());
        assertThat(pair.server.session().peerCertificateChain()).isEqualTo(shown);

        TlsConfigBuilder refusing = strict().verifier(chain -> {
            throw new CertificateException("no");
        });
        assertRefused(requiring(refusing, TestPki.client(), version), Reason.PEER_UNTRUSTED_CERTIFICATE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void endsOnlyItsConnectionWhenTheApplicationThrowsSomethingElse(String version) throws Exception {
        TlsConfigBuilder throwing = strict().check(chain -> {
            throw new IllegalStateException("a bug");
        });
        assertRefused(requiring(throwing, TestPki.client(), version), Reason.INTERNAL);
        TlsConfigBuilder failing = strict().verifier(chain -> {
            throw new StackOverflowError("a worse one");
        });
        assertRefused(requiring(failing, TestPki.client(), version), Reason.INTERNAL);
    }

    /** A task is run without the connection's lock, so the application's code may block in it. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isJudgedInATask(String version) throws Exception {
        List<DriverPair> current = new ArrayList<>();
        List<Boolean> inTask = new ArrayList<>();
        TlsConfigBuilder builder = strict().check(chain -> inTask.add(current.get(0).runningTask));
        DriverPair pair = requiring(builder, TestPki.client(), version);
        current.add(pair);
        pair.handshake();
        assertThat(inTask).containsExactly(true);
    }

    @Test
    void mayBeJudgedAfterTheConnectionIsGone() throws Exception {
        List<X509Certificate> shown = new ArrayList<>();
        DriverPair pair = requiring(strict().check(shown::addAll), TestPki.client(), "TLSv1.3");
        pair.client.run();
        pair.receive();
        while (pair.handshakeCall() == Progress.WANT_TASK) {
            pair.runTask();
        }
        pair.client.run();
        pair.receive();
        assertThat(pair.handshakeCall()).isEqualTo(Progress.WANT_TASK);
        Runnable task = pair.server.takeTask();
        pair.free();
        task.run();
        pair.server.taskDone();
        assertThat(shown).isEqualTo(TestPki.client().chain());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isAskedForByTheNamesOfTheAuthorities(String version) throws Exception {
        for (TestIdentity authority : List.of(TestPki.ca(), TestPki.otherCa())) {
            AskedAuthorities asked = new AskedAuthorities();
            TlsContext context = context(strict().advertising(authority), ClientAuth.REQUESTED);
            pair(context, asked.context(), version).handshake();
            assertThat(asked.commonNames()).containsExactly(authority.name());
        }
    }

    private static TlsConfigBuilder strict() {
        return TlsConfigBuilder.of(TestPki.server()).trusting(TestPki.ca());
    }

    private DriverPair requiring(TlsConfigBuilder builder, TestIdentity client, String version) throws SSLException {
        return pair(context(builder, ClientAuth.REQUIRED), TestPki.clientContext(client), version);
    }
}
