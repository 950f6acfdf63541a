package dev.sallyport.load;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.matrix.Setup;
import dev.sallyport.support.Alarms;
import dev.sallyport.testkit.Awaiting;
import dev.sallyport.testkit.BackgroundTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How a fuzzer plays its cases: some at a time, on several threads, half of them at a server on the stream layer and half at
 * one on the raw layer, which are looked over after each batch.
 *
 * @param size how many cases are a batch
 * @param threads how many are played at a time
 * @param patience how long a batch may take
 */
public record FuzzBatches(int size, int threads, Duration patience) {
    /** Plays one case. */
    public interface Play {
        void play(int number, FuzzTarget target) throws Exception;
    }

    /** What there is to do before the first case, with a server to do it with. */
    public interface Preparation {
        Play prepare(FuzzTarget target) throws Exception;
    }

    /** {@return how long it took, and what the first of the servers has counted} */
    public String play(Setup setup, FuzzRun run, Preparation preparation) throws Exception {
        long begun = System.nanoTime();
        try (Alarms alarms = new Alarms();
                FuzzTarget streams = FuzzTarget.open(setup, false);
                FuzzTarget events = FuzzTarget.open(setup, true)) {
            Play play = preparation.prepare(streams);
            for (int first = run.first(); first < run.end(); first += size) {
                String what = run.replay(setup, first) + " and the " + size + " from there";
                for (BackgroundTask<Void> thread : batch(run, first, play, streams, events)) {
                    Awaiting.result(what, patience, thread.outcome());
                }
                streams.settle();
                events.settle();
                Awaiting.until(what, PATIENCE, () -> FuzzTarget.leftovers().isEmpty());
                assertThat(streams.violations()).as(what).isEmpty();
                assertThat(events.violations()).as(what).isEmpty();
                assertThat(alarms.heard()).as(what).isEmpty();
            }
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms, " + streams.statistics();
        }
    }

    private List<BackgroundTask<Void>> batch(FuzzRun run, int first, Play play, FuzzTarget streams, FuzzTarget events) {
        List<BackgroundTask<Void>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int share = i;
            all.add(BackgroundTask.run("share " + share, () -> {
                for (int number : run.numbers(first, size).toArray()) {
                    if (number % threads == share) {
                        play.play(number, number % 2 == 0 ? streams : events);
                    }
                }
            }));
        }
        return all;
    }
}
