package dev.sallyport.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A change of the public API is a line in a review, because the whole of it is a text file in git. */
class PublicApiTest {
    private static final Path DUMP = Path.of("src", "test", "resources", "public-api.txt");
    private static final String COMMAND = "mvn -q -pl core -am test -Dtest=PublicApiTest -Dapi.write=true";

    @Test
    void isTheOneInGit() throws IOException {
        List<String> compiled = PublicApi.lines(CompiledClasses.ofLibrary());
        if (Boolean.getBoolean("api.write")) {
            Files.write(DUMP, compiled);
            return;
        }
        assertThat(DUMP)
                .as("the dump of the public API; write it with: %s", COMMAND)
                .exists();
        List<String> recorded = Files.readAllLines(DUMP);
        if (!recorded.equals(compiled)) {
            fail("the public API is not the one in core/" + DUMP.toString().replace('\\', '/') + ":\n"
                    + differences(recorded, compiled) + "If that is meant, write the file anew and commit it: "
                    + COMMAND);
        }
    }

    private static String differences(List<String> recorded, List<String> compiled) {
        Set<String> before = qualified(recorded);
        Set<String> after = qualified(compiled);
        StringBuilder differences = new StringBuilder();
        before.stream().filter(line -> !after.contains(line)).forEach(line -> differences.append("  - " + line + "\n"));
        after.stream().filter(line -> !before.contains(line)).forEach(line -> differences.append("  + " + line + "\n"));
        return differences.isEmpty() ? "  only the order of the lines differs\n" : differences.toString();
    }

    /** Each member with its type before it: the same member may be in many types. */
    private static Set<String> qualified(List<String> lines) {
        Set<String> qualified = new LinkedHashSet<>();
        String type = "";
        for (String line : lines) {
            if (line.startsWith(" ")) {
                qualified.add(type + " { " + line.strip() + " }");
            } else {
                type = line;
                qualified.add(line);
            }
        }
        return qualified;
    }
}
