package dev.sallyport.internal.keys;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where key material comes from: a file, read anew each time, or bytes that were given once. Immutable. */
public final class Source {
    static final int MAX_BYTES = 1 << 20;
    private static final int PIECE_BYTES = 8 << 10;

    private final String name;
    private final @Nullable Path path;
    private final byte[] content;

    private Source(String name, @Nullable Path path, byte[] content) {
        this.name = name;
        this.path = path;
        this.content = content;
    }

    /** {@return a source that reads the file whenever it is asked} */
    public static Source file(Path path) {
        return new Source(path.toString(), Objects.requireNonNull(path, "path"), new byte[0]);
    }

    /**
     * {@return a source of a copy of these bytes}
     *
     * @param what what they are, for messages: 'private key', 'certificate chain'
     */
    public static Source bytes(String what, byte[] content) {
        return new Source(Objects.requireNonNull(what, "what"), null, content.clone());
    }

    /** {@return what messages call it: the path as it was given, or what the bytes are} */
    public String name() {
        return name;
    }

    /** {@return the file, or null for bytes} */
    public @Nullable Path path() {
        return path;
    }

    /**
     * {@return the bytes as they are now, the caller's own}
     *
     * @throws IOException if the file is missing, unreadable, not a regular file or above 1 MiB; the message names it
     */
    public byte[] read() throws IOException {
        return read("key material");
    }

    byte[] read(String wanted) throws IOException {
        if (path == null) {
            if (content.length > MAX_BYTES) {
                throw tooLarge(wanted);
            }
            return content.clone();
        }
        try {
            requireRegularFile(path, wanted);
            return readFile(path, wanted);
        } catch (NoSuchFileException e) {
            throw because(new NoSuchFileException(name, null, missing(path, wanted)), e);
        } catch (AccessDeniedException e) {
            String reason = "permission denied for the " + wanted
                    + "; the user that runs this process must be able to read it and to enter its directories";
            throw because(new AccessDeniedException(name, null, reason), e);
        }
    }

    /** Before opening: to open a pipe that nobody writes to blocks for ever. */
    private void requireRegularFile(Path file, String wanted) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(wanted, e);
        }
        if (attributes.isDirectory()) {
            throw new FileSystemException(name, null, "is a directory; name the file in it that has the " + wanted);
        }
        if (!attributes.isRegularFile()) {
            String reason = "is a pipe, a device or a socket; the " + wanted + " is read from regular files only";
            throw new FileSystemException(name, null, reason);
        }
    }

    private byte[] readFile(Path file, String wanted) throws IOException {
        // not sized by the file's attributes: it may grow meanwhile, and some file systems say 0
        byte[] room = new byte[MAX_BYTES + 1];
        try {
            int length = fill(room, file, wanted);
            if (length > MAX_BYTES) {
                throw tooLarge(wanted);
            }
            return Arrays.copyOf(room, length);
        } finally {
            Arrays.fill(room, (byte) 0);
        }
    }

    private int fill(byte[] room, Path file, String wanted) throws IOException {
        int length = 0;
        try (InputStream in = Files.newInputStream(file)) {
            while (length < room.length) {
                int count = in.read(room, length, Math.min(PIECE_BYTES, room.length - length));
                if (count < 0) {
                    break;
                }
                length += count;
            }
            return length;
        } catch (NoSuchFileException | AccessDeniedException | ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(wanted, e);
        }
    }

    private static String missing(Path file, String wanted) {
        if (Files.isSymbolicLink(file)) {
            return "is a symbolic link to a file that does not exist; the " + wanted + " cannot be read";
        }
        String hint = file.isAbsolute()
                ? "check the path"
                : "check the path, relative to " + Path.of("").toAbsolutePath();
        return "no such file to read the " + wanted + " from; " + hint;
    }

    private IOException unreadable(String wanted, IOException cause) {
        String why = cause instanceof FileSystemException f ? f.getReason() : cause.getMessage();
        String reason = "cannot be read for the " + wanted + (why == null ? "" : " (" + why + ")");
        return because(new FileSystemException(name, null, reason), cause);
    }

    private IOException tooLarge(String wanted) {
        return new FileSystemException(name, null, "is larger than 1 MiB, so not the " + wanted + "; check the path");
    }

    private static <E extends IOException> E because(E exception, IOException cause) {
        exception.initCause(cause);
        return exception;
    }

    @Override
    public String toString() {
        return name;
    }
}
