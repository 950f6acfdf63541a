package dev.sallyport.testkit;

import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Carries out {@link RequiresJdk}. */
final class JdkCondition implements ExecutionCondition {
    private final int present;
    private final Consumer<String> loud;

    JdkCondition() {
        this(Runtime.version().feature(), System.err::println);
    }

    JdkCondition(int present, Consumer<String> loud) {
        this.present = present;
        this.loud = loud;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<RequiresJdk> wanted = AnnotationSupport.findAnnotation(context.getElement(), RequiresJdk.class);
        return wanted.map(jdk -> evaluate(context.getDisplayName(), jdk.value(), jdk.what()))
                .orElseGet(() -> ConditionEvaluationResult.enabled("needs no particular JDK"));
    }

    ConditionEvaluationResult evaluate(String test, int first, String what) {
        if (present >= first) {
            return ConditionEvaluationResult.enabled("JDK " + present + " has " + what);
        }
        String reason = test + " does not apply: JDK " + present + " has no " + what + ", which came with " + first;
        loud.accept("!!! SKIPPED: " + reason);
        return ConditionEvaluationResult.disabled(reason);
    }
}
