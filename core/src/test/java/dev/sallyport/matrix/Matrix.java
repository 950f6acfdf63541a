package dev.sallyport.matrix;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test for every combination of transport, provider, TLS version and wire that is asked for and that this machine has.
 * The test takes a {@link Setup} parameter. What the machine does not have is said once on stderr, not skipped silently.
 *
 * <p>Of more than two combinations a JDK before 22 runs one half and a later one the other, so that {@code .ci/run}, which
 * tests on 17 and 25, runs each of them once; in either half each value occurs, and of three dimensions each pair of values.
 * {@code -Dtest.matrix.whole=true}, as in {@code .ci/slow}, runs all of them.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(MatrixExtension.class)
public @interface Matrix {
    /** Which dimensions the row depends on; the others take their first value. */
    Dimension[] value() default {Dimension.TRANSPORT, Dimension.PROVIDER, Dimension.VERSION};

    /** What a row may depend on. */
    enum Dimension {
        /** epoll or kqueue, and NIO. */
        TRANSPORT,
        /** BoringSSL and the JDK. */
        PROVIDER,
        /** TLS 1.3 and 1.2. */
        VERSION,
        /** The wire as it is, and one that receives and sends about half of what it is asked to. */
        WIRE
    }
}
