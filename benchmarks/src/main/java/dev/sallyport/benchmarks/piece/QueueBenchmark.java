package dev.sallyport.benchmarks.piece;

import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.task.SerialExecutor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** What each event of a connection goes through: the queue of its tasks, and the pool its bytes are received into. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class QueueBenchmark {
    private final SerialExecutor tasks = new SerialExecutor(Dispatcher.to(Runnable::run));
    private int done;

    @Setup(Level.Iteration)
    public void begin() {
        done = 0;
    }

    @TearDown(Level.Iteration)
    public void everythingWasDone() {
        if (done == 0) {
            throw new IllegalStateException("no task has run");
        }
    }

    @Benchmark
    public int task() {
        tasks.execute(() -> done++);
        return done;
    }

    @Benchmark
    public void scratch(Blackhole hole) {
        Scratch scratch = ScratchPool.RECORD.take();
        hole.consume(scratch);
        ScratchPool.giveBack(scratch);
        done++;
    }
}
