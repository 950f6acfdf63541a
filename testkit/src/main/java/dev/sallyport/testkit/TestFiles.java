package dev.sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The one temporary folder of this process for files that command-line tools read; removed when the JVM exits. */
final class TestFiles {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private TestFiles() {}

    /** A name that no other caller gets; the file does not exist yet. */
    static Path fresh(String suffix) {
        return Folder.PATH.resolve(NEXT.incrementAndGet() + "-" + suffix.replaceAll("[^A-Za-z0-9._-]", "_"));
    }

    static Path write(String suffix, byte[] content) {
        try {
            return Files.write(fresh(suffix), content);
        } catch (IOException e) {
            throw new UncheckedIOException("write test file " + suffix, e);
        }
    }

    private static final class Folder {
        static final Path PATH = create();

        private static Path create() {
            try {
                Path folder = Files.createTempDirectory("sallyport-testkit");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder), "testkit-remove-files"));
                return folder;
            } catch (IOException e) {
                throw new UncheckedIOException("create the folder for test files", e);
            }
        }

        private static void remove(Path folder) {
            try {
                Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                            throws IOException {
                        Files.deleteIfExists(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
            } catch (IOException e) {
                System.err.println("testkit: could not remove " + folder + ": " + e);
            }
        }
    }
}
