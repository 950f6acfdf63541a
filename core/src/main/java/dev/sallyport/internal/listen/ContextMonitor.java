package dev.sallyport.internal.listen;

import dev.sallyport.internal.keys.CertificateText;
import dev.sallyport.internal.keys.FileStamps;
import dev.sallyport.internal.task.DefaultExecutor;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.tls.context.LoadedContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the context of one server while it is open: reads its files again when they have changed, if that was asked
 * for, and warns of certificates that expire. On a thread of the library's own default executor, since it reads files.
 */
public final class ContextMonitor {
    /** The server whose context it is. */
    public interface Server {
        /** {@return the context in use} */
        LoadedContext context();

        /** Reads a context again and uses what came of it, unless another one has come to be used meanwhile. */
        void reload(LoadedContext current) throws IOException;

        /** {@return what log lines call it} */
        @Override
        String toString();
    }

    private static final System.Logger LOG = System.getLogger("dev.sallyport");
    private static final Duration LOOK_AT_FILES = Duration.ofMillis(500);
    private static final Duration LOOK_AT_CERTIFICATES = Duration.ofHours(1);
    private static final Duration SERIOUS = Duration.ofDays(7);

    private final Server server;
    private final ListenHandle handle;
    private final boolean watchFiles;
    private final ReentrantLock warning = new ReentrantLock();
    private final ExpiryWarnings warnings = new ExpiryWarnings(); // guarded by warning
    private long warnedAt; // turns only
    private FileStamps seen; // when looked at last
    private @Nullable FileStamps refused; // what could not be used
    private volatile CompletableFuture<Void> next = new CompletableFuture<>(); // completed early to wait no longer
    private volatile boolean ended;

    /** Looks after nothing before it is started. */
    public ContextMonitor(Server server, ListenHandle handle, boolean watchFiles) {
        this.server = server;
        this.handle = handle;
        this.watchFiles = watchFiles;
        this.seen = server.context().files();
    }

    /** Begins. */
    public void start() {
        warnedAt = System.nanoTime();
        lookAtCertificates();
        scheduleNext();
    }

    /** Does nothing more; a turn under way may come to its end. */
    public void end() {
        ended = true;
        next.complete(null);
    }

    /** One turn after the other, so that the fields need no lock. */
    private void scheduleNext() {
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        waiting.thenRun(() -> {
            if (!ended) {
                Dispatcher.handTo(DefaultExecutor.instance(), this::turn, noThread -> scheduleNext());
            }
        });
        next = waiting;
        Duration pause = watchFiles ? LOOK_AT_FILES : LOOK_AT_CERTIFICATES;
        waiting.completeOnTimeout(null, pause.toMillis(), TimeUnit.MILLISECONDS);
        if (ended) {
            waiting.complete(null);
        }
    }

    private void turn() {
        try {
            if (watchFiles) {
                lookAtFiles();
            }
            if (System.nanoTime() - warnedAt >= LOOK_AT_CERTIFICATES.toNanos()) {
                warnedAt = System.nanoTime();
                lookAtCertificates();
            }
        } catch (Throwable failure) { // nobody else would hear of it
            LOG.log(System.Logger.Level.ERROR, "looking after the context of " + server + " has failed", failure);
        }
        scheduleNext();
    }

    // ---- files

    private void lookAtFiles() {
        LoadedContext current = server.context();
        FileStamps now = current.files().now();
        boolean steady = now.equals(seen); // else somebody may be writing them: looked at again
        seen = now;
        Path changed = current.files().firstChanged(now);
        if (changed == null) {
            refused = null;
        } else if (steady && !now.equals(refused)) {
            reload(current, changed, now);
        }
    }

    private void reload(LoadedContext current, Path changed, FileStamps now) {
        try {
            server.reload(current);
            LOG.log(
                    System.Logger.Level.INFO,
                    () -> server + ": " + changed + " has changed, the context was read again, and is now for "
                            + CertificateText.of(server.context().certificates()));
        } catch (IOException | IllegalArgumentException failure) {
            refused = now;
            LOG.log(
                    System.Logger.Level.WARNING,
                    server + " goes on with the context it has, for "
                            + CertificateText.of(current.certificates()) + ": " + changed + " has changed, but "
                            + failure.getMessage());
            handle.contextReloadFailed(
                    changed,
                    failure instanceof IOException readable
                            ? readable
                            : new IOException(failure.getMessage(), failure));
        }
    }

    // ---- certificates

    /** Warns of those of the current context. Any thread. */
    public void lookAtCertificates() {
        warning.lock();
        try {
            for (ExpiryWarnings.Warning due : warnings.due(server.context().presented(), Instant.now())) {
                log(due);
                handle.certificateExpiring(due.certificate(), due.remaining());
            }
        } finally {
            warning.unlock();
        }
    }

    private void log(ExpiryWarnings.Warning due) {
        boolean serious = due.remaining().compareTo(SERIOUS) <= 0;
        LOG.log(
                serious ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
                server + ": the certificate of "
                        + CertificateText.subject(due.certificate())
                        + (due.remaining().isNegative() ? " has expired on " : " expires on ")
                        + due.certificate().getNotAfter().toInstant());
    }
}
