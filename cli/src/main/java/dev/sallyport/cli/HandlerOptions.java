package dev.sallyport.cli;

import dev.sallyport.BindOptions;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Option;

/** What happens on the connections. */
final class HandlerOptions {
    /** Browsers keep connections that they may never use again. */
    private static final Duration BROWSER_PATIENCE = Duration.ofMinutes(2);

    @Option(
            names = "--handler",
            paramLabel = "NAME",
            description = "echo, discard, or http: a page of what was negotiated. Default: echo.")
    Handler handler = Handler.ECHO;

    @Option(
            names = "--api",
            paramLabel = "NAME",
            description = "Layer of the library to use: blocking, async or raw. Default: blocking.")
    Layer layer = Layer.BLOCKING;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long open connections may go on after Ctrl-C or SIGTERM. Default: 10s.")
    Duration drain = Duration.ofSeconds(10);

    void configure(BindOptions.Builder options) {
        if (layer != Layer.BLOCKING) {
            // These handlers never block, so they may run on the event loops themselves and need no other thread.
            options.executor(Runnable::run);
        }
        if (handler == Handler.HTTP) {
            options.idleTimeout(BROWSER_PATIENCE);
        }
    }

    /** {@return the handler and its layer, for a person} */
    String description() {
        return handler.name().toLowerCase(Locale.ROOT) + " on the "
                + layer.name().toLowerCase(Locale.ROOT) + " layer";
    }
}
