package dev.sallyport.internal.flight;

import dev.sallyport.internal.wire.Wire;
import java.net.SocketAddress;
import java.nio.file.Path;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The way to the events: as long as nothing was ever recorded in this process it does not touch their classes, the first of
 * which makes the JDK prepare its recorder, a tenth of a second at the first connection. Any thread.
 */
public final class Flight {
    private static final boolean RECORDER_THERE = isRecorderThere();

    private Flight() {}

    /** A run-time image may be without the module {@code jdk.jfr}. */
    private static boolean isRecorderThere() {
        try {
            Class.forName("jdk.jfr.FlightRecorder", false, null);
            return true;
        } catch (ClassNotFoundException missing) {
            return false;
        }
    }

    private static boolean mayBeRecorded() {
        return RECORDER_THERE && FlightRecorder.isInitialized();
    }

    /** A connection was taken from the kernel. */
    public static void accepted(SocketAddress local, SocketAddress remote) {
        if (mayBeRecorded()) {
            AcceptEvent.write(local, remote);
        }
    }

    /** {@return an event whose time runs from now, or null while nobody wants it} */
    public static @Nullable HandshakeEvent handshakeBegun() {
        return mayBeRecorded() ? HandshakeEvent.begun() : null;
    }

    /** An established connection has ended. */
    public static void closed(Wire wire, long received, long sent, @Nullable Throwable error) {
        if (mayBeRecorded()) {
            CloseEvent.write(wire.remoteAddress(), received, sent, error);
        }
    }

    /** A context is in use in place of another. */
    public static void contextReplaced(SocketAddress local) {
        if (mayBeRecorded()) {
            ContextEvent.replaced(local);
        }
    }

    /** A changed file of a context could not be used. */
    public static void contextRefused(SocketAddress local, Path file, Throwable error) {
        if (mayBeRecorded()) {
            ContextEvent.refused(local, file, error);
        }
    }
}
