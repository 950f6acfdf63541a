package dev.sallyport.cli;

import dev.sallyport.BindOptions;
import dev.sallyport.InternetAddress;
import dev.sallyport.Transport;
import java.net.Inet4Address;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where and how to listen. */
final class ListenOptions {
    @Option(
            names = "--address",
            paramLabel = "HOST",
            description = "Name or address to listen on; :: and 0.0.0.0 are all. Default: localhost.")
    String address = "localhost";

    @Option(names = "--port", paramLabel = "PORT", description = "0 lets the system choose. Default: 8443.")
    int port = 8443;

    @Option(names = "--v6-only", description = "On ::, take no IPv4 connections.")
    boolean v6Only;

    @Option(names = "--shared", description = "Let other processes with --shared listen on the same port.")
    boolean shared;

    @Option(
            names = "--backlog",
            paramLabel = "COUNT",
            description = "Connections that may wait in the kernel. Default: 0, which is the system's limit.")
    int backlog;

    @Option(
            names = "--max-connections",
            paramLabel = "COUNT",
            description = "Take no more while that many are open. Default: 65536.")
    @Nullable Integer maxConnections;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            description = "epoll, kqueue, nio or auto, the best one there is. Default: auto.")
    Transport transport = Transport.AUTO;

    @Option(
            names = "--handshake-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long a handshake may take, as 500ms, 10s or 2m. Default: 10s.")
    Duration handshakeTimeout = Duration.ofSeconds(10);

    void check() {
        if (v6Only && InternetAddress.tryParse(address) instanceof Inet4Address) {
            throw new UsageException("--v6-only means nothing with the IPv4 address " + address
                    + "; leave it out, or give an IPv6 address such as ::");
        }
    }

    /** {@return a host for clients on this machine to connect to} */
    String reachable() {
        String bare = ListenAddress.withoutBrackets(address);
        if (!ListenAddress.isAny(bare)) {
            return bare;
        }
        return v6Only ? "::1" : "localhost";
    }

    void configure(BindOptions.Builder options) {
        options.v6Only(v6Only)
                .shared(shared)
                .backlog(backlog)
                .transport(transport)
                .handshakeTimeout(handshakeTimeout);
        if (maxConnections != null) {
            options.maxConnections(maxConnections);
        }
    }
}
