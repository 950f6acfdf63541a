package dev.sallyport.internal.keys;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where some of a context's key material comes from. Files are read anew each time; what was given as bytes or objects
 * is read once and kept, so that neither the bytes nor a password for them need to stay. Not for several threads before
 * it has been read once, which is before a context has it.
 *
 * @param <T> what is read
 */
public final class ContextSource<T> {
    /** Reads it, and clears what only this reading needed. */
    public interface Reader<T> {
        List<T> read() throws IOException;
    }

    private final String name;
    private final List<Path> files;
    private @Nullable Reader<T> reader;
    private List<T> kept = List.of();

    private ContextSource(String name, List<Path> files, Reader<T> reader) {
        this.name = name;
        this.files = files;
        this.reader = reader;
    }

    /** What is read from one or more files. */
    public static <T> ContextSource<T> files(String name, List<Path> files, Reader<T> reader) {
        return new ContextSource<>(name, files, reader);
    }

    public static <T> ContextSource<T> given(String name, Reader<T> reader) {
        return new ContextSource<>(name, List.of(), reader);
    }

    /** {@return the files that {@link #read} reads anew each time} */
    public List<Path> files() {
        return files;
    }

    /** {@return what messages call it; no key material} */
    public String name() {
        return name;
    }

    public List<T> read() throws IOException {
        if (reader == null) {
            return kept;
        }
        List<T> read = List.copyOf(reader.read());
        if (files.isEmpty()) {
            kept = read;
            reader = null;
        }
        return read;
    }
}
