package dev.sallyport.internal.wire;

import dev.sallyport.Transport;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Takes every descriptor its process may have, with a connection waiting to be accepted, and prints what happens; see
 * {@link OutOfDescriptorsTest}. Ends by itself when all is released.
 */
final class OutOfDescriptorsProgram {

    private static final int ROUNDS = 100;

    private OutOfDescriptorsProgram() {}

    public static void main(String[] arguments) {
        try {
            run(Transport.valueOf(arguments[0]));
        } catch (Throwable failure) { // a class that cannot be read without a descriptor, for one
            failure.printStackTrace();
            Runtime.getRuntime().halt(1); // the loops would keep the program up
        }
    }

    private static void run(Transport transport) throws IOException {
        ListenWire listening = Transports.open(transport, Numeric.LOOPBACK_ANY_PORT, Acceptor.PLAIN);
        loadClasses(transport, listening); // which takes descriptors too
        try (Socket waiting = connect(listening)) {
            Deque<FileInputStream> hogs = takeAllDescriptors();
            for (int i = 0; i < ROUNDS; i++) {
                refusedOf(listening);
            }
            String accepting = refusedOf(listening);
            String binding = bindingRefused(transport);
            giveBack(hogs, 8);
            System.out.println(accepting.replaceAll(":\\d+", ":PORT"));
            System.out.println(binding);
            Wire wire = listening.accept();
            System.out.println(
                    wire != null && wire.remoteAddress().equals(waiting.getLocalSocketAddress()) ? "accepted" : "lost");
            if (wire != null) {
                wire.release();
            }
            giveBack(hogs, hogs.size());
        }
        listening.release();
    }

    private static Socket connect(ListenWire listening) throws IOException {
        InetSocketAddress address = (InetSocketAddress) listening.localAddress();
        return new Socket(address.getAddress(), address.getPort());
    }

    private static void loadClasses(Transport transport, ListenWire listening) throws IOException {
        try (Socket first = connect(listening)) {
            Wire wire = listening.accept();
            if (wire == null) {
                throw new IOException("the first connection was not accepted");
            }
            wire.release();
            first.getInputStream().read(); // the end comes when the descriptor is free
        }
        IOException loaded = OsErrors.cannotAccept(listening.localAddress(), new IOException("x"), true);
        try {
            Transports.open(transport, listening.localAddress(), Acceptor.PLAIN);
        } catch (BindException expected) {
            expected.addSuppressed(loaded);
        }
    }

    private static Deque<FileInputStream> takeAllDescriptors() {
        Deque<FileInputStream> hogs = new ArrayDeque<>();
        try {
            for (; ; ) {
                hogs.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException none) {
            return hogs;
        }
    }

    private static void giveBack(Deque<FileInputStream> hogs, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            hogs.remove().close();
        }
    }

    private static String refusedOf(ListenWire listening) {
        try {
            return "not refused: " + listening.accept();
        } catch (OutOfDescriptorsException refused) {
            return "out of descriptors: " + refused.getMessage();
        } catch (IOException other) {
            return "refused otherwise: " + other;
        }
    }

    private static String bindingRefused(Transport transport) {
        try {
            Transports.open(transport, Numeric.LOOPBACK_ANY_PORT, Acceptor.PLAIN)
                    .release();
            return "not refused";
        } catch (BindException refused) {
            return "cannot bind: " + refused.getMessage();
        } catch (IOException other) {
            return "refused otherwise: " + other;
        }
    }
}
