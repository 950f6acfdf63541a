package dev.sallyport.benchmarks.rival;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Flow;

/** This library by {@code Flow}, on the event loops. */
public final class SallyportFlow implements Rival {
    @Override
    public int start(Path chain, Path key, Work work) throws IOException {
        SecureServerSocket server = SecureServerSocket.open(
                "127.0.0.1",
                0,
                SecurityContext.fromPem(chain, key),
                options -> options.executor(Runnable::run).backlog(BACKLOG));
        server.connections().subscribe(new Connections(work));
        return server.port();
    }

    private record Connections(Work work) implements Flow.Subscriber<SecureSocket> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(SecureSocket socket) {
            if (work == Work.DISCARD) {
                socket.incoming().subscribe(new Discard(socket));
                return;
            }
            socket.writeAll(socket.incoming()).whenComplete((count, failure) -> {
                if (failure != null) {
                    socket.abort();
                } else {
                    socket.close();
                }
            });
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    private record Discard(SecureSocket socket) implements Flow.Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ByteBuffer bytes) {}

        @Override
        public void onError(Throwable failure) {
            socket.abort();
        }

        @Override
        public void onComplete() {
            socket.close();
        }
    }
}
