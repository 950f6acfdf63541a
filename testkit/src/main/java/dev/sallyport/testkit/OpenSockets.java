package dev.sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The sockets of this process, by the name that the kernel gives them ({@code socket:[12345]}), which is never used
 * again for another one. Linux only: elsewhere there are none to be seen.
 */
final class OpenSockets {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final boolean VISIBLE = Files.isDirectory(DESCRIPTORS);
    private static final List<String> STATES = List.of(
            "?",
            "ESTABLISHED",
            "SYN_SENT",
            "SYN_RECV",
            "FIN_WAIT1",
            "FIN_WAIT2",
            "TIME_WAIT",
            "CLOSE",
            "CLOSE_WAIT",
            "LAST_ACK",
            "LISTEN",
            "CLOSING");

    private OpenSockets() {}

    /** Makes the JDK open what it then keeps for the life of the process: each kind of socket has a spare descriptor. */
    static void warmUp() {
        if (!VISIBLE) {
            return;
        }
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
                SocketChannel channel = SocketChannel.open()) {
            channel.configureBlocking(false);
            socket.setTcpNoDelay(true);
        } catch (IOException e) {
            throw new UncheckedIOException("open a socket on the loopback interface", e);
        }
    }

    static Set<String> names() {
        Set<String> names = new TreeSet<>();
        if (!VISIBLE) {
            return names;
        }
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                String target = target(descriptor);
                if (target.startsWith("socket:[")) {
                    names.add(target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("list " + DESCRIPTORS, e);
        }
        return names;
    }

    /** {@return the names with addresses and states, as far as the kernel tells} */
    static List<String> described(Set<String> names) {
        Map<String, String> known = new HashMap<>();
        for (String table : List.of("tcp", "tcp6")) {
            readTable(Path.of("/proc/self/net", table), known);
        }
        return names.stream()
                .map(name -> known.containsKey(name) ? name + " " + known.get(name) : name)
                .toList();
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            // Closed since the folder was listed, as is the descriptor that lists it.
            return "";
        }
    }

    /** A line is: number, local address, remote address, state, six columns of no interest here, inode. */
    private static void readTable(Path table, Map<String, String> into) {
        try {
            for (String line : Files.readAllLines(table)) {
                String[] columns = line.strip().split("\\s+", -1);
                if (columns.length > 9 && columns[0].endsWith(":")) {
                    int state = Integer.parseInt(columns[3], 16);
                    String name = state < STATES.size() ? STATES.get(state) : columns[3];
                    into.put(
                            "socket:[" + columns[9] + "]",
                            "port " + port(columns[1]) + " to port " + port(columns[2]) + " " + name);
                }
            }
        } catch (IOException e) {
            into.put("", "cannot read " + table + ": " + e);
        }
    }

    private static int port(String address) {
        return HexFormat.fromHexDigits(address, address.indexOf(':') + 1, address.length());
    }
}
