package dev.sallyport.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Carries out {@link RequiresTool}. */
final class ToolCondition implements ExecutionCondition {
    private final Predicate<String> isInstalled;
    private final boolean inCi;
    private final Consumer<String> loud;

    ToolCondition() {
        this(CommandLine::isInstalled, "true".equals(System.getenv("CI")), System.err::println);
    }

    ToolCondition(Predicate<String> isInstalled, boolean inCi, Consumer<String> loud) {
        this.isInstalled = isInstalled;
        this.inCi = inCi;
        this.loud = loud;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<RequiresTool> wanted = AnnotationSupport.findAnnotation(context.getElement(), RequiresTool.class);
        if (wanted.isEmpty()) {
            return ConditionEvaluationResult.enabled("needs no tool");
        }
        return evaluate(context.getDisplayName(), wanted.get().value());
    }

    ConditionEvaluationResult evaluate(String test, String... tools) {
        List<String> missing = Arrays.stream(tools).filter(isInstalled.negate()).toList();
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("has " + String.join(", ", tools));
        }
        String reason = test + " needs " + String.join(" and ", missing) + ", not installed here";
        if (inCi) {
            throw new IllegalStateException(reason + "; in CI nothing may be missing");
        }
        loud.accept("!!! SKIPPED: " + reason);
        return ConditionEvaluationResult.disabled(reason);
    }
}
