package dev.sallyport.internal.wire;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the system knows of the bytes of a connection that nobody has read yet, or that have left us and not arrived.
 *
 * @param bytesAcknowledged how many bytes the peer's system has confirmed since the connection was made
 * @param nanosSinceAcknowledged since when it has confirmed nothing, whether there was something new to confirm or not
 * @param nanosSinceReceived since when nothing has come from it
 */
public record TcpMovement(long bytesAcknowledged, long nanosSinceAcknowledged, long nanosSinceReceived) {
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11; // linux/tcp.h, as are the offsets in struct tcp_info
    private static final int LAST_DATA_RECEIVED_MILLIS = 52;
    private static final int LAST_ACK_RECEIVED_MILLIS = 56;
    private static final int BYTES_ACKED = 120; // Linux 4.1; an older one leaves zeros
    private static final int LENGTH = 128;

    /** {@return what Linux says of a TCP socket, or null when it says nothing} */
    static @Nullable TcpMovement ofLinux(UnixSocket socket) {
        ByteBuffer info = ByteBuffer.allocate(LENGTH).order(ByteOrder.nativeOrder());
        try {
            socket.getRawOpt(IPPROTO_TCP, TCP_INFO, info);
        } catch (IOException refused) {
            Loop.LOG.log(Level.DEBUG, "TCP_INFO is refused", refused);
            return null;
        }
        return new TcpMovement(
                info.getLong(BYTES_ACKED),
                nanos(info.getInt(LAST_ACK_RECEIVED_MILLIS)),
                nanos(info.getInt(LAST_DATA_RECEIVED_MILLIS)));
    }

    private static long nanos(int millis) {
        return TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(millis));
    }
}
