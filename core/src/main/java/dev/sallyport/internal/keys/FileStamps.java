package dev.sallyport.internal.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the system says of some files, to see whether they have changed: not their content, which may be large, but enough
 * to notice a file that was written, replaced, or reached by a link that now leads elsewhere. Immutable.
 */
public final class FileStamps {
    /** Of one file; all null when it is not there. */
    private record Stamp(
            @Nullable FileTime modified,
            @Nullable Long size,
            @Nullable Object identity) {
        private static final Stamp ABSENT = new Stamp(null, null, null);

        static Stamp of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            } catch (IOException unreadable) {
                return ABSENT; // whoever reads it will say so
            }
        }
    }

    private final Map<Path, Stamp> stamps;

    private FileStamps(Map<Path, Stamp> stamps) {
        this.stamps = stamps;
    }

    /** {@return the stamps of files as they are now} */
    public static FileStamps of(Collection<Path> files) {
        Map<Path, Stamp> stamps = new LinkedHashMap<>();
        files.forEach(file -> stamps.put(file, Stamp.of(file)));
        return new FileStamps(stamps);
    }

    /** {@return these and others; those of a file that is in both are the older ones} */
    public FileStamps and(FileStamps later) {
        Map<Path, Stamp> all = new LinkedHashMap<>(later.stamps);
        all.putAll(stamps);
        return new FileStamps(all);
    }

    public boolean isEmpty() {
        return stamps.isEmpty();
    }

    /** {@return the stamps of the same files as they are now} */
    public FileStamps now() {
        return of(stamps.keySet());
    }

    /** {@return a file whose stamp is another there, or null when there is none} */
    public @Nullable Path firstChanged(FileStamps there) {
        return stamps.keySet().stream()
                .filter(file -> !Objects.equals(stamps.get(file), there.stamps.get(file)))
                .findFirst()
                .orElse(null);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FileStamps those && stamps.equals(those.stamps);
    }

    @Override
    public int hashCode() {
        return stamps.hashCode();
    }
}
