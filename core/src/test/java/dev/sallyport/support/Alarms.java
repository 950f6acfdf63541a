package dev.sallyport.support;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Warnings and errors in the log of the process, and exceptions that ended a thread, while this is open. */
public final class Alarms extends Handler implements AutoCloseable {
    private final Collection<String> heard = new ConcurrentLinkedQueue<>();
    private final Logger root = Logger.getLogger("");
    private final Thread.@Nullable UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();

    public Alarms() {
        this(Level.WARNING);
    }

    /** What is logged from this level on. */
    public Alarms(Level from) {
        setLevel(from);
        root.addHandler(this);
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, failure) -> heard.add("uncaught in " + thread.getName() + ": " + trace(failure)));
    }

    public Collection<String> heard() {
        return heard;
    }

    @Override
    public void publish(LogRecord logged) {
        if (isLoggable(logged)) {
            Throwable thrown = logged.getThrown();
            heard.add(logged.getLoggerName() + ": " + logged.getMessage() + (thrown == null ? "" : trace(thrown)));
        }
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        root.removeHandler(this);
        Thread.setDefaultUncaughtExceptionHandler(before);
    }
}
