package dev.sallyport.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.internal.tls.jsse.JsseContext;
import dev.sallyport.testkit.AskedAuthorities;
import dev.sallyport.testkit.TestPki;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The driver of the JDK. */
class JsseDriverTest {
    @Nested
    class Handshake extends HandshakeContract {
        Handshake() {
            super(JsseContext::of);
        }

        @Test
        void comparesProtocolsAsUtf8Bytes() throws Exception {
            TlsContext context = context(TlsConfigBuilder.of(TestPki.server()), ClientAuth.NONE, "blåbær", "h2");
            String asTheJdkWritesIt =
                    new String("blåbær".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            DriverPair pair = pair(context, TestPki.clientContext(), "TLSv1.3", "h2", asTheJdkWritesIt)
                    .handshake();
            assertThat(pair.server.session().selectedProtocol()).isEqualTo("blåbær");
        }
    }

    @Nested
    class ClientCertificate extends ClientCertificateContract {
        ClientCertificate() {
            super(JsseContext::of);
        }

        @Test
        void isAskedForByTheNamesOfTheTrustedWhenNoneAreGiven() throws Exception {
            AskedAuthorities asked = new AskedAuthorities();
            TlsConfigBuilder builder = TlsConfigBuilder.of(TestPki.server()).trusting(TestPki.ca());
            pair(context(builder, ClientAuth.REQUESTED), asked.context(), "TLSv1.3")
                    .handshake();
            assertThat(asked.commonNames()).containsExactly("ca");
        }
    }

    @Nested
    class Data extends DataContract {
        Data() {
            super(JsseContext::of);
        }

        /** RFC 5246 section 7.2.1 asks for it, and the engine does not leave it to us. */
        @Test
        void endsItsDirectionWithTheClientsInTls12() throws Exception {
            DriverPair pair = established("TLSv1.2");
            pair.client.sendCloseNotify();
            assertThat(pair.read(ByteBuffer.allocate(1))).isEqualTo(TlsDriver.ENDED);
            assertThat(pair.server.outboundClosedByPeer()).isTrue();
            pair.client.run();
            assertThat(pair.client.engine.isInboundDone()).isTrue();
            assertThatThrownBy(() -> pair.writeOnce(ByteBuffer.allocate(1))).isInstanceOf(TlsException.class);
        }
    }
}
