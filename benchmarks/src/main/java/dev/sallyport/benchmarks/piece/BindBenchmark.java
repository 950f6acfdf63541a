package dev.sallyport.benchmarks.piece;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecurityContext;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The registry: to bind and close, alone on a port and as one more that shares it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BindBenchmark {
    private final SecurityContext context = SecurityContext.selfSigned();
    private final RawSecureServerSocket first = bind(0);

    private RawSecureServerSocket bind(int port) {
        return RawSecureServerSocket.bind("127.0.0.1", port, context, options -> options.shared(true))
                .join();
    }

    /** The loops stay while a server is open, so that starting threads is not what is measured. */
    @Setup
    public void firstServerIsOpen() {
        if (!first.isOpen()) {
            throw new IllegalStateException(first + " is closed");
        }
    }

    @TearDown
    public void closeFirst() {
        first.close();
        first.onClosed().join();
    }

    @Benchmark
    public void alone() {
        bindAndClose(0);
    }

    @Benchmark
    public void shared() {
        bindAndClose(first.port());
    }

    private void bindAndClose(int port) {
        RawSecureServerSocket server = bind(port);
        server.close();
        server.onClosed().join();
    }
}
