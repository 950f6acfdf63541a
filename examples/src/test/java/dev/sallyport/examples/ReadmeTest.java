package dev.sallyport.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.BindOptions;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README shows is what is compiled and run. */
class ReadmeTest {
    private static final Path TESTS = Path.of("src/test/java/dev/sallyport/examples");
    private static final Path SOURCES = Path.of("src/main/java/dev/sallyport/examples");

    @Test
    void itsServerIsTheExample() throws IOException {
        List<String> shown = matches("(?s)```java\\n(.*?)```");
        String source = Files.readString(SOURCES.resolve("EchoServer.java"));
        assertThat(source).contains(shown.get(0).indent(4));
    }

    @Test
    void itsOtherCodeIsCompiled() throws IOException {
        List<String> shown = matches("(?s)```java\\n(.*?)```");
        assertThat(shown).hasSizeGreaterThan(2);
        String compiled = Files.readString(TESTS.resolve("ReadmeSnippets.java"));
        for (String snippet : shown.subList(1, shown.size())) {
            assertThat(compiled).contains(snippet.indent(8));
        }
    }

    @Test
    void itsTableOfOptionsIsComplete() throws IOException {
        Set<String> listed = Set.copyOf(namesIn("(?s)\\| `BindOptions` \\|[^\\n]*\\n(.*?)\\n\\n"));
        assertThat(listed)
                .isEqualTo(Arrays.stream(BindOptions.Builder.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getParameterCount() > 0)
                        .map(Method::getName)
                        .collect(Collectors.toSet()));
    }

    @Test
    void itsTableOfExamplesIsComplete() throws IOException {
        List<String> listed = namesIn("(?s)\\| example \\| shows \\|\\n(.*?)\\n\\n");
        try (Stream<Path> files = Files.list(SOURCES)) {
            assertThat(listed)
                    .containsExactlyInAnyOrderElementsOf(
                            files.map(file -> file.getFileName().toString().replace(".java", ""))
                                    .filter(name -> !name.equals("package-info"))
                                    .toList());
        }
    }

    /** {@return what is quoted in the first column of the one table that the pattern finds} */
    private static List<String> namesIn(String pattern) throws IOException {
        List<String> table = matches(pattern);
        assertThat(table).hasSize(1);
        return Pattern.compile("(?m)^\\| ([^|]*) \\|")
                .matcher(table.get(0))
                .results()
                .flatMap(match ->
                        Pattern.compile("`(\\w+)`").matcher(match.group(1)).results())
                .map(match -> match.group(1))
                .toList();
    }

    private static List<String> matches(String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(Path.of("../README.md")))
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
