package dev.sallyport.cli;

import dev.sallyport.SecureServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** On SIGTERM and Ctrl-C lets open connections end, then ends the JVM with status 0. */
final class DrainAtExit {
    private static final Duration WORTH_A_WORD = Duration.ofMillis(200);

    /** What the library may take beyond the grace to force the rest; after it nobody waits any longer. */
    private static final Duration FORCING = Duration.ofSeconds(5);

    private final SecureServer server;
    private final Duration grace;

    private DrainAtExit(SecureServer server, Duration grace) {
        this.server = server;
        this.grace = grace;
    }

    static void install(SecureServer server, Duration grace) {
        var drain = new DrainAtExit(server, grace);
        Runtime.getRuntime().addShutdownHook(new Thread(drain::run, "sallyport-drain"));
    }

    private void run() {
        Interrupt.endsAtOnce();
        int status = 0;
        try {
            drain();
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            System.err.println("sallyport: the connections could not be ended in order: " + ErrorLine.of(e));
            status = 1;
        }
        System.out.flush();
        // A JVM that a signal ends says 128 + the signal's number, which a supervisor takes for a failure.
        Runtime.getRuntime().halt(status);
    }

    private void drain() throws ExecutionException, TimeoutException, InterruptedException {
        CompletableFuture<Void> done = server.shutdown(grace);
        try {
            done.get(WORTH_A_WORD.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            System.out.println("waiting for open connections to end; Ctrl-C again to end now");
            System.out.flush();
            done.get(grace.plus(FORCING).toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
