package dev.sallyport.testkit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every kind of client can be told, in the same words for all of them.
 *
 * <p>A client trusts {@link TestPki#ca()}, has no identity, leaves versions and protocols to the tool, and gives up after
 * ten seconds, until told otherwise. Settings change the client in place; one client can be run many times, by one
 * thread at a time.
 *
 * @param <S> the client's own type
 */
public abstract sealed class TlsClient<S extends TlsClient<S>>
        permits JdkTlsClient, OpensslClient, CurlClient, PythonClient {
    private final InetSocketAddress server;
    private boolean trustsEverybody;
    private List<X509Certificate> trusted = List.of();
    private @Nullable TestIdentity identity;
    private List<String> protocols = List.of();
    private List<String> alpn = List.of();
    private @Nullable String serverName;
    private Duration deadline = Duration.ofSeconds(10);

    TlsClient(SocketAddress server) {
        this.server = reachable(server);
    }

    abstract S self();

    /** Trusts these authorities and no others. */
    public S trusting(TestIdentity... authorities) {
        return trusting(
                Arrays.stream(authorities).map(TestIdentity::certificate).toArray(X509Certificate[]::new));
    }

    /** Trusts these certificates and no others. */
    public S trusting(X509Certificate... certificates) {
        trusted = List.of(certificates);
        trustsEverybody = false;
        return changed();
    }

    /** Takes any certificate: for servers that make their own. */
    public S trustingEverybody() {
        trustsEverybody = true;
        return changed();
    }

    /** Presents this identity when the server asks for one, even if the server would not like it. */
    public S identity(TestIdentity identity) {
        this.identity = identity;
        return changed();
    }

    /** Offers these versions only; the names are the JDK's: {@code "TLSv1.2"}, {@code "TLSv1.3"}. */
    public S protocols(String... versions) {
        protocols = List.of(versions);
        return changed();
    }

    /** Offers these application protocols (RFC 7301), the most wanted first. */
    public S alpn(String... names) {
        alpn = List.of(names);
        return changed();
    }

    /** Sends this server name (RFC 6066) whatever the address is, and expects a certificate for it. */
    public S sni(String name) {
        serverName = name;
        return changed();
    }

    /** Sets how long a run, or for connections one read, may take. */
    public S deadline(Duration limit) {
        deadline = limit;
        return changed();
    }

    /** Hook for what a client derives from its settings and must make anew. */
    S changed() {
        return self();
    }

    InetSocketAddress server() {
        return server;
    }

    /** Null for everybody. */
    @Nullable List<X509Certificate> trusted() {
        if (trustsEverybody) {
            return null;
        }
        return trusted.isEmpty() ? List.of(TestPki.ca().certificate()) : trusted;
    }

    /** A PEM file of whom this client trusts, or nothing when it trusts everybody. */
    Optional<Path> trustFile() {
        List<X509Certificate> certificates = trusted();
        if (certificates == null) {
            return Optional.empty();
        }
        byte[] pem = Pem.certificates(certificates).getBytes(StandardCharsets.US_ASCII);
        return Optional.of(TestFiles.write("trusted.pem", pem));
    }

    @Nullable TestIdentity identity() {
        return identity;
    }

    List<String> offeredVersions() {
        return protocols;
    }

    String lowestProtocol() {
        return sortedProtocols().get(0);
    }

    String highestProtocol() {
        List<String> sorted = sortedProtocols();
        return sorted.get(sorted.size() - 1);
    }

    List<String> offeredProtocols() {
        return alpn;
    }

    @Nullable String serverName() {
        return serverName;
    }

    Duration deadline() {
        return deadline;
    }

    /** Command-line tools take a range of versions; TLSv1, TLSv1.1, TLSv1.2, TLSv1.3 happen to sort as text. */
    private List<String> sortedProtocols() {
        List<String> sorted = new ArrayList<>(protocols);
        sorted.sort(null);
        return sorted;
    }

    /** A server bound to a wildcard address is met on the loopback of the same family. */
    static InetSocketAddress reachable(SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet)) {
            throw new IllegalArgumentException("address " + address + " is not an internet address and port");
        }
        InetAddress ip = internet.getAddress();
        if (ip == null || !ip.isAnyLocalAddress()) {
            return internet;
        }
        byte[] loopback = new byte[ip.getAddress().length];
        loopback[loopback.length - 1] = 1;
        if (loopback.length == 4) {
            loopback[0] = 127;
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(loopback), internet.getPort());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("loopback for " + ip, e);
        }
    }
}
