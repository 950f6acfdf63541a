package dev.sallyport;

import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Those who wait for a connection, first come first served: futures, and threads by way of futures of their own. */
final class AcceptQueue {
    private final RawSecureServerSocket raw;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(); // guarded by lock

    private record Waiting(Operation<SecureSocket> operation, boolean blocking) {}

    AcceptQueue(RawSecureServerSocket raw) {
        this.raw = raw;
    }

    /** {@return the next connection; complete already when one is ready} A blocking caller is woken with no detour. */
    CompletableFuture<SecureSocket> accept(boolean blocking) {
        Operation<SecureSocket> operation = new Operation<>(raw.options().executor(), this::withdraw);
        if (!raw.delivers()) {
            operation.fail(new ClosedChannelException());
            return operation;
        }
        RawSecureSocket ready;
        lock.lock();
        try {
            ready = waiting.isEmpty() ? raw.accept() : null;
            if (ready == null) {
                waiting.add(new Waiting(operation, blocking));
            }
        } finally {
            lock.unlock();
        }
        if (ready != null) {
            operation.answer(new SecureSocket(ready));
        } else {
            raw.whenAcceptable(this::serve);
        }
        return operation;
    }

    /** Any thread: a connection may be there, or the server has closed. */
    private void serve() {
        for (; ; ) {
            Waiting first;
            RawSecureSocket ready;
            boolean more;
            lock.lock();
            try {
                first = waiting.peek();
                if (first == null) {
                    return;
                }
                ready = raw.accept();
                if (ready == null && raw.delivers()) {
                    break;
                }
                waiting.remove();
                more = !waiting.isEmpty();
            } finally {
                lock.unlock();
            }
            answer(first, ready);
            if (!more) {
                return;
            }
        }
        raw.whenAcceptable(this::serve);
    }

    private void answer(Waiting first, @Nullable RawSecureSocket ready) {
        Runnable answer = () -> {
            if (ready == null) {
                first.operation().fail(new AsynchronousCloseException());
            } else {
                first.operation().answer(new SecureSocket(ready));
            }
        };
        if (first.blocking()) {
            answer.run();
            return;
        }
        raw.dispatcher().execute(answer, full -> {
            if (ready != null) {
                raw.rejected(ready, full);
            }
            first.operation().fail(full);
        });
    }

    private boolean withdraw(Operation<SecureSocket> operation) {
        lock.lock();
        try {
            return waiting.removeIf(one -> one.operation() == operation);
        } finally {
            lock.unlock();
        }
    }
}
