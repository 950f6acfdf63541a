package dev.sallyport.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the test is about does not exist before this JDK: on an older one the test does not apply, and a line on standard
 * error says so. In CI, too, which runs everything on an old and on a new one.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(JdkCondition.class)
public @interface RequiresJdk {
    /** {@return the first feature release that has it} */
    int value();

    /** {@return what it is that came with it} */
    String what();
}
