package dev.sallyport.testkit;

import java.util.Map;

/**
 * What a library counts of the things it must give back: native contexts, connections, buffers, descriptors. Found by
 * {@link java.util.ServiceLoader}; asked often, from any thread.
 */
public interface OwnedResources {
    /** {@return how many of each kind are in use now, by a name that a person understands; zeros may be left out} */
    Map<String, Long> inUse();
}
