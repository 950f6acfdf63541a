package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequiresJdkTest {
    private final List<String> said = new ArrayList<>();

    @Test
    void saysAloudWhatDoesNotApplyToAnOlderJdk() {
        JdkCondition old = new JdkCondition(17, said::add);
        assertThat(old.evaluate("some test", 17, "something").isDisabled()).isFalse();
        assertThat(said).isEmpty();
        assertThat(old.evaluate("some test", 22, "Arena").isDisabled()).isTrue();
        assertThat(said)
                .containsExactly("!!! SKIPPED: some test does not apply: JDK 17 has no Arena, which came with 22");
    }
}
