package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.Transport;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeft.class)
class LoopGroupTest {
    @EachTransport
    void loopsEndWithTheLastWireAndBeginAgain(Transport transport) throws Exception {
        for (int round = 0; round < 5; round++) {
            Loop loop;
            try (Acceptor acceptor = Acceptor.onLoopback(transport);
                    Socket client = acceptor.connect()) {
                BlockingWire server = new BlockingWire(acceptor.next());
                client.getOutputStream().write(round);
                assertThat(server.receive(1)).containsExactly(round);
                assertThat(NothingLeft.loopThreads()).isNotEmpty();
                loop = server.wire().loop();
                server.close();
            }
            for (Thread ending : NothingLeft.loopThreads()) {
                ending.join(10_000);
                assertThat(ending.isAlive()).as(ending.getName()).isFalse();
            }
            assertThatThrownBy(() -> loop.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        }
    }

    @EachTransport
    void aConnectionKeepsItsLoopWhenTheListenerIsGone(Transport transport) throws Exception {
        Acceptor acceptor = Acceptor.onLoopback(transport);
        try (Socket client = acceptor.connect();
                BlockingWire server = new BlockingWire(acceptor.next())) {
            acceptor.close();
            client.getOutputStream().write(1);
            assertThat(server.receive(1)).containsExactly(1);
            server.send(new byte[] {2});
            assertThat(client.getInputStream().read()).isEqualTo(2);
        }
    }

    /** A thread inherits this, and binding may be done by a virtual thread or a pool's. */
    @EachTransport
    void loopThreadsKeepTheProgramUpWhoeverBinds(Transport transport) throws Exception {
        CompletableFuture<Acceptor> bound = new CompletableFuture<>();
        Thread daemon = new Thread(() -> {
            try {
                bound.complete(Acceptor.onLoopback(transport));
            } catch (Exception failure) {
                bound.completeExceptionally(failure);
            }
        });
        daemon.setDaemon(true);
        daemon.start();
        try (Acceptor acceptor = bound.get(10, TimeUnit.SECONDS)) {
            assertThat(acceptor.port()).isPositive();
            List<Thread> loops = NothingLeft.loopThreads();
            assertThat(loops).isNotEmpty().noneMatch(Thread::isDaemon);
            assertThat(loops)
                    .allMatch(loop -> loop.getName()
                            .matches("sallyport-" + transport.name().toLowerCase(Locale.ROOT) + "-\\d+"));
        }
    }

    @EachTransport
    void connectionsAreSpreadOverTheLoops(Transport transport) throws Exception {
        int loops = Runtime.getRuntime().availableProcessors();
        try (Acceptor acceptor = Acceptor.onLoopback(transport)) {
            Set<Loop> seen = new HashSet<>();
            for (int i = 0; i < loops; i++) {
                try (Socket client = acceptor.connect()) {
                    Wire wire = acceptor.next();
                    assertThat(wire.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
                    seen.add(wire.loop());
                    wire.release();
                }
            }
            assertThat(seen).hasSize(loops);
        }
    }

    @EachTransport
    void runsTasksAndTimersOnItsThread(Transport transport) throws Exception {
        try (Acceptor acceptor = Acceptor.onLoopback(transport)) {
            Loop loop = acceptor.wire().loop();
            assertThat(loop.inLoop()).isFalse();
            CompletableFuture<Boolean> task = new CompletableFuture<>();
            loop.execute(() -> task.complete(loop.inLoop()));
            assertThat(task.get(10, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<Boolean> timer = new CompletableFuture<>();
            var unused = loop.schedule(() -> timer.complete(loop.inLoop()), Duration.ofMillis(1));
            assertThat(timer.get(10, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<Boolean> nested = new CompletableFuture<>();
            loop.run(() -> {
                boolean[] done = new boolean[1];
                loop.run(() -> done[0] = true);
                nested.complete(done[0]);
            });
            assertThat(nested.get(10, TimeUnit.SECONDS))
                    .as("run on the loop is at once")
                    .isTrue();
        }
    }
}
