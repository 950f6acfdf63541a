package dev.sallyport.internal.listen;

import dev.sallyport.internal.task.FaultLog;
import java.net.SocketAddress;
import java.util.function.Predicate;

/** Asks the user's accept filter, on the loop's thread, and counts those that it refuses; one that throws refuses. */
final class ConnectionFilter {
    private final Predicate<? super SocketAddress> acceptFilter;
    private final ListenCounts counts;

    ConnectionFilter(Predicate<? super SocketAddress> acceptFilter, ListenCounts counts) {
        this.acceptFilter = acceptFilter;
        this.counts = counts;
    }

    boolean admits(SocketAddress remote) {
        try {
            if (acceptFilter.test(remote)) {
                return true;
            }
        } catch (Throwable failure) { // an Error, too: this is the loop's thread
            FaultLog.FILTERS.warn("the accept filter failed for " + remote + ", which is refused", failure);
        }
        counts.filtered.increment();
        return false;
    }
}
