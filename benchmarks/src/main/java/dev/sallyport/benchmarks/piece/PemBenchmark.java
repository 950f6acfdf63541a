package dev.sallyport.benchmarks.piece;

import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From files to a context: what a reload costs, without the native part. {@code benchmarks/run} makes the files. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PemBenchmark {
    @Param({"ec", "rsa"})
    public String kind = "";

    @Benchmark
    public SecurityContext read() throws IOException {
        Path folder = Path.of("target/identities");
        return SecurityContext.fromPem(folder.resolve(kind + ".pem"), folder.resolve(kind + ".key"));
    }
}
