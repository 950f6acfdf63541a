package dev.sallyport.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** The tests of this module by the names that documents give them: {@code ShutdownTest.resetsWhatIsLeftAfterTheGrace}. */
public final class NamedTests {
    private final Map<String, List<Path>> classFiles;
    private final Path folder;

    public NamedTests() throws IOException, URISyntaxException {
        folder = Path.of(NamedTests.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.walk(folder)) {
            classFiles = files.filter(file -> file.toString().endsWith(".class"))
                    .collect(Collectors.groupingBy(NamedTests::simpleName));
        }
    }

    private static String simpleName(Path classFile) {
        return classFile.getFileName().toString().replace(".class", "");
    }

    /** Fails unless there is a class of that name with a test of that name. */
    public void assertExists(String name) throws ClassNotFoundException {
        String[] parts = name.split("\\.", -1);
        assertThat(parts).as("'%s' as TestClass.method", name).hasSize(2);
        assertThat(classFiles).as("the class of %s", name).containsKey(parts[0]);
        List<String> tests = new ArrayList<>();
        for (Path file : classFiles.getOrDefault(parts[0], List.of())) {
            String className = folder.relativize(file)
                    .toString()
                    .replace(".class", "")
                    .replace(file.getFileSystem().getSeparator(), ".");
            for (Method method : Class.forName(className).getDeclaredMethods()) {
                if (AnnotationSupport.isAnnotated(method, Testable.class)) {
                    tests.add(method.getName());
                }
            }
        }
        assertThat(tests).as("the tests of %s", parts[0]).contains(parts[1]);
    }
}
