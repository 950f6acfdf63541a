package dev.sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The threads of this process at one moment, virtual ones included where the JVM has them (21 and later).
 *
 * <p>A virtual thread without a name has the empty string for one.
 */
public final class ThreadDump {
    private static final Pattern HEADING = Pattern.compile("^#(\\d+) \"(.*)\"( virtual)?.*");
    private static final boolean HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;
    private static final int EXCERPT_FRAMES = 5;

    /** Frames of the JDK, whose modules show, and of JUnit, which is below everything. */
    private static final Pattern NOT_OF_PROGRAM = Pattern.compile(
            "(java|jdk)\\.\\w+[@/]|(app//)?(org\\.junit|dev\\.sallyport\\.testkit\\.(ThreadDump|Awaiting))\\.|-");

    /** One thread: its stack has the innermost frame first. */
    public record Entry(long id, String name, boolean virtual, List<String> stack) {
        public Entry {
            stack = List.copyOf(stack);
        }
    }

    private final List<Entry> entries;

    private ThreadDump(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** {@return the threads that are alive now} */
    public static ThreadDump take() {
        return new ThreadDump(HAS_VIRTUAL_THREADS ? everyThread() : platformThreads());
    }

    /** {@return all threads of the dump} */
    public List<Entry> entries() {
        return entries;
    }

    /** {@return the names of all threads} */
    public List<String> names() {
        return names(entry -> true);
    }

    /** {@return the names of the virtual threads; none before JDK 21} */
    public List<String> virtualNames() {
        return names(Entry::virtual);
    }

    /** {@return the names of the platform threads} */
    public List<String> platformNames() {
        return names(entry -> !entry.virtual());
    }

    /**
     * The dump as text, for messages: the threads that run something of the program come first, each with the frame it
     * is in and those of the program that led there.
     *
     * @param lines how many at most
     */
    public String excerpt(int lines) {
        List<String> text = new ArrayList<>();
        for (boolean ofProgram : new boolean[] {true, false}) {
            for (Entry entry : entries) {
                List<String> frames =
                        entry.stack().stream().filter(ThreadDump::isOfProgram).toList();
                if (frames.isEmpty() == ofProgram) {
                    continue;
                }
                text.add("  \"" + entry.name() + (entry.virtual() ? "\" (virtual)" : "\""));
                if (ofProgram && !frames.get(0).equals(entry.stack().get(0))) {
                    text.add("      " + entry.stack().get(0));
                }
                frames.stream().limit(EXCERPT_FRAMES).forEach(frame -> text.add("      " + frame));
            }
        }
        return text.stream().limit(lines).collect(Collectors.joining("\n"));
    }

    private List<String> names(Predicate<Entry> wanted) {
        return entries.stream().filter(wanted).map(Entry::name).toList();
    }

    private static boolean isOfProgram(String frame) {
        return !NOT_OF_PROGRAM.matcher(frame).lookingAt();
    }

    private static List<Entry> platformThreads() {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<Thread, StackTraceElement[]> each :
                Thread.getAllStackTraces().entrySet()) {
            List<String> stack = new ArrayList<>();
            for (StackTraceElement frame : each.getValue()) {
                stack.add(frame.toString());
            }
            entries.add(new Entry(each.getKey().getId(), each.getKey().getName(), false, stack));
        }
        return entries;
    }

    /** Thread.getAllStackTraces leaves out virtual threads; only the JVM's own dump has them. */
    private static List<Entry> everyThread() {
        Path file = TestFiles.fresh("threads.txt");
        dumpTo(file);
        try {
            List<Entry> entries = parse(Files.readAllLines(file));
            Files.delete(file);
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException("read the thread dump " + file, e);
        }
    }

    private static List<Entry> parse(List<String> lines) {
        List<Entry> entries = new ArrayList<>();
        int at = 0;
        while (at < lines.size()) {
            Matcher heading = HEADING.matcher(lines.get(at++));
            if (!heading.matches()) {
                continue;
            }
            List<String> stack = new ArrayList<>();
            while (at < lines.size() && lines.get(at).startsWith("    ")) {
                stack.add(lines.get(at++).strip().replaceFirst("^at ", ""));
            }
            boolean virtual = heading.group(3) != null;
            entries.add(new Entry(Long.parseLong(heading.group(1)), heading.group(2), virtual, stack));
        }
        return entries;
    }

    /** HotSpotDiagnosticMXBean.dumpThreads is newer than the Java this is compiled for, hence the reflection. */
    private static void dumpTo(Path file) {
        try {
            Class<? extends PlatformManagedObject> type =
                    Class.forName("com.sun.management.HotSpotDiagnosticMXBean").asSubclass(PlatformManagedObject.class);
            Class<?> format = Class.forName(type.getName() + "$ThreadDumpFormat");
            Object bean = ManagementFactory.getPlatformMXBean(type);
            Object plain = format.getField("TEXT_PLAIN").get(null);
            type.getMethod("dumpThreads", String.class, format).invoke(bean, file.toString(), plain);
        } catch (ClassNotFoundException | NoSuchMethodException | NoSuchFieldException | IllegalAccessException e) {
            throw new IllegalStateException("this JVM cannot dump its threads", e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("dump threads to " + file, e.getCause());
        }
    }
}
