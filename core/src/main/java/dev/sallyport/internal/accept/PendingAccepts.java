package dev.sallyport.internal.accept;

import dev.sallyport.SecureConnection;
import dev.sallyport.internal.stream.InlineBudget;
import dev.sallyport.internal.stream.Operation;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for a connection, first come first served: futures, and threads by way of futures of their own.
 *
 * @param <S> the form in which they get it
 */
public final class PendingAccepts<S extends SecureConnection> {
    private final Deliveries<S> deliveries;
    private final InlineBudget budget;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting<S>> waiting = new ArrayDeque<>(); // guarded by lock

    private record Waiting<S>(Operation<S> operation, boolean blocking) {}

    /** Those of a server that are taken in this way alone. */
    public PendingAccepts(Deliveries<S> deliveries) {
        this.deliveries = deliveries;
        this.budget = new InlineBudget(deliveries.executor());
    }

    /** {@return the next connection; complete already when one is ready} A blocking caller is woken with no detour. */
    public CompletableFuture<S> accept(boolean blocking) {
        Operation<S> operation = new Operation<>(deliveries.executor(), this::withdraw);
        if (!deliveries.areToCome()) {
            operation.fail(deliveries.closed("accept"));
            return operation;
        }
        S ready;
        lock.lock();
        try {
            ready = waiting.isEmpty() ? deliveries.take() : null;
            if (ready == null) {
                waiting.add(new Waiting<>(operation, blocking));
            }
        } finally {
            lock.unlock();
        }
        if (ready == null) {
            deliveries.whenAcceptable(this::serve);
        } else if (blocking || budget.next()) {
            operation.answer(ready);
        } else {
            answerLater(operation, ready);
        }
        return operation;
    }

    /** Any thread: a connection may be there, or the server has closed. */
    private void serve() {
        for (; ; ) {
            Waiting<S> first;
            S ready;
            boolean more;
            lock.lock();
            try {
                first = waiting.peek();
                if (first == null) {
                    return;
                }
                ready = deliveries.take();
                if (ready == null && deliveries.areToCome()) {
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
        deliveries.whenAcceptable(this::serve);
    }

    private void answer(Waiting<S> first, @Nullable S ready) {
        if (first.blocking()) {
            answer(first.operation(), ready);
        } else {
            deliveries
                    .dispatcher()
                    .execute(() -> answer(first.operation(), ready), full -> refuse(first.operation(), ready, full));
        }
    }

    /** On the executor, off the stack of a caller who has had many answers at once. */
    private void answerLater(Operation<S> operation, S ready) {
        budget.postpone(
                task -> deliveries.dispatcher().later(task, full -> refuse(operation, ready, full)),
                () -> answer(operation, ready));
    }

    private void answer(Operation<S> operation, @Nullable S ready) {
        if (ready == null) {
            operation.fail(deliveries.closed("accept").meanwhile("while this call waited"));
        } else {
            operation.answer(ready);
        }
    }

    private void refuse(Operation<S> operation, @Nullable S ready, Throwable full) {
        if (ready != null) {
            deliveries.rejected(ready, full);
        }
        operation.fail(full);
    }

    private boolean withdraw(Operation<S> operation) {
        lock.lock();
        try {
            return waiting.removeIf(one -> one.operation() == operation);
        } finally {
            lock.unlock();
        }
    }
}
