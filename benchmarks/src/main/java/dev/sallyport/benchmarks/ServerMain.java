package dev.sallyport.benchmarks;

import dev.sallyport.benchmarks.rival.JsseBlocking;
import dev.sallyport.benchmarks.rival.NettyJdk;
import dev.sallyport.benchmarks.rival.NettyNative;
import dev.sallyport.benchmarks.rival.Rival;
import dev.sallyport.benchmarks.rival.SallyportAsync;
import dev.sallyport.benchmarks.rival.SallyportBlocking;
import dev.sallyport.benchmarks.rival.SallyportFlow;
import dev.sallyport.benchmarks.rival.SallyportRaw;
import dev.sallyport.benchmarks.rival.VertxNet;
import dev.sallyport.benchmarks.rival.Work;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Starts one of the servers, says {@code ready PORT}, and ends with its standard input. To each line it collects garbage and
 * answers with the bytes of the heap that are alive; to the line {@code settle} it also gives free native memory back to
 * the system before.
 */
public final class ServerMain {
    private ServerMain() {}

    /** {@code args}: the rival's name, the chain, the key, the work. */
    public static void main(String[] args) throws Exception {
        Rival rival = rival(args[0]);
        int port = rival.start(Path.of(args[1]), Path.of(args[2]), Work.valueOf(args[3].toUpperCase(Locale.ROOT)));
        System.out.println("ready " + port);
        answerUntilTheEnd();
        Runtime.getRuntime().halt(0);
    }

    private static Rival rival(String name) {
        return switch (name) {
            case "raw" -> new SallyportRaw();
            case "async" -> new SallyportAsync();
            case "flow" -> new SallyportFlow();
            case "blocking" -> new SallyportBlocking();
            case "netty" -> new NettyNative();
            case "netty-jdk" -> new NettyJdk();
            case "jsse" -> new JsseBlocking();
            case "vertx" -> new VertxNet();
            default -> throw new IllegalArgumentException("no rival is called " + name);
        };
    }

    private static void answerUntilTheEnd() throws Exception {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String question; (question = questions.readLine()) != null; ) {
            System.gc();
            System.gc(); // what the first one queued for cleaning is gone now
            if (question.equals("settle")) {
                trim();
            }
            System.out.println(live());
        }
    }

    /** After the collection: what is in use now counts the buffers in which threads allocate as full, megabytes each. */
    private static long live() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum();
    }

    /** What jcmd calls {@code System.trim_native_heap}. */
    private static void trim() throws JMException {
        ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
        ManagementFactory.getPlatformMBeanServer()
                .invoke(commands, "systemTrimNativeHeap", new Object[0], new String[0]);
    }
}
