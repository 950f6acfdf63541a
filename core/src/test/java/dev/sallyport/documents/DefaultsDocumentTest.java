package dev.sallyport.documents;

import static dev.sallyport.PackageAccess.loaded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sallyport.BindOptions;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.internal.task.DefaultExecutor;
import dev.sallyport.internal.tls.TlsConfig;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** docs/defaults.md says what the code does: a row for each option, with its default and its range. */
class DefaultsDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "defaults.md");
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private record Row(String defaultValue, String range, String reason) {}

    @Test
    void hasARowWithAReasonForEachOptionOfBind() throws Exception {
        assertThat(table("BindOptions").keySet()).isEqualTo(options(BindOptions.Builder.class));
    }

    @Test
    void hasARowWithAReasonForEachPartOfAContext() throws Exception {
        assertThat(table("SecurityContext").keySet()).isEqualTo(options(SecurityContext.Builder.class));
    }

    @Test
    void hasTheDefaultsOfBind() throws Exception {
        Map<String, String> actual = new LinkedHashMap<>();
        Map<String, String> documented = new LinkedHashMap<>();
        for (Map.Entry<String, Row> row : table("BindOptions").entrySet()) {
            String accessor = row.getKey().equals("socketOption") ? "socketOptions" : row.getKey();
            Object value = BindOptions.class.getMethod(accessor).invoke(BindOptions.defaults());
            actual.put(row.getKey(), text(row.getKey(), value));
            documented.put(row.getKey(), row.getValue().defaultValue());
        }
        assertThat(documented).isEqualTo(actual);
    }

    @Test
    void hasTheDefaultsOfAContext() throws Exception {
        TlsConfig material = loaded(SecurityContext.builder().build()).config();
        Map<String, String> actual = new LinkedHashMap<>();
        actual.put("minimumTlsVersion", material.minimumVersion().toString());
        actual.put("maximumTlsVersion", material.maximumVersion().toString());
        actual.put("cipherSuites", material.cipherSuites().isEmpty() ? "the provider's" : "ours");
        actual.put("namedGroups", material.namedGroups().isEmpty() ? "the provider's" : "ours");
        actual.put("supportedProtocols", text("supportedProtocols", material.protocols()));
        actual.put("provider", material.provider().toString());
        actual.put("identity", text("identity", material.identities()));
        actual.put("trustedCertificates", text("trustedCertificates", material.trusted()));
        actual.put("clientCertificateCheck", material.check() == null ? "none" : "some");
        actual.put("unsafeClientCertificateVerifier", material.verifier() == null ? "none" : "some");
        actual.put("keyingMaterialExport", Boolean.toString(material.keyingMaterialExport()));
        actual.put("unsafeKeyLog", material.keyLog() == null ? "none" : "some");

        Map<String, Row> table = table("SecurityContext");
        Map<String, String> documented = new LinkedHashMap<>();
        actual.keySet()
                .forEach(option -> documented.put(option, row(table, option).defaultValue()));
        assertThat(documented).isEqualTo(actual);
    }

    @Test
    void hasTheRangesOfNumbersAndDurations() throws Exception {
        for (Map.Entry<String, Row> row : table("BindOptions").entrySet()) {
            for (Method setter : BindOptions.Builder.class.getMethods()) {
                if (setter.getName().equals(row.getKey()) && setter.getParameterCount() == 1) {
                    checkRange(setter, row.getValue().range());
                }
            }
        }
    }

    private static void checkRange(Method setter, String range) {
        Class<?> type = setter.getParameterTypes()[0];
        if (type == int.class) {
            assertThat(range).as("range of %s", setter.getName()).endsWith(" or more");
            int minimum = Integer.parseInt(range.replace(" or more", "").replace(",", ""));
            assertTaken(setter, minimum);
            assertTaken(setter, Integer.MAX_VALUE);
            assertRefused(setter, minimum - 1);
        } else if (type == Duration.class) {
            boolean canBeOff = range.equals("0 (off) to 36,500 days");
            assertThat(canBeOff || range.equals("longer than 0, up to 36,500 days"))
                    .as("range of %s is documented as '%s'", setter.getName(), range)
                    .isTrue();
            assertTaken(setter, Duration.ofNanos(1));
            assertTaken(setter, LONGEST);
            assertRefused(setter, LONGEST.plusNanos(1));
            assertRefused(setter, Duration.ofNanos(-1));
            if (canBeOff) {
                assertTaken(setter, Duration.ZERO);
            } else {
                assertRefused(setter, Duration.ZERO);
            }
        }
    }

    private static void assertTaken(Method setter, Object value) {
        assertThatCode(() -> set(setter, value))
                .as("%s(%s)", setter.getName(), value)
                .doesNotThrowAnyException();
    }

    private static void assertRefused(Method setter, Object value) {
        assertThatIllegalArgumentException()
                .as("%s(%s)", setter.getName(), value)
                .isThrownBy(() -> set(setter, value))
                .withMessageContaining(setter.getName());
    }

    private static void set(Method setter, Object value) throws Throwable {
        try {
            setter.invoke(BindOptions.builder(), value);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private static String text(String option, @Nullable Object value) {
        if (value == null) {
            return "not given";
        } else if (value instanceof Duration duration) {
            return duration.isZero() ? "off" : duration.toSeconds() + " s";
        } else if (value instanceof Integer number) {
            return String.format(Locale.ROOT, "%,d", number);
        } else if (value instanceof Collection<?> all) {
            return all.isEmpty() ? "none" : all.toString();
        } else if (value instanceof Map<?, ?> all) {
            return all.isEmpty() ? "none" : all.toString();
        }
        return switch (option) {
            case "executor" ->
                value.equals(DefaultExecutor.instance())
                        ? "a virtual thread for each task, before JDK 21 a pool of daemon threads"
                        : value.toString();
            case "observer" -> isSilent((ServerObserver) value) ? "nobody" : value.toString();
            case "acceptFilter" ->
                BindOptions.defaults().acceptFilter().test(new InetSocketAddress("192.0.2.1", 40_000))
                        ? "everybody"
                        : value.toString();
            default -> value.toString();
        };
    }

    /** No method overridden. */
    private static boolean isSilent(ServerObserver observer) {
        return observer.getClass().getDeclaredMethods().length == 0;
    }

    private static Set<String> options(Class<?> builder) {
        return Arrays.stream(builder.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getReturnType() == builder)
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Row row(Map<String, Row> table, String option) {
        return Objects.requireNonNull(table.get(option), () -> "no row for " + option);
    }

    private static Map<String, Row> table(String heading) throws IOException {
        Map<String, Row> rows = new LinkedHashMap<>();
        boolean inSection = false;
        for (String line : Files.readAllLines(DOCUMENT)) {
            if (line.startsWith("#")) {
                inSection = line.equals("## " + heading);
            } else if (inSection && line.startsWith("| `")) {
                List<String> cells =
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
                assertThat(cells).as("cells of '%s'", line).hasSize(6);
                assertThat(cells)
                        .as("cells of '%s'", line)
                        .element(4)
                        .asString()
                        .isNotEmpty();
                Row earlier =
                        rows.put(cells.get(1).replace("`", ""), new Row(cells.get(2), cells.get(3), cells.get(4)));
                assertThat(earlier).as("a second row '%s'", line).isNull();
            }
        }
        return rows;
    }
}
