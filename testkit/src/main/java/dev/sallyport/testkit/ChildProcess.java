package dev.sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process that does not outlive its owner: closing kills it and its children, and so does the end of this JVM. Both
 * outputs are collected while it runs.
 */
final class ChildProcess implements AutoCloseable {
    private static final Set<ChildProcess> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(ChildProcess::kill), "testkit-kill"));
    }

    private final String name;
    private final Process process;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final CountDownLatch stdinMayClose = new CountDownLatch(1);
    private final CollectedOutput stdout;
    private final CollectedOutput stderr;

    private ChildProcess(String name, Process process, @Nullable OutputStream stdoutSink) {
        this.name = name;
        this.process = process;
        this.stdout = CollectedOutput.pump(
                process.getInputStream(), stdoutSink == null ? collected : stdoutSink, "testkit-" + name + "-stdout");
        this.stderr = CollectedOutput.pump(process.getErrorStream(), errors, "testkit-" + name + "-stderr");
        ALIVE.add(this);
    }

    static ChildProcess start(List<String> command) throws IOException {
        return start(command, null);
    }

    /** @param stdoutSink takes the standard output instead of memory, on the pump's thread */
    static ChildProcess start(List<String> command, @Nullable OutputStream stdoutSink) throws IOException {
        String program = command.get(0);
        String name = program.substring(program.lastIndexOf('/') + 1);
        return new ChildProcess(name, new ProcessBuilder(command).start(), stdoutSink);
    }

    /**
     * Writes all this to the process's standard input, which is then left open until {@link #closeStdin}.
     *
     * <p>One thread does both, because closing a pipe waits for whoever is blocked writing to it.
     */
    void feed(InputStream input) {
        Thread thread = new Thread(() -> writeStdin(input), "testkit-" + name + "-stdin");
        thread.setDaemon(true);
        thread.start();
    }

    /** Lets the standard input end after what was fed; for a process that was fed nothing, feed it an empty stream. */
    void closeStdin() {
        stdinMayClose.countDown();
    }

    private void writeStdin(InputStream input) {
        try (input;
                OutputStream stdin = process.getOutputStream()) {
            input.transferTo(stdin);
            stdin.flush();
            stdinMayClose.await();
        } catch (IOException e) {
            // The process ended before it had read everything; its exit code tells more than a broken pipe.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    CollectedOutput stdout() {
        return stdout;
    }

    CollectedOutput stderr() {
        return stderr;
    }

    byte[] output() {
        return collected.toByteArray();
    }

    String errorText() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM; through the handle, because Process.destroy also closes the pipes, and the last words are lost. */
    void terminate() {
        process.toHandle().destroy();
    }

    /**
     * Waits for the process and the ends of its outputs.
     *
     * @throws AssertionError when it still runs after that time, with what it has said so far
     */
    int awaitExit(Duration patience) {
        try {
            if (process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                // A grandchild may hold the pipes open, so their end is waited for, but not for ever.
                stdout.awaitEnd(patience);
                stderr.awaitEnd(patience);
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + name, e);
        }
        throw failure("it to end", patience);
    }

    AssertionError failure(String waitedFor, Duration patience) {
        return new AssertionError("%s (process %d): waited %s for %s%nstdout (%d bytes): %s%nstderr: %s"
                .formatted(
                        name,
                        pid(),
                        Awaiting.inWords(patience),
                        waitedFor,
                        collected.size(),
                        headOfOutput(),
                        errorText()));
    }

    @Override
    public void close() {
        closeStdin();
        kill();
        ALIVE.remove(this);
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private String headOfOutput() {
        String text = collected.toString(StandardCharsets.UTF_8);
        return text.length() <= 2000 ? text : text.substring(0, 2000) + " ...";
    }
}
