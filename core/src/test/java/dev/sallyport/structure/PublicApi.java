package dev.sallyport.structure;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The exported package as {@code javap -protected} shows it: for each type its header, then its members, sorted, since
 * the order in a source file is not API and neither is the order in which some release of {@code javap} prints.
 */
final class PublicApi {
    private static final String PACKAGE = "dev.sallyport";

    private PublicApi() {}

    /** A line for each type and, indented, for each of its members. */
    static List<String> lines(CompiledClasses classes) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String name : classes.names()) {
            if (name.lastIndexOf('.') == PACKAGE.length() && isVisible(name)) {
                lines.addAll(describe(classes, name));
            }
        }
        return lines;
    }

    private static boolean isVisible(String name) {
        try {
            @Nullable Class<?> type = Class.forName(name, false, PublicApi.class.getClassLoader());
            while (type != null && (type.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0) {
                type = type.getEnclosingClass();
            }
            return type == null;
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("compiled, but not on the class path: " + name, e);
        }
    }

    private static List<String> describe(CompiledClasses classes, String name) {
        List<String> lines = new ArrayList<>();
        TreeSet<String> members = new TreeSet<>();
        for (String line : javap(classes, name).lines().toList()) {
            if (line.startsWith(" ")) {
                members.add("    " + normalized(line.strip()));
            } else if (line.endsWith("{")) {
                lines.add(line.substring(0, line.length() - 1).strip());
            }
        }
        lines.addAll(members);
        return lines;
    }

    /** JDK 17 prints the exceptions of a generic method as {@code java/io/IOException}. */
    private static String normalized(String member) {
        int exceptions = member.indexOf(") throws ");
        return exceptions < 0
                ? member
                : member.substring(0, exceptions) + member.substring(exceptions).replace('/', '.');
    }

    private static String javap(CompiledClasses classes, String name) {
        ToolProvider javap = ToolProvider.findFirst("javap")
                .orElseThrow(
                        () -> new IllegalStateException("this test needs a JDK: the Java that runs it has no javap"));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = javap.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "-protected",
                "-constants",
                "-cp",
                classes.folder().toString(),
                name);
        if (status != 0) {
            throw new IllegalStateException("javap " + name + " ended with " + status + ": " + out + err);
        }
        return out.toString();
    }
}
