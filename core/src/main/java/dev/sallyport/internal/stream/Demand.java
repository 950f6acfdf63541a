package dev.sallyport.internal.stream;

import java.util.concurrent.atomic.AtomicLong;

/** How many items a subscriber has asked for and not been given; at {@code Long.MAX_VALUE} nobody counts any more. Any thread. */
public final class Demand {
    private final AtomicLong items = new AtomicLong();

    /** Adds what was asked for, 1 or more; returns whether there was no demand before. */
    public boolean add(long count) {
        return items.getAndUpdate(old -> old + count < 0 ? Long.MAX_VALUE : old + count) == 0;
    }

    /** {@return whether an item may be given} */
    public boolean isThere() {
        return items.get() > 0;
    }

    /** An item is being given. */
    public void served() {
        items.getAndUpdate(old -> old == Long.MAX_VALUE ? old : old - 1);
    }

    /** {@return what to fail a subscriber with that asks for {@code count}, which is less than 1 (Flow's own rule)} */
    public static IllegalArgumentException refusal(long count) {
        return new IllegalArgumentException("request(" + count + "): at least 1");
    }
}
