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
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Starts one of the servers, says {@code ready PORT}, and ends with its standard input. To the line {@code memory} it
 * answers with the bytes of the heap that are alive.
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

    private static void answerUntilTheEnd() throws IOException {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (questions.readLine() != null) {
            System.gc();
            System.gc(); // what the first one queued for cleaning is gone now
            System.out.println(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
    }
}
