package dev.sallyport.internal.connection;

import dev.sallyport.internal.task.Waiter;

/** Who waits for the sides of one connection. */
final class Waiters {
    final Waiter read = new Waiter();
    final Waiter write = new Waiter();
    final Waiter flush = new Waiter();

    /** Wakes everybody: the connection has ended, or is ending. With no lock held. */
    void fireAll() {
        read.fire();
        write.fire();
        flush.fire();
    }
}
