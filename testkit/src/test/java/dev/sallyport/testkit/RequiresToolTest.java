package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequiresToolTest {
    private final List<String> said = new ArrayList<>();

    @Test
    void disablesWithAReasonWhatNeedsAMissingTool() {
        ToolCondition atHome = new ToolCondition("has"::equals, false, said::add);
        assertThat(atHome.evaluate("some test", "has").isDisabled()).isFalse();
        assertThat(atHome.evaluate("some test", "has", "lacks").isDisabled()).isTrue();
        assertThat(atHome.evaluate("some test", "lacks").getReason())
                .hasValue("some test needs lacks, not installed here");
        assertThat(said)
                .hasSize(2)
                .allMatch(line -> line.equals("!!! SKIPPED: some test needs lacks, not installed here"));
    }

    @Test
    void failsInCi() {
        ToolCondition inCi = new ToolCondition("has"::equals, true, said::add);
        assertThat(inCi.evaluate("some test", "has").isDisabled()).isFalse();
        assertThatThrownBy(() -> inCi.evaluate("some test", "lacks"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("some test needs lacks");
    }

    @Test
    void knowsThatAToolIsNotThere() {
        assertThat(CommandLine.isInstalled("no-such-tool-anywhere")).isFalse();
    }
}
