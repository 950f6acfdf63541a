package dev.sallyport.matrix;

import dev.sallyport.internal.resource.OwnedCount;
import dev.sallyport.testkit.OwnedResources;
import java.util.Map;
import java.util.stream.Collectors;

/** What the library counts of its own, for the leak check of every test. */
public final class LibraryResources implements OwnedResources {
    @Override
    public Map<String, Long> inUse() {
        return OwnedCount.snapshot().entrySet().stream()
                .collect(Collectors.toMap(owned -> owned.getKey().name(), Map.Entry::getValue));
    }
}
