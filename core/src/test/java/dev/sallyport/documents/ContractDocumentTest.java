package dev.sallyport.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each row of docs/contract.md and of SECURITY.md names tests that exist, or says why there is none. */
class ContractDocumentTest {
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    private record Row(String what, String tests) {
        List<String> names() {
            return NAME.matcher(tests)
                    .results()
                    .map(MatchResult::group)
                    .map(name -> name.replace("`", ""))
                    .toList();
        }
    }

    @Test
    void everyRowOfTheContractNamesTestsThatExist() throws Exception {
        assertEveryRowNamesTestsThatExist(Path.of("..", "docs", "contract.md"), 100);
    }

    @Test
    void everyRowOfTheThreatModelNamesTestsThatExist() throws Exception {
        assertEveryRowNamesTestsThatExist(Path.of("..", "SECURITY.md"), 30);
    }

    private static void assertEveryRowNamesTestsThatExist(Path document, int leastRows) throws Exception {
        NamedTests tests = new NamedTests();
        List<Row> rows = rows(document);
        assertThat(rows).hasSizeGreaterThan(leastRows);
        for (Row row : rows) {
            assertThat(row.names()).as("tests of '%s'", row.what()).doesNotHaveDuplicates();
            assertThat(row.names().isEmpty() && !row.tests().startsWith("none: "))
                    .as("'%s' has neither a test nor a reason", row.what())
                    .isFalse();
            for (String name : row.names()) {
                tests.assertExists(name);
            }
        }
    }

    @Test
    void aNameThatIsNoTestIsNoticed() throws Exception {
        NamedTests tests = new NamedTests();
        for (String wrong : List.of(
                "NoSuchTest.method",
                "SharedCloseTest.noSuchMethod",
                "SharedDemandTest.connectOneByOne",
                "SharedCloseTest",
                "ClientLoad.serve")) {
            assertThatThrownBy(() -> tests.assertExists(wrong)).as(wrong).isInstanceOf(AssertionError.class);
        }
    }

    private static List<Row> rows(Path document) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(document)) {
            if (line.startsWith("| ") && !line.startsWith("| ---") && !line.endsWith("| tests |")) {
                List<String> cells =
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
                assertThat(cells).as("cells of '%s'", line).hasSizeGreaterThanOrEqualTo(4);
                rows.add(new Row(cells.get(1), cells.get(cells.size() - 2)));
            }
        }
        return rows;
    }
}
