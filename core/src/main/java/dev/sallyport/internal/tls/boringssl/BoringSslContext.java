package dev.sallyport.internal.tls.boringssl;

import dev.sallyport.TlsVersion;
import dev.sallyport.internal.hello.ProtocolSet;
import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.keys.Identity;
import dev.sallyport.internal.resource.OwnedCount;
import dev.sallyport.internal.tls.CipherSuites;
import dev.sallyport.internal.tls.ClientAuth;
import dev.sallyport.internal.tls.ClientCertificateValidation;
import dev.sallyport.internal.tls.TicketKeys;
import dev.sallyport.internal.tls.TlsConfig;
import dev.sallyport.internal.tls.TlsContext;
import dev.sallyport.internal.tls.TlsDriver;
import io.netty.handler.ssl.CipherSuiteConverter;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A native context ({@code SSL_CTX} and tcnative's own state about it), one for each combination of key material, protocol
 * list and client-certificate mode. It must outlive every connection made from it, and nothing native sees to that: it is
 * counted here, one for its maker and one for each driver, and freed at zero.
 */
public final class BoringSslContext implements TlsContext {
    private static final ReentrantLock NATIVE_CONFIGURATION = new ReentrantLock();

    private final TicketKeys ticketKeys;
    private final ReentrantLock lock = new ReentrantLock();
    private final @Nullable ClientCertificateValidation validation; // null when clients are not asked for certificates
    private final boolean hasIdentity;
    private final long context;
    private final ProtocolSet protocols;
    private final KeyLog keyLog;
    private final @Nullable BoringSslContext withoutProtocols; // null when this is one
    private long ticketGeneration;
    private int holders = 1;

    private BoringSslContext(
            long context,
            TicketKeys ticketKeys,
            @Nullable ClientCertificateValidation validation,
            boolean hasIdentity,
            List<String> protocols,
            KeyLog keyLog,
            @Nullable BoringSslContext withoutProtocols) {
        this.context = context;
        this.ticketKeys = ticketKeys;
        this.validation = validation;
        this.hasIdentity = hasIdentity;
        this.protocols = new ProtocolSet(protocols);
        this.keyLog = keyLog;
        this.withoutProtocols = withoutProtocols;
        this.ticketGeneration = ticketKeys.generation();
        OwnedCount.NATIVE_CONTEXTS.increment();
    }

    /**
     * Builds a context.
     *
     * @param protocols the ALPN protocols in effect, which may differ from the material's
     * @throws SSLException when BoringSSL cannot do what the material asks for
     */
    public static BoringSslContext of(
            TlsConfig material, List<String> protocols, ClientAuth clientAuth, TicketKeys ticketKeys)
            throws SSLException {
        if (protocols.isEmpty()) {
            return make(material, protocols, clientAuth, ticketKeys, null);
        }
        requireAscii(protocols);
        // tcnative's search through the protocols does not end with them when none is the client's (2.0.84), so it is
        // only made to search where there is something to find
        BoringSslContext without = make(material, List.of(), clientAuth, ticketKeys, null);
        try {
            return make(material, protocols, clientAuth, ticketKeys, without);
        } catch (SSLException failure) {
            without.release();
            throw failure;
        }
    }

    private static void requireAscii(List<String> protocols) throws SSLException {
        for (String protocol : protocols) {
            if (!StandardCharsets.US_ASCII.newEncoder().canEncode(protocol)) {
                throw new SSLException("supportedProtocols: boringssl takes names in ASCII only, which " + protocol
                        + " is not (use TlsProvider.JDK)");
            }
        }
    }

    private static BoringSslContext make(
            TlsConfig material,
            List<String> protocols,
            ClientAuth clientAuth,
            TicketKeys ticketKeys,
            @Nullable BoringSslContext withoutProtocols)
            throws SSLException {
        NATIVE_CONFIGURATION.lock();
        long context = 0;
        try {
            context = SSLContext.make(protocolBits(material), SSL.SSL_MODE_SERVER);
            KeyLog keyLog = new KeyLog(material.keyLog(), material.keyingMaterialExport());
            configure(context, material, protocols, keyLog);
            ClientCertificateValidation validation =
                    clientAuth == ClientAuth.NONE ? null : ClientCertificateValidation.of(material);
            SSLContext.setSessionIdContext(context, SessionIdContext.digest(material, clientAuth));
            if (validation != null) {
                configureClientAuth(context, material, clientAuth, validation);
            }
            ticketKeys.install(context);
            BoringSslContext made = new BoringSslContext(
                    context,
                    ticketKeys,
                    validation,
                    !material.identities().isEmpty(),
                    protocols,
                    keyLog,
                    withoutProtocols);
            context = 0;
            return made;
        } catch (SSLException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new SSLException("boringssl: " + failure.getMessage(), failure);
        } finally {
            if (context != 0) {
                SSLContext.free(context);
            }
            NATIVE_CONFIGURATION.unlock();
        }
    }

    private static int protocolBits(TlsConfig material) {
        int bits = 0;
        if (material.minimumVersion() == TlsVersion.TLS_1_2) {
            bits |= SSL.SSL_PROTOCOL_TLSV1_2;
        }
        if (material.maximumVersion() == TlsVersion.TLS_1_3) {
            bits |= SSL.SSL_PROTOCOL_TLSV1_3;
        }
        return bits;
    }

    /** Beside {@link #protocolBits}: those are not enough to keep TLS 1.3 from being negotiated. */
    private static int versionsLeftOut(TlsConfig material) {
        return (material.minimumVersion() == TlsVersion.TLS_1_3 ? SSL.SSL_OP_NO_TLSv1_2 : 0)
                | (material.maximumVersion() == TlsVersion.TLS_1_2 ? SSL.SSL_OP_NO_TLSv1_3 : 0);
    }

    private static void configure(long context, TlsConfig material, List<String> protocols, KeyLog keyLog)
            throws Exception {
        SSL.clearError();
        SSLContext.setOptions(
                context,
                versionsLeftOut(material)
                        | SSL.SSL_OP_CIPHER_SERVER_PREFERENCE
                        | SSL.SSL_OP_NO_COMPRESSION
                        | SSL.SSL_OP_NO_SSLv2
                        | SSL.SSL_OP_NO_SSLv3
                        | SSL.SSL_OP_NO_TLSv1
                        | SSL.SSL_OP_NO_TLSv1_1);
        SSLContext.setMode(context, SSLContext.getMode(context) | SSL.SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        String suites = tls12Suites(material.cipherSuites());
        if (!suites.isEmpty()) {
            SSLContext.setCipherSuite(context, suites, false);
        }
        List<String> groups = BoringSslGroups.nativeNames(material.namedGroups());
        if (!SSLContext.setCurvesList(context, groups.toArray(new String[0]))) {
            SSL.clearError();
            throw new SSLException("boringssl does not know one of the named groups " + material.namedGroups()
                    + ": it has X25519MLKEM768, X25519, P-256, P-384 and P-521");
        }
        SSLContext.setSessionCacheMode(context, SSL.SSL_SESS_CACHE_OFF);
        if (!protocols.isEmpty()) {
            SSLContext.setAlpnProtos(context, protocols.toArray(new String[0]), SSL.SSL_SELECTOR_FAILURE_NO_ADVERTISE);
        }
        // only where it is wanted: each call from native code takes some microseconds, five times in a handshake
        if (keyLog.isWanted() && !SSLContext.setKeyLogCallback(context, keyLog)) {
            throw new SSLException((material.keyLog() == null ? "keyingMaterialExport" : "unsafeKeyLog")
                    + ": this boringssl has no key log");
        }
        for (Identity identity : material.identities()) {
            NativePem.addIdentity(context, identity);
        }
    }

    private static void configureClientAuth(
            long context, TlsConfig material, ClientAuth clientAuth, ClientCertificateValidation validation)
            throws Exception {
        SSLContext.setUseTasks(context, true);
        SSLContext.setVerify(
                context,
                clientAuth == ClientAuth.REQUIRED ? SSL.SSL_CVERIFY_REQUIRED : SSL.SSL_CVERIFY_OPTIONAL,
                ClientCertificateValidation.MAX_CHAIN_CERTIFICATES + 1); // what is beyond would be cut off unseen
        SSLContext.setCertVerifyCallback(context, new BoringSslCertificateVerifier(validation));
        if (!material.clientAuthorities().isEmpty()) {
            NativePem.setClientAuthorities(context, material.clientAuthorities());
        }
    }

    private static String tls12Suites(List<String> wanted) throws SSLException {
        List<String> names = wanted.isEmpty() ? CipherSuites.tls12() : wanted;
        List<String> native12 = new ArrayList<>();
        int tls13 = 0;
        for (String name : names) {
            if (CipherSuites.tls13().contains(name)) {
                tls13++;
                continue;
            }
            String nativeName = CipherSuiteConverter.toOpenSsl(name, true);
            if (nativeName == null) {
                throw new SSLException("boringssl does not know the cipher suite " + name + ": use IANA names such as "
                        + CipherSuites.tls12().get(0));
            }
            native12.add(nativeName);
        }
        if (tls13 != 0 && tls13 != CipherSuites.tls13().size()) {
            throw new SSLException("boringssl cannot choose among the cipher suites of TLS 1.3: name all of "
                    + CipherSuites.tls13() + " or none, or use TlsProvider.JDK");
        }
        return String.join(":", native12);
    }

    @Override
    public TlsDriver newDriver(ReceivedHello hello) throws SSLException {
        if (withoutProtocols != null && !hello.offersOneOf(protocols)) {
            return withoutProtocols.newDriver(hello);
        }
        lock.lock();
        try {
            if (holders == 0) {
                throw new SSLException("the context has been replaced");
            }
            long generation = ticketKeys.generation();
            if (generation != ticketGeneration) {
                ticketKeys.install(context);
                ticketGeneration = generation;
            }
            BoringSslDriver driver = new BoringSslDriver(this, context, validation, hello.extendedMasterSecret());
            holders++;
            return driver;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether there is any certificate to serve with} */
    boolean hasIdentity() {
        return hasIdentity;
    }

    /** {@return where the secrets of its connections come along} */
    KeyLog keyLog() {
        return keyLog;
    }

    @Override
    public boolean takesNameOf(ReceivedHello hello) {
        return true;
    }

    @Override
    public boolean multipliesHello() {
        return false;
    }

    @Override
    public void retain() {
        lock.lock();
        try {
            if (holders == 0) {
                throw new IllegalStateException("the native context was freed");
            }
            holders++;
        } finally {
            lock.unlock();
        }
    }

    /** Ends one hold: the maker's, or that of a driver which has freed its connection. */
    @Override
    public void release() {
        lock.lock();
        try {
            if (--holders > 0) {
                return;
            }
        } finally {
            lock.unlock();
        }
        NATIVE_CONFIGURATION.lock();
        try {
            SSLContext.free(context);
        } finally {
            NATIVE_CONFIGURATION.unlock();
        }
        OwnedCount.NATIVE_CONTEXTS.decrement();
        if (withoutProtocols != null) {
            withoutProtocols.release();
        }
    }
}
