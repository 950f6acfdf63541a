package dev.sallyport.cli;

import dev.sallyport.ConnectionHandler;
import dev.sallyport.RawConnectionHandler;
import dev.sallyport.cli.handler.AsyncDiscard;
import dev.sallyport.cli.handler.AsyncEcho;
import dev.sallyport.cli.handler.AsyncHandler;
import dev.sallyport.cli.handler.AsyncHttp;
import dev.sallyport.cli.handler.BlockingDiscard;
import dev.sallyport.cli.handler.BlockingEcho;
import dev.sallyport.cli.handler.BlockingHttp;
import dev.sallyport.cli.handler.HandlerFailures;
import dev.sallyport.cli.handler.HttpPage;
import dev.sallyport.cli.handler.RawDiscard;
import dev.sallyport.cli.handler.RawEcho;
import dev.sallyport.cli.handler.RawHttp;

/** What the server does with a connection. */
enum Handler {
    /** Sends back what it receives. */
    ECHO,
    /** Reads to the end and answers nothing. */
    DISCARD,
    /** Answers a browser with what was negotiated. */
    HTTP;

    ConnectionHandler blocking(HttpPage page) {
        return switch (this) {
            case ECHO -> new BlockingEcho();
            case DISCARD -> new BlockingDiscard();
            case HTTP -> new BlockingHttp(page);
        };
    }

    AsyncHandler async(HttpPage page, HandlerFailures failures) {
        return switch (this) {
            case ECHO -> new AsyncEcho(failures);
            case DISCARD -> new AsyncDiscard(failures);
            case HTTP -> new AsyncHttp(page, failures);
        };
    }

    RawConnectionHandler raw(HttpPage page) {
        return switch (this) {
            case ECHO -> new RawEcho();
            case DISCARD -> new RawDiscard();
            case HTTP -> new RawHttp(page);
        };
    }
}
