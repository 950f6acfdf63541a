package dev.sallyport.internal.connection;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What ended a connection while no call was there to hear of it: the next read and the next write are told, each once.
 * With the connection's lock held.
 */
final class UntoldFailures {
    private @Nullable IOException reader;
    private @Nullable IOException writer;
    private boolean unsent; // a write has failed, or the connection has ended with bytes that the kernel did not take

    /** Both directions have failed, or, with null, what waited to be told is obsolete. */
    void put(@Nullable IOException failure) {
        reader = failure;
        writer = failure;
    }

    /** {@return what the next read is told} It goes on to wait for that read. */
    @Nullable IOException peekReader() {
        return reader;
    }

    /** {@return what the next flush is told} It goes on to wait for a write. */
    @Nullable IOException peekWriter() {
        return writer;
    }

    /** {@return what a read is told now, if anything} */
    @Nullable IOException takeReader() {
        IOException failure = reader;
        reader = null;
        return failure;
    }

    /** {@return what a write is told now, if anything} */
    @Nullable IOException takeWriter() {
        IOException failure = writer;
        writer = null;
        unsent |= failure != null;
        return failure;
    }

    /** A write has failed whose caller hears of it. */
    void toldWriter() {
        writer = null;
        unsent = true;
    }

    /** The connection has ended with bytes in its queue. */
    void lost() {
        unsent = true;
    }

    /** {@return whether something that was written may not have been sent} */
    boolean unsent() {
        return unsent;
    }
}
