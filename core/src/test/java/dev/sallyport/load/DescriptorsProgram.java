package dev.sallyport.load;

import dev.sallyport.Limit;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.Transport;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A server that sends back what it gets, and obeys: {@code h} has it take every file descriptor that there is, {@code g} has
 * it give them back, {@code s} has it say how often they had run out. Ends when it is killed.
 */
public final class DescriptorsProgram {
    private static final Deque<FileInputStream> HOGS = new ArrayDeque<>();

    private static volatile boolean taking;

    private DescriptorsProgram() {}

    /** Arguments: transport. */
    public static void main(String[] args) throws Exception {
        System.getLogger("dev.sallyport").log(System.Logger.Level.INFO, "the logger's own classes are loaded now");
        loadClasses();
        ServerObserver observer = new ServerObserver() {
            @Override
            public void limitReached(Limit limit) {
                System.out.println("limit " + limit);
            }
        };
        SecureServerSocket server = SecureServerSocket.open(
                "127.0.0.1",
                0,
                SecurityContext.selfSigned("localhost"),
                options -> options.transport(Transport.valueOf(args[0])).observer(observer));
        server.serve(socket -> {
            for (int order = socket.inputStream().read();
                    order >= 0;
                    order = socket.inputStream().read()) {
                obey(order, server);
                socket.outputStream().write(order);
            }
        });
        System.out.println(server.port());
    }

    /** Classes in a folder take a descriptor each time one is loaded; those of users are in files that are open already. */
    private static void loadClasses() throws IOException, URISyntaxException, ClassNotFoundException {
        Path folder = Path.of(SecureServerSocket.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(file -> file.toString().endsWith(".class")).toList();
        }
        for (Path file : files) {
            String name = folder.relativize(file).toString().replace('/', '.').replace(".class", "");
            if (!name.equals("module-info")) {
                Class.forName(name, false, DescriptorsProgram.class.getClassLoader());
            }
        }
    }

    private static synchronized void obey(int order, SecureServerSocket server) throws IOException {
        switch (order) {
            case 'h' -> {
                taking = true;
                takeAll();
                Thread greedy = new Thread(DescriptorsProgram::goOnTaking, "greedy");
                greedy.setDaemon(true);
                greedy.start();
            }
            case 'g' -> {
                taking = false;
                while (!HOGS.isEmpty()) {
                    HOGS.remove().close();
                }
            }
            case 's' ->
                System.out.println(
                        "reached " + server.statistics().limitsReached().get(Limit.DESCRIPTORS));
            default -> {}
        }
    }

    /** Something else in this JVM may have held one at that moment, and let it go since. */
    private static void goOnTaking() {
        while (taking) {
            synchronized (DescriptorsProgram.class) {
                if (taking) {
                    takeAll();
                }
            }
            LockSupport.parkNanos(1_000_000); // much less than the server waits before it tries again
        }
    }

    private static void takeAll() {
        try {
            for (; ; ) {
                HOGS.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException none) {
            return;
        }
    }
}
