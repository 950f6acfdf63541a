package dev.sallyport.internal.keys;

import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Where in the input something was found: the source's name and, when it has several parts, which. Begins each message. */
record Origin(String source, @Nullable String part) {

    static Origin of(Source source) {
        return new Origin(source.name(), null);
    }

    Origin block(int ordinal, String label) {
        return new Origin(source, "block " + ordinal + " (" + label + ")");
    }

    Origin entry(String alias) {
        return new Origin(source, "entry '" + printable(alias) + "'");
    }

    SSLException refuse(String problem) {
        return new SSLException(this + ": " + problem);
    }

    SSLException refuse(String problem, Throwable cause) {
        return new SSLException(this + ": " + problem, cause);
    }

    /**
     * Runs one of the JDK's parsers. Besides what they declare they throw much else on garbage (NegativeArraySize,
     * ClassCast, an absurd array that does not fit the heap): all of it is the file's fault and becomes a refusal.
     */
    <T extends @Nullable Object> T parse(String problem, Parser<T> parser) throws SSLException {
        try {
            return parser.parse();
        } catch (SSLException e) {
            throw e;
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            throw refuse(problem, e);
        }
    }

    /** {@return the text, at most 100 characters of it, safe for one line of a log} */
    static String printable(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(100).forEach(c -> line.appendCodePoint(visible(c) ? c : '?'));
        return line.toString();
    }

    private static boolean visible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    @Override
    public String toString() {
        return part == null ? source : source + ", " + part;
    }

    interface Parser<T extends @Nullable Object> {
        T parse() throws Exception;
    }
}
