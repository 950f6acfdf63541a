package dev.sallyport.internal.wire;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What one logger says meanwhile, kept from the console. */
final class CapturedLog extends Handler implements AutoCloseable {
    private final Collection<LogRecord> records = new ConcurrentLinkedQueue<>();
    private final Logger logger;

    CapturedLog(String name) {
        logger = Logger.getLogger(name);
        logger.setUseParentHandlers(false);
        logger.setLevel(Level.FINE);
        logger.addHandler(this);
    }

    /** {@return the messages from {@code lowest} up, with what was thrown} */
    List<String> messages(Level lowest) {
        return records.stream()
                .filter(logged -> logged.getLevel().intValue() >= lowest.intValue())
                .map(logged -> logged.getMessage() + (logged.getThrown() == null ? "" : ": " + logged.getThrown()))
                .toList();
    }

    @Override
    public void publish(LogRecord logged) {
        records.add(logged);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(null);
        logger.setUseParentHandlers(true);
    }
}
