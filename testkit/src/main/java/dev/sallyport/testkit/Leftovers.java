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
import java.util.function.Supplier;

/**
 * What the process holds now and has not been reported for. Not for parallel use: the tests of a JVM run one after
 * another.
 */
final class Leftovers {
    private static final String THREAD_PREFIX = "sallyport-";

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
            liveThreads().keySet().forEach(reportedThreads::add);
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

    /** {@return the threads of the library, virtual ones included} */
    List<String> threads() {
        List<String> found = new ArrayList<>();
        liveThreads().forEach((id, name) -> {
            if (!reportedThreads.contains(id)) {
                found.add("thread " + name);
            }
        });
        return found;
    }

    private Map<String, Long> inUse() {
        Map<String, Long> all = new TreeMap<>();
        for (OwnedResources owner : owners) {
            owner.inUse().forEach((name, count) -> all.merge(name, count, Long::sum));
        }
        return all;
    }

    private static Map<Long, String> liveThreads() {
        Map<Long, String> threads = new TreeMap<>();
        for (ThreadDump.Entry entry : ThreadDump.take().entries()) {
            if (entry.name().startsWith(THREAD_PREFIX)) {
                threads.put(entry.id(), entry.name());
            }
        }
        return threads;
    }
}
