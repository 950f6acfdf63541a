package dev.sallyport.internal.connection;

import java.io.IOException;

/** Why a connection is closing, or has ended, in the words of the message that a later call gets. */
sealed interface EndReason {
    /** {@return the end of a sentence about a call that came too late} */
    String text();

    /** What needs no more than its own name. */
    enum Plain implements EndReason {
        CLOSED("this side has closed the connection"),
        ABORTED("this side has aborted the connection"),
        /** Closed by itself: the reader may ask for the end again. */
        BOTH_SIDES_ENDED("both sides have ended the connection");

        private final String text;

        Plain(String text) {
            this.text = text;
        }

        @Override
        public String text() {
            return text;
        }
    }

    /** An end that this side did not ask for. */
    record Failed(IOException cause) implements EndReason {
        @Override
        public String text() {
            return "the connection has ended (" + cause.getMessage() + ")";
        }
    }
}
