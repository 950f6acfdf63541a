package dev.sallyport.cli;

import picocli.CommandLine.Option;

/** What every command has. */
final class CommonOptions {
    @Option(names = "--verbose", description = "Tell of failed handshakes and connections; show stack traces.")
    boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and exit.")
    boolean help;
}
