package dev.sallyport.cli;

import java.io.PrintStream;
import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Prints what the library logs as one line on stderr: warnings and worse, and with {@code --verbose} the rest too. */
final class StderrLogger implements System.Logger {
    private static volatile Level threshold = Level.WARNING;

    private final String name;
    private final PrintStream err = System.err;

    StderrLogger(String name) {
        this.name = name;
    }

    static void verbose(boolean verbose) {
        threshold = verbose ? Level.INFO : Level.WARNING;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return level != Level.OFF && level.getSeverity() >= threshold.getSeverity();
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
        if (isLoggable(level)) {
            String cause = thrown == null ? "" : ": " + ErrorLine.of(thrown);
            err.println("sallyport: " + level.getName().toLowerCase(Locale.ROOT) + ": " + message + cause);
        }
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... params) {
        if (isLoggable(level)) {
            boolean plain = format == null || params == null || params.length == 0;
            log(level, bundle, plain ? format : MessageFormat.format(format, params), (Throwable) null);
        }
    }
}
