package dev.sallyport.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.HandshakeException;
import dev.sallyport.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/troubleshooting.md has every reason and every bound, and quotes what the library says. */
class TroubleshootingDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "troubleshooting.md");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    @Test
    void hasARowForEachReason() throws IOException {
        assertThat(firstCells("Failed handshakes")).isEqualTo(names(HandshakeException.Reason.values()));
    }

    @Test
    void hasARowForEachBound() throws IOException {
        assertThat(firstCells("Bounds")).isEqualTo(names(Limit.values()));
    }

    /** Each part of a quoted line, between what it leaves out, stands in the sources. */
    @Test
    void quotesWhatTheLibrarySays() throws IOException {
        String sources = sources();
        List<String> parts = new ArrayList<>();
        for (String heading : List.of("Lines of the log", "Exceptions")) {
            for (String line : firstCells(heading)) {
                parts.addAll(Arrays.asList(line.split("\\.\\.\\.|FILE")));
            }
        }
        assertThat(parts).hasSizeGreaterThan(30);
        assertThat(parts.stream()
                        .map(String::strip)
                        .map(part -> part.replaceAll("^: |[:,]$", ""))
                        .filter(part -> part.matches(".*[a-z]{3}.*") && !sources.contains(part)))
                .as("quoted, and not in the sources")
                .isEmpty();
    }

    private static Set<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** {@return what is quoted in the first cell of each row below a heading} */
    private static Set<String> firstCells(String heading) throws IOException {
        String section =
                Files.readString(DOCUMENT).split("## " + heading + "\n", 2)[1].split("\n## ", 2)[0];
        return section.lines()
                .filter(line -> line.startsWith("| `"))
                .skip(heading.equals("Failed handshakes") || heading.equals("Bounds") ? 1 : 0) // the table's head
                .map(line -> line.split(" \\| ", 2)[0])
                .flatMap(cell -> QUOTED.matcher(cell).results().map((MatchResult quoted) -> quoted.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            StringBuilder all = new StringBuilder();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                all.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", ""));
            }
            return all.toString();
        }
    }
}
