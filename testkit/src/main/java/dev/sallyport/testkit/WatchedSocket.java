package dev.sallyport.testkit;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;

/**
 * A plain socket under the JDK's TLS socket that knows, and holds back, what the upper one does not tell or cannot do.
 *
 * <p>The JDK's TLS socket reads record by record and stops at a close_notify, and takes a FIN for the end just as well:
 * whether it read as far as the FIN is the only trace of a truncated stream.
 */
final class WatchedSocket extends Socket {
    private volatile boolean finRead;
    private volatile boolean finHeldBack;
    private volatile boolean handshaking = true;

    boolean finRead() {
        return finRead;
    }

    /** From now on the upper socket's end of output is its close_notify only. */
    void holdBackFin() {
        finHeldBack = true;
    }

    /**
     * Until this is called a failed write is forgotten: a server that refuses may close while the client is still
     * writing, and the alert that it sent before, which the client reads next, says more than a broken pipe.
     */
    void handshakeDone() {
        handshaking = false;
    }

    @Override
    public void shutdownOutput() throws IOException {
        if (!finHeldBack) {
            super.shutdownOutput();
        }
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                try {
                    out.write(bytes, offset, length);
                } catch (SocketException e) {
                    if (!handshaking) {
                        throw e;
                    }
                }
            }
        };
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                return noted(super.read());
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return noted(super.read(target, offset, length));
            }

            private int noted(int result) {
                if (result < 0) {
                    finRead = true;
                }
                return result;
            }
        };
    }
}
