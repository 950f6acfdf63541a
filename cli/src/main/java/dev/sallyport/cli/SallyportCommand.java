package dev.sallyport.cli;

import picocli.CommandLine.Command;

/** What {@code sallyport} does without a subcommand: it says which there are. */
@Command(
        name = "sallyport",
        description = "TLS server sockets for the JVM, to try from a shell.",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class)
final class SallyportCommand implements Runnable {
    @Override
    public void run() {
        throw new UsageException("say what to do: 'sallyport serve' starts a server");
    }
}
