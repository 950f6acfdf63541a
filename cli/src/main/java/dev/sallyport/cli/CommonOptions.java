package dev.sallyport.cli;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is about the program and not about a connection. */
final class CommonOptions {
    @Option(
            names = "--stats",
            paramLabel = "HOST:PORT",
            converter = HostPortConverter.class,
            description = "Also answer plain HTTP there: /metrics for Prometheus, / for a page with charts.")
    @Nullable InetSocketAddress stats;

    @Option(names = "--verbose", description = "Tell of failed handshakes and connections; show stack traces.")
    boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and exit.")
    boolean help;
}
