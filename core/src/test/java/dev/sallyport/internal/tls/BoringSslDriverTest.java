package dev.sallyport.internal.tls;

import dev.sallyport.internal.tls.boringssl.BoringSsl;
import dev.sallyport.internal.tls.boringssl.BoringSslContext;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The driver of BoringSSL, where its natives are. */
@EnabledIf("available")
class BoringSslDriverTest {
    /** Loads the library, too, which nothing below does. */
    static boolean available() {
        return BoringSsl.unavailabilityCause() == null;
    }

    private static DriverContract.Maker maker() {
        TicketKeys ticketKeys = new TicketKeys();
        return (config, protocols, clientAuth) -> BoringSslContext.of(config, protocols, clientAuth, ticketKeys);
    }

    @Nested
    class Handshake extends HandshakeContract {
        Handshake() {
            super(maker());
        }
    }

    @Nested
    class ClientCertificate extends ClientCertificateContract {
        ClientCertificate() {
            super(maker());
        }
    }

    @Nested
    class Data extends DataContract {
        Data() {
            super(maker());
        }

        @Test
        void writesOnAfterTheClientHasEndedItsDirectionInTls12() throws Exception {
            writesOnAfterTheEnd("TLSv1.2");
        }
    }
}
