package dev.sallyport.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What the process holds now and has not been reported for. Not for parallel use: the tests of a JVM run one after
 * another.
 */
final class Leftovers {
    private static final String THREAD_PREFIX = "sallyport-";
    private static final String IDLE = ThreadPoolExecutor.class.getName() + ".getTask(";

    private final List<OwnedResources> owners = ServiceLoader.load(OwnedResources.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    private final Map<String, Long> reportedCounters = new HashMap<>();
    private final Set<Long> reportedThreads = new HashSet<>();

    /** Waits until nothing is found; what is found at the end counts as reported from then on. */
    List<String> awaitNone(Duration grace, Supplier<List<String>> search) {
        if (Awaiting.holdsWithin(grace, () -> search.get().isEmpty())) {
            return new ArrayList<>();
        }
        List<String> found = search.get();
        if (!found.isEmpty()) {
            reportedCounters.putAll(inUse());
            liveThreads().forEach(entry -> reportedThreads.add(entry.id()));
        }
        return found;
    }

    /** {@return the counters that are not zero} */
    List<String> counters() {
        Map<String, Long> inUse = inUse();
        // A leak that was reported and has gone after all is no excuse for the next one.
        reportedCounters.replaceAll((name, reported) -> Math.min(reported, inUse.getOrDefault(name, 0L)));
        List<String> found = new ArrayList<>();
        inUse.forEach((name, count) -> {
            long leaked = count - reportedCounters.getOrDefault(name, 0L);
            if (leaked > 0) {
                found.add(name + ": " + leaked + " in use");
            }
        });
        return found;
    }

    /** {@return the sockets that are none of these} */
    List<String> sockets(Set<String> before) {
        Set<String> names = new TreeSet<>(OpenSockets.names());
        names.removeAll(before);
        return names.isEmpty() ? List.of() : OpenSockets.described(names);
    }

    /** {@return the threads of the library, virtual ones included, but for those of a pool that wait for work} */
    List<String> busyThreads() {
        return found(busy -> busy.stack().stream().noneMatch(frame -> frame.contains(IDLE)));
    }

    /** {@return the threads of the library, virtual ones included} */
    List<String> threads() {
        return found(any -> true);
    }

    private List<String> found(Predicate<ThreadDump.Entry> wanted) {
        return liveThreads().stream()
                .filter(entry -> !reportedThreads.contains(entry.id()))
                .filter(wanted)
                .map(entry -> "thread " + entry.name())
                .toList();
    }

    private Map<String, Long> inUse() {
        Map<String, Long> all = new TreeMap<>();
        for (OwnedResources owner : owners) {
            owner.inUse().forEach((name, count) -> all.merge(name, count, Long::sum));
        }
        return all;
    }

    private static List<ThreadDump.Entry> liveThreads() {
        return ThreadDump.take().entries().stream()
                .filter(entry -> entry.name().startsWith(THREAD_PREFIX))
                .toList();
    }
}
