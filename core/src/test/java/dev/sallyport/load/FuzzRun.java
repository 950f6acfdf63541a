package dev.sallyport.load;

import dev.sallyport.matrix.Setup;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Which cases a fuzzer runs: the first so many of a seed, or one of them again. {@code -Dfuzz.seed=} and
 * {@code -Dfuzz.cases=} set the two, {@code -Dfuzz.case=} runs that one only. What is done
 * follows from the seed; the bytes that the JDK's client sends are others each time.
 *
 * @param seed all cases follow from it
 * @param first the first one's number
 * @param count how many
 */
public record FuzzRun(long seed, int first, int count) {
    private static final long USUAL_SEED = 20_261_122;

    /** {@return the run of every build: the same cases each time} */
    public static FuzzRun usual(int cases) {
        return of(USUAL_SEED, cases);
    }

    /** {@return a long run, of cases that nobody has seen yet} */
    public static FuzzRun anew(int cases) {
        return of(System.nanoTime(), cases);
    }

    private static FuzzRun of(long seed, int cases) {
        long wanted = Long.getLong("fuzz.seed", seed);
        Integer only = Integer.getInteger("fuzz.case");
        return only == null
                ? new FuzzRun(wanted, 0, Integer.getInteger("fuzz.cases", cases))
                : new FuzzRun(wanted, only, 1);
    }

    /** {@return a seed that only this case has} */
    public long seedOf(int number) {
        return new SplittableRandom(seed + number).nextLong();
    }

    /** {@return the numbers from one up to another, as far as the run goes} */
    public IntStream numbers(int from, int most) {
        return IntStream.range(from, Math.min(first + count, from + most));
    }

    public int end() {
        return first + count;
    }

    /** {@return how to run something again} */
    public String replay(Setup setup, int number) {
        return setup + ": replay with -Dfuzz.seed=" + seed + " -Dfuzz.case=" + number;
    }
}
