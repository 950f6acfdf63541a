import org.jspecify.annotations.NullMarked;

/** The program {@code sallyport}. Nothing in it is API. */
@NullMarked
@SuppressWarnings("requires-automatic") // Micrometer is no module, but has a name for one
module dev.sallyport.cli {
    requires dev.sallyport;
    requires dev.sallyport.micrometer;
    requires info.picocli;
    requires jdk.httpserver;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires static org.jspecify;

    opens dev.sallyport.cli to
            info.picocli;

    provides System.LoggerFinder with
            dev.sallyport.cli.StderrLoggerFinder;
}
