import org.jspecify.annotations.NullMarked;

/** The program {@code sallyport}. Nothing in it is API. */
@NullMarked
module dev.sallyport.cli {
    requires dev.sallyport;
    requires info.picocli;
    requires static org.jspecify;

    opens dev.sallyport.cli to
            info.picocli;

    provides System.LoggerFinder with
            dev.sallyport.cli.StderrLoggerFinder;
}
