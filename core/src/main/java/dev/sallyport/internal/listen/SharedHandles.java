package dev.sallyport.internal.listen;

import dev.sallyport.internal.handshake.Handshake;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The handles that share one listening socket, and whose turn it is. Any thread. */
final class SharedHandles {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<ListenHandle> handles = new ArrayList<>(); // guarded by lock
    private int turn; // guarded by lock

    void add(ListenHandle handle) {
        lock.lock();
        try {
            handles.add(handle);
        } finally {
            lock.unlock();
        }
    }

    /** Takes a handle out; returns whether it was the last. */
    boolean remove(ListenHandle handle) {
        lock.lock();
        try {
            return handles.remove(handle) && handles.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    boolean contains(ListenHandle handle) {
        lock.lock();
        try {
            return handles.contains(handle);
        } finally {
            lock.unlock();
        }
    }

    boolean anyDemand() {
        lock.lock();
        try {
            return handles.stream().anyMatch(ListenHandle::hasDemand);
        } finally {
            lock.unlock();
        }
    }

    /** {@return the handle that a connection goes to, or null when there is none} */
    @Nullable ListenHandle nextInTurn() {
        lock.lock();
        try {
            ListenHandle handle = nextThatTakes();
            return handle != null || handles.isEmpty() ? handle : handles.get(0);
        } finally {
            lock.unlock();
        }
    }

    /** For a connection that is there already: one too many, for a handle that listens, is better than none. */
    private @Nullable ListenHandle nextThatTakes() {
        ListenHandle handle = nextWithDemand();
        return handle != null
                ? handle
                : handles.stream().filter(ListenHandle::delivers).findFirst().orElse(null);
    }

    /** With the lock held. */
    private @Nullable ListenHandle nextWithDemand() {
        for (int i = 0; i < handles.size(); i++) {
            turn = turn % handles.size();
            ListenHandle handle = handles.get(turn++);
            if (handle.hasDemand()) {
                return handle;
            }
        }
        return null;
    }

    /** {@return the handles that deliver, those with demand first and in turn} */
    List<ListenHandle> takers() {
        lock.lock();
        try {
            Set<ListenHandle> takers = new LinkedHashSet<>();
            ListenHandle first = nextWithDemand();
            if (first != null) {
                takers.add(first);
            }
            handles.stream().filter(ListenHandle::hasDemand).forEach(takers::add);
            handles.stream().filter(ListenHandle::delivers).forEach(takers::add);
            return new ArrayList<>(takers);
        } finally {
            lock.unlock();
        }
    }

    /** What became of {@link #enter}: whether the handle is still one of these, and who has to go for the one entered. */
    record Entry(boolean entered, @Nullable Handshake evicted) {}

    /** Enters a connection whose ClientHello is unread with this handle, if it is still one of these. */
    Entry enter(ListenHandle handle, Handshake unread) {
        lock.lock();
        try {
            return handles.contains(handle)
                    ? new Entry(true, handle.enterAdopted(unread)) // with the lock: if it leaves now, it sees this one
                    : new Entry(false, null);
        } finally {
            lock.unlock();
        }
    }

    /** {@return those of all handles that go to make room for others} The caller ends them, with no lock held. */
    List<Handshake> outOfDescriptors() {
        List<Handshake> evicted = new ArrayList<>();
        lock.lock();
        try {
            handles.forEach(handle -> evicted.addAll(handle.outOfDescriptors()));
        } finally {
            lock.unlock();
        }
        return evicted;
    }
}
