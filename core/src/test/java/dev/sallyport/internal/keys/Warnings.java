package dev.sallyport.internal.keys;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Listens to the library's logger. */
final class Warnings extends Handler {
    private static final Logger LOGGER = Logger.getLogger("dev.sallyport");

    private final List<String> messages = new ArrayList<>();

    private Warnings() {}

    /** The messages logged meanwhile, all of which must be warnings. */
    static List<String> during(Callable<?> action) throws Exception {
        Warnings warnings = new Warnings();
        LOGGER.addHandler(warnings);
        LOGGER.setUseParentHandlers(false);
        try {
            action.call();
        } finally {
            LOGGER.removeHandler(warnings);
            LOGGER.setUseParentHandlers(true);
        }
        return warnings.messages;
    }

    @Override
    public void publish(LogRecord record) {
        if (!record.getLevel().equals(Level.WARNING)) {
            throw new AssertionError(record.getLevel() + " was logged: " + record.getMessage());
        }
        messages.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
