package dev.sallyport.internal.wire;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix-domain listening socket. One that a dead process left is replaced, one that somebody listens on never,
 * and ours goes when we stop listening.
 */
final class SocketFile {
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;

    private final Path path;
    private final @Nullable Object key; // device and inode; null where the file system has none

    private SocketFile(Path path, @Nullable Object key) {
        this.path = path;
        this.key = key;
    }

    /**
     * Makes room for a bind: deletes a socket file that nobody listens on. Two processes that bind at the same moment can
     * still both pass; the later one then has the path.
     *
     * @throws IOException when the path is in use, or is something else than a socket
     */
    static void clear(Path path) throws IOException {
        if (path.toString().isEmpty()) {
            throw new SocketException("a Unix-domain socket needs a path to listen on");
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket(path)) {
            throw new SocketException("the file exists and is not a socket");
        }
        checkNobodyListens(path);
        Files.deleteIfExists(path);
    }

    /** {@return the file that a bind has just made} */
    static SocketFile made(Path path) throws IOException {
        return new SocketFile(path, keyOf(path));
    }

    /** Deletes the file, unless somebody has put another one in its place. While the socket is open: that keeps the key ours. */
    void delete() {
        try {
            if (Objects.equals(key, keyOf(path))) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException alreadyGone) {
            Loop.LOG.log(System.Logger.Level.DEBUG, "socket file {0} was gone", path);
        } catch (IOException failure) {
            Loop.LOG.log(System.Logger.Level.WARNING, "socket file " + path + " could not be deleted", failure);
        }
    }

    private static @Nullable Object keyOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static boolean isSocket(Path path) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return mode instanceof Integer bits && (bits & S_IFMT) == S_IFSOCK;
        }
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther();
    }

    /** Only a refusal says so: a full queue, or a socket that we may not use, is somebody's. */
    private static void checkNobodyListens(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false); // a full queue would make a blocking connect wait
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException nobody) {
            return;
        } catch (SocketException somebody) {
            SocketException inUse = new SocketException("address already in use (" + OsErrors.reason(somebody) + ")");
            inUse.initCause(somebody);
            throw inUse;
        }
        throw new SocketException("address already in use");
    }
}
