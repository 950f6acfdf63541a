package dev.sallyport;

import dev.sallyport.internal.stream.InlineBudget;
import dev.sallyport.internal.stream.Operation;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Those who wait for a connection, first come first served: futures, and threads by way of futures of their own. */
final class PendingAccepts {
    private final RawSecureServerSocket raw;
    private final InlineBudget budget;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(); // guarded by lock

    private record Waiting(Operation<SecureSocket> operation, boolean blocking) {}

    PendingAccepts(RawSecureServerSocket raw) {
        this.raw = raw;
        this.budget = new InlineBudget(raw.options().executor());
    }

    /** {@return the next connection; complete already when one is ready} A blocking caller is woken with no detour. */
    CompletableFuture<SecureSocket> accept(boolean blocking) {
        Operation<SecureSocket> operation = new Operation<>(raw.options().executor(), this::withdraw);
        if (!raw.delivers()) {
            operation.fail(raw.closed("accept"));
            return operation;
        }
        RawSecureSocket ready;
        lock.lock();
        try {
            ready = waiting.isEmpty() ? raw.take() : null;
            if (ready == null) {
                waiting.add(new Waiting(operation, blocking));
            }
        } finally {
            lock.unlock();
        }
        if (ready == null) {
            raw.whenAcceptable(this::serve);
        } else if (blocking || budget.next()) {
            operation.answer(new SecureSocket(ready));
        } else {
            answerLater(operation, ready);
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
                ready = raw.take();
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
        if (first.blocking()) {
            answer(first.operation(), ready);
        } else {
            raw.dispatcher()
                    .execute(() -> answer(first.operation(), ready), full -> refuse(first.operation(), ready, full));
        }
    }

    /** On the executor, off the stack of a caller who has had many answers at once. */
    private void answerLater(Operation<SecureSocket> operation, RawSecureSocket ready) {
        budget.postpone(
                task -> raw.dispatcher().later(task, full -> refuse(operation, ready, full)),
                () -> answer(operation, ready));
    }

    private void answer(Operation<SecureSocket> operation, @Nullable RawSecureSocket ready) {
        if (ready == null) {
            operation.fail(raw.closed("accept").meanwhile("while this call waited"));
        } else {
            operation.answer(new SecureSocket(ready));
        }
    }

    private void refuse(Operation<SecureSocket> operation, @Nullable RawSecureSocket ready, Throwable full) {
        if (ready != null) {
            raw.rejected(ready, full);
        }
        operation.fail(full);
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
