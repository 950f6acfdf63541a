package dev.sallyport.accept;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.matrix.Matrix;
import dev.sallyport.matrix.Matrix.Dimension;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ClientLoad;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Giving up an accept at the very moment a connection arrives: it is either delivered or left to the next. */
class AcceptWithdrawalTest {
    private static final int CLIENTS = 150;
    private static final int RACES = 5_000;

    @Matrix(Dimension.TRANSPORT)
    void withdrawnFuturesLoseNothing(Setup setup) throws Exception {
        Random random = new Random(1);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (SecureServerSocket server = setup.open(options -> {});
                ClientLoad load = ClientLoad.of(CLIENTS, 2, setup.client(server.port()))) {
            int served = 0;
            for (int races = 0; served < CLIENTS || races < RACES; races++) {
                assertThat(served < CLIENTS && races > RACES && load.done())
                        .as("only %s of %s connections came out in %s races", served, CLIENTS, races)
                        .isFalse();
                CompletableFuture<SecureSocket> accepted = server.acceptAsync();
                withdraw(accepted, random, threads);
                served += taken(accepted);
            }
            load.assertServed();
            assertThat(server.statistics().acceptQueueLength()).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void withdraw(CompletableFuture<SecureSocket> accepted, Random random, ExecutorService threads) {
        switch (random.nextInt(4)) {
            case 0 -> accepted.cancel(true);
            case 1 -> threads.execute(() -> accepted.cancel(false));
            case 2 -> threads.execute(() -> accepted.completeExceptionally(new TimeoutException()));
            default -> accepted.orTimeout(random.nextInt(500), TimeUnit.MICROSECONDS);
        }
    }

    /** Serves what came, if any did. */
    private static int taken(CompletableFuture<SecureSocket> accepted) {
        try {
            ClientLoad.serve(accepted.join());
            return 1;
        } catch (CancellationException withdrawn) {
            return 0;
        } catch (CompletionException withdrawn) {
            assertThat(withdrawn).hasCauseInstanceOf(TimeoutException.class);
            return 0;
        }
    }

    @Matrix(Dimension.TRANSPORT)
    void expiredAndInterruptedCallsLoseNothing(Setup setup) throws Exception {
        Random random = new Random(2);
        Thread acceptor = Thread.currentThread();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (SecureServerSocket server = setup.open(options -> {});
                ClientLoad load = ClientLoad.of(CLIENTS, 2, setup.client(server.port()))) {
            int served = 0;
            while (served < CLIENTS) {
                boolean interrupts = random.nextInt(4) == 0;
                Future<?> interruption = threads.submit(() -> {
                    if (interrupts) {
                        acceptor.interrupt();
                    }
                });
                SecureSocket socket = null;
                try {
                    socket = server.accept(Duration.ofNanos(1 + random.nextInt(2_000_000)));
                } catch (SocketTimeoutException none) {
                    assertThat(load.done())
                            .as("only %s of %s connections came out", served, CLIENTS)
                            .isFalse();
                } catch (InterruptedIOException interrupted) {
                    assertThat(Thread.currentThread().isInterrupted()).isTrue();
                }
                awaitAndForget(interruption);
                if (socket != null) {
                    ClientLoad.serve(socket);
                    served++;
                }
            }
            load.assertServed();
        } finally {
            threads.shutdownNow();
            Thread.interrupted();
        }
    }

    /** Waits until no interrupt can come any more. */
    private static void awaitAndForget(Future<?> interruption) throws Exception {
        Thread.interrupted();
        try {
            interruption.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException thatOne) {
            interruption.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        Thread.interrupted();
    }
}
