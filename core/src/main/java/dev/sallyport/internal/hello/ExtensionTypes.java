package dev.sallyport.internal.hello;

import java.util.Arrays;

/** Which extensions a hello has; finds those that are there twice, at the cost of sorting the rare ones. */
final class ExtensionTypes {
    private long small; // a bit for each of the first 64
    private int[] others = new int[8];
    private int count;

    /** Adds one; what is wrong with a large one, {@link #check} tells. */
    void add(int type) throws HelloRefusal {
        if (type >= Long.SIZE) {
            if (count == others.length) {
                others = Arrays.copyOf(others, 2 * count);
            }
            others[count++] = type;
            return;
        }
        if ((small & 1L << type) != 0) {
            throw twice(type);
        }
        small |= 1L << type;
    }

    /** All have been added. */
    void check() throws HelloRefusal {
        Arrays.sort(others, 0, count);
        for (int i = 1; i < count; i++) {
            if (others[i] == others[i - 1]) {
                throw twice(others[i]);
            }
        }
    }

    /** Of two of a kind the TLS library might believe the other one. */
    private static HelloRefusal twice(int type) {
        return HelloRefusal.misbehaviour(
                Alert.ILLEGAL_PARAMETER, "the client hello has two extensions of type " + type);
    }
}
