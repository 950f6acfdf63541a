package dev.sallyport.testkit;

import java.util.Arrays;
import java.util.Random;

/** Damages bytes: cuts them short, flips a bit, swaps or repeats parts. The same seed does the same damage. */
public final class Damage {
    private static final int STRUCTURE_BYTES = 80;
    private static final int PART_BYTES = 40;

    private final Random random;

    /** Begins a series of damages. */
    public Damage(long seed) {
        this.random = new Random(seed);
    }

    /** {@return a copy with one to three damages} */
    public byte[] to(byte[] original) {
        byte[] damaged = original.clone();
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            damaged = once(damaged);
        }
        return damaged;
    }

    private byte[] once(byte[] original) {
        if (original.length < 2) {
            return new byte[] {(byte) random.nextInt()};
        }
        // half of them near the beginning, where the structure is
        int at = random.nextInt(random.nextBoolean() ? original.length : Math.min(original.length, STRUCTURE_BYTES));
        int other = random.nextInt(original.length);
        byte[] damaged = original.clone();
        switch (random.nextInt(6)) {
            case 0 -> damaged = Arrays.copyOf(original, at);
            case 1 -> damaged = Arrays.copyOfRange(original, at, original.length);
            case 2 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
            case 3 -> damaged[at] = (byte) random.nextInt();
            case 4 -> {
                damaged[at] = original[other];
                damaged[other] = original[at];
            }
            default ->
                System.arraycopy(
                        original, at, damaged, other, Math.min(original.length - Math.max(at, other), PART_BYTES));
        }
        return damaged;
    }
}
