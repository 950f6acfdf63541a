package dev.sallyport.internal.options;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Checks of single values. What they throw names the option, the value, the range and what to do. */
public final class OptionCheck {
    /** Longer than any process lives, and short enough to be added to a clock of nanoseconds. */
    static final Duration LONGEST = Duration.ofDays(36_500);

    private OptionCheck() {}

    public static int atLeast(int minimum, String option, int value, String advice) {
        if (value < minimum) {
            throw refused(option, value, "must be " + minimum + " or more; " + advice);
        }
        return value;
    }

    /** {@return the value, unless it is null, which a caller without NullAway may give} */
    public static <T> T nonNull(String method, String parameter, T value) {
        if (value == null) {
            throw new NullPointerException(method + ": " + parameter + " is null");
        }
        return value;
    }

    /** {@return a copy of a list that has no null} */
    public static <E> List<E> copy(String parameter, List<E> list) {
        Objects.requireNonNull(list, parameter);
        try {
            return List.copyOf(list);
        } catch (NullPointerException nameless) {
            throw new NullPointerException("an element of " + parameter + " is null");
        }
    }

    /** {@return a bound in time: zero or more, up to {@link #LONGEST}, where zero is none} */
    public static Duration timeout(String option, Duration value) {
        if (requireUpToLongest(option, "timeout", value).isNegative()) {
            throw refused(option, value, "must not be negative; zero switches it off");
        }
        return value;
    }

    /** {@return a bound in time that cannot be done without} */
    public static Duration positive(String option, Duration value) {
        if (requireUpToLongest(option, "timeout", value).isZero() || value.isNegative()) {
            throw refused(option, value, "must be longer than zero; it cannot be switched off");
        }
        return value;
    }

    /** {@return the grace given to a method: zero or more, up to {@link #LONGEST}} */
    public static Duration grace(String method, Duration grace) {
        nonNull(method, "grace", grace);
        if (requireUpToLongest("grace", "grace", grace).isNegative()) {
            throw refused("grace", grace, "must not be negative; zero is no grace");
        }
        return grace;
    }

    private static Duration requireUpToLongest(String option, String parameter, Duration value) {
        if (nonNull(option, parameter, value).compareTo(LONGEST) > 0) {
            throw refused(option, value, "must be at most " + LONGEST.toDays() + " days");
        }
        return value;
    }

    public static IllegalArgumentException refused(String option, Object value, String problem) {
        return new IllegalArgumentException(option + "(" + value + "): " + problem);
    }
}
