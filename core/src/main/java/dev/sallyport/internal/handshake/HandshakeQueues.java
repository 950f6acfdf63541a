package dev.sallyport.internal.handshake;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The handshakes of one handle that are under way, each kind in its order. With the lock of its admission held. */
final class HandshakeQueues {
    /** So many of those that wait for their peer go at once when descriptors run out, if they are not the half of them. */
    private static final int EVICTED_AT_ONCE = 64;

    private final LinkedHashSet<Handshake> silent = new LinkedHashSet<>();
    private final LinkedHashSet<Handshake> choosing = new LinkedHashSet<>();
    private final LinkedHashSet<Handshake> waiting = new LinkedHashSet<>();
    private final LinkedHashSet<Handshake> begun = new LinkedHashSet<>(); // in the order in which they began
    private final LinkedHashSet<Handshake> ready = new LinkedHashSet<>(); // of those begun
    private final LargeHellos largeHellos; // of those begun
    private int working; // of those begun
    private int evicted; // for their descriptors, which they have not given back yet

    HandshakeQueues(int maxPending) {
        this.largeHellos = new LargeHellos(maxPending);
    }

    /** Takes a handshake from where it stands to another place, behind those that stand there. */
    void put(Handshake handshake, Place to) {
        switch (handshake.place) {
            case SILENT -> silent.remove(handshake);
            case CHOOSING -> choosing.remove(handshake);
            case WAITING -> waiting.remove(handshake);
            case WORKING -> working--;
            case READY -> ready.remove(handshake);
            case EVICTED -> evicted--;
            case NONE, STALLED, ASKING -> {}
        }
        handshake.place = to;
        switch (to) {
            case SILENT -> silent.add(handshake);
            case CHOOSING -> choosing.add(handshake);
            case WAITING -> waiting.add(handshake);
            case WORKING -> {
                working++;
                begun.add(handshake);
            }
            case READY -> ready.add(handshake);
            case NONE, EVICTED -> {
                evicted += to == Place.EVICTED ? 1 : 0;
                begun.remove(handshake);
                largeHellos.remove(handshake);
            }
            case STALLED, ASKING -> {}
        }
    }

    // ---- how many there are

    int silentCount() {
        return silent.size();
    }

    int choosingCount() {
        return choosing.size();
    }

    /** {@return how many have begun, and are not done} */
    int begunCount() {
        return begun.size();
    }

    /** {@return how many have a place for work} */
    int workingCount() {
        return working;
    }

    /** {@return how many have a place for work, or want one} */
    int wantingCount() {
        return waiting.size() + ready.size() + working;
    }

    /** {@return how many have sent a whole ClientHello and are not done} */
    int pendingCount() {
        return choosing.size() + waiting.size() + begun.size();
    }

    // ---- which they are

    /** {@return all that are silent, in the order of their arrival} */
    List<Handshake> silent() {
        return new ArrayList<>(silent);
    }

    /** {@return all that have sent a whole ClientHello and are not done, those that have begun first} */
    List<Handshake> pending() {
        List<Handshake> pending = new ArrayList<>(begun);
        pending.addAll(waiting);
        pending.addAll(choosing);
        return pending;
    }

    /** {@return the one that has been silent longest; there is one} */
    Handshake longestSilent() {
        return silent.iterator().next();
    }

    /** {@return the next of those that have begun and can go on, or null} */
    @Nullable Handshake nextReady() {
        return ready.isEmpty() ? null : ready.iterator().next();
    }

    /** {@return the next of those that have not begun, or null} */
    @Nullable Handshake nextWaiting() {
        return waiting.isEmpty() ? null : waiting.iterator().next();
    }

    /** {@return whether one waits for room} */
    boolean someWaitForRoom() {
        return !ready.isEmpty() || !waiting.isEmpty();
    }

    /** {@return the one that began first of those that wait for their peer, or null} */
    @Nullable Handshake longestStalled() {
        for (Handshake handshake : begun) {
            if (handshake.place == Place.STALLED) {
                return handshake;
            }
        }
        return null;
    }

    // ---- those that go

    /** One with a large hello waits for its peer; returns those with one that were made to go for it. */
    List<Handshake> makeRoomFor(Handshake large) {
        List<Handshake> going = largeHellos.add(large);
        going.forEach(handshake -> put(handshake, Place.NONE));
        return going;
    }

    /** As {@link Admission#evictSome}. */
    List<Handshake> evictSome() {
        List<Handshake> all = silent();
        all.addAll(pending());
        long now = System.nanoTime();
        all.sort(Comparator.comparingLong(handshake -> handshake.acceptedNanos() - now));
        int older = Math.max(0, (all.size() + evicted + 1) / 2 - evicted);
        List<Handshake> going = all.subList(0, older).stream()
                .filter(handshake -> handshake.place == Place.SILENT || handshake.place == Place.STALLED)
                .limit(Math.max(0, Math.max(EVICTED_AT_ONCE, all.size() / 8) - evicted))
                .toList();
        going.forEach(handshake -> put(handshake, Place.EVICTED));
        return going;
    }
}
