package dev.sallyport.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A connection walks in one direction through the packages; nothing points back up. */
class PackageDirectionTest {
    private static final String API = "dev.sallyport";
    private static final String INTERNAL = "dev.sallyport.internal.";

    /** Which internal packages an internal package may use besides itself. {@code dev.sallyport} may use them all. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("task", Set.of()),
            Map.entry("resource", Set.of()),
            Map.entry("options", Set.of("task")),
            Map.entry("names", Set.of("options")),
            Map.entry("keys", Set.of("names")),
            Map.entry("wire", Set.of("task", "resource", "names")),
            Map.entry("hello", Set.of()),
            Map.entry("tls", Set.of("resource", "keys", "hello")),
            Map.entry("tls.boringssl", Set.of("task", "resource", "keys", "hello", "tls")),
            Map.entry("tls.jsse", Set.of("resource", "keys", "hello", "tls")),
            Map.entry(
                    "tls.context",
                    Set.of("task", "options", "names", "keys", "hello", "tls", "tls.boringssl", "tls.jsse")),
            Map.entry("flight", Set.of("names", "wire")),
            Map.entry("connection", Set.of("task", "resource", "names", "wire", "tls")),
            Map.entry("stream", Set.of("task", "wire", "connection")),
            Map.entry("handshake", Set.of("task", "resource", "wire", "hello", "tls", "flight", "connection")),
            Map.entry(
                    "listen",
                    Set.of(
                            "options",
                            "keys",
                            "task",
                            "names",
                            "wire",
                            "hello",
                            "tls",
                            "tls.context",
                            "flight",
                            "connection",
                            "handshake")),
            Map.entry("accept", Set.of("task", "names", "connection", "stream", "handshake", "listen")));

    /** Of {@code dev.sallyport}, the layers above the internals. What is left are values and interfaces for all. */
    private static final Set<String> ABOVE_INTERNALS = Set.of(
            "SecureServerSocket",
            "SecureSocket",
            "RawSecureServerSocket",
            "RawSecureSocket",
            "SecurityContext",
            "InternetAddress");

    private final CompiledClasses classes = CompiledClasses.ofLibrary();

    @Test
    void everyPackageUsesOnlyWhatTheTableAllows() throws IOException {
        List<String> faults = new ArrayList<>();
        for (String user : classes.names()) {
            for (String used : classes.usedBy(user)) {
                String fault = fault(user, used);
                if (!fault.isEmpty()) {
                    faults.add(user + " uses " + used + ": " + fault);
                }
            }
        }
        assertThat(faults)
                .as("uses against the direction of the packages (the table is in this test)")
                .isEmpty();
    }

    @Test
    void everyPackageHasItsPlaceInTheTable() throws IOException {
        Set<String> places = Stream.concat(
                        Stream.of(API), MAY_USE.keySet().stream().map(INTERNAL::concat))
                .collect(Collectors.toSet());
        Set<String> packages =
                classes.names().stream().map(PackageDirectionTest::packageOf).collect(Collectors.toSet());
        assertThat(packages).isNotEmpty().isSubsetOf(places);
    }

    /** What a user sees, and nothing else, so that one who looks for the API finds it. */
    @Test
    void theApiPackageHasPublicTypesOnly() throws IOException, ClassNotFoundException {
        List<String> hidden = new ArrayList<>();
        for (String name : classes.names()) {
            if (packageOf(name).equals(API) && !name.contains("$") && !name.endsWith("package-info")) {
                Class<?> type = Class.forName(name, false, getClass().getClassLoader());
                if (!Modifier.isPublic(type.getModifiers())) {
                    hidden.add(name);
                }
            }
        }
        assertThat(hidden).isEmpty();
    }

    /** Empty when there is none. */
    private static String fault(String user, String used) {
        boolean userIsInternal = user.startsWith(INTERNAL);
        if (used.startsWith("io.netty.")) {
            return userIsInternal ? "" : "Netty is for the internals only";
        }
        if (!userIsInternal || packageOf(user).equals(packageOf(used))) {
            return "";
        }
        if (packageOf(used).equals(API)) {
            String topLevel = used.substring(API.length() + 1).split("\\$", 2)[0];
            return ABOVE_INTERNALS.contains(topLevel) ? "it is a layer above the internals" : "";
        }
        if (used.startsWith(INTERNAL)) {
            Set<String> allowed = MAY_USE.getOrDefault(packageOf(user).substring(INTERNAL.length()), Set.of());
            return allowed.contains(packageOf(used).substring(INTERNAL.length())) ? "" : "may use only " + allowed;
        }
        return "";
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }
}
