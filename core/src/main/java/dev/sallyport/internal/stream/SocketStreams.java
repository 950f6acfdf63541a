package dev.sallyport.internal.stream;

import dev.sallyport.internal.connection.Connection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The two blocking streams of a connection; closing either closes the connection, as in {@code java.net}. */
public final class SocketStreams {
    private SocketStreams() {}

    /** Reads; unbuffered. */
    public static final class Input extends InputStream {
        private final Connection connection;
        private final SocketReader reader;

        /** Reads by {@code reader}, which is the connection's. */
        public Input(Connection connection, SocketReader reader) {
            this.connection = connection;
            this.reader = reader;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(bytes, "bytes").length);
            return length == 0 ? 0 : reader.readBlocking(ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        public int available() {
            return connection.available();
        }

        @Override
        public long transferTo(OutputStream out) throws IOException {
            Objects.requireNonNull(out, "out");
            byte[] buffer = new byte[16 * 1024];
            long total = 0;
            for (int count = read(buffer, 0, buffer.length); count >= 0; count = read(buffer, 0, buffer.length)) {
                out.write(buffer, 0, count);
                total += count;
            }
            return total;
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    /** Writes; unbuffered: every call is at least one TLS record. */
    public static final class Output extends OutputStream {
        private final Connection connection;
        private final SocketWriter writer;

        /** Writes by {@code writer}, which is the connection's. */
        public Output(Connection connection, SocketWriter writer) {
            this.connection = connection;
            this.writer = writer;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(bytes, "bytes").length);
            writer.writeBlocking(ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        public void flush() throws IOException {
            writer.flushBlocking();
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
