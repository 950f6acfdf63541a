package dev.sallyport.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test drives these command-line tools. Where one is missing the test is disabled, with a line on standard error; in
 * CI (environment variable {@code CI} is {@code true}), which installs everything, it fails instead.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ToolCondition.class)
public @interface RequiresTool {
    /** {@return the names of the programs, as on the command line} */
    String[] value();
}
