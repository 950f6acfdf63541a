package dev.sallyport;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where some of a context's key material comes from. Files are read anew each time; what was given as bytes or objects
 * is read once and kept, so that neither the bytes nor a password for them need to stay. Not for several threads before
 * it has been read once, which is before a context has it.
 *
 * @param <T> what is read
 */
final class ContextSource<T> {
    /** Reads it, and clears what only this reading needed. */
    interface Reader<T> {
        List<T> read() throws IOException;
    }

    private final String name;
    private final boolean file;
    private @Nullable Reader<T> reader;
    private List<T> kept = List.of();

    private ContextSource(String name, boolean file, Reader<T> reader) {
        this.name = name;
        this.file = file;
        this.reader = reader;
    }

    static <T> ContextSource<T> file(String name, Reader<T> reader) {
        return new ContextSource<>(name, true, reader);
    }

    static <T> ContextSource<T> given(String name, Reader<T> reader) {
        return new ContextSource<>(name, false, reader);
    }

    /** {@return what messages call it; no key material} */
    String name() {
        return name;
    }

    List<T> read() throws IOException {
        if (reader == null) {
            return kept;
        }
        List<T> read = List.copyOf(reader.read());
        if (!file) {
            kept = read;
            reader = null;
        }
        return read;
    }
}
