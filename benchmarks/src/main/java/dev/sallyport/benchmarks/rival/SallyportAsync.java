package dev.sallyport.benchmarks.rival;

import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

/** This library by futures, on the event loops. */
public final class SallyportAsync implements Rival {
    /** Buffers of connections that have ended, as Netty's rival has its pool; few, so that idle connections have their own. */
    private static final Queue<ByteBuffer> FREE = new ArrayBlockingQueue<>(64);

    @Override
    public int start(Path chain, Path key, Work work) throws IOException {
        SecureServerSocket server = SecureServerSocket.open(
                "127.0.0.1",
                0,
                SecurityContext.fromPem(chain, key),
                options -> options.executor(Runnable::run).backlog(BACKLOG));
        accept(server, work);
        return server.port();
    }

    private static void accept(SecureServerSocket server, Work work) {
        server.acceptAsync().whenComplete((socket, closed) -> {
            if (closed == null) {
                accept(server, work);
                ByteBuffer free = FREE.poll();
                new Connection(socket, work, free == null ? ByteBuffer.allocateDirect(CHUNK_BYTES) : free).read();
            }
        });
    }

    private record Connection(SecureSocket socket, Work work, ByteBuffer chunk) {
        void read() {
            socket.readAsync(chunk.clear()).whenComplete((count, failure) -> {
                if (failure != null) {
                    release();
                    socket.abort();
                } else if (count < 0) {
                    release();
                    socket.close();
                } else if (work == Work.ECHO) {
                    write();
                } else {
                    read();
                }
            });
        }

        private void release() {
            FREE.offer(chunk); // the collector's, if there are enough
        }

        private void write() {
            socket.writeAsync(chunk.flip()).whenComplete((nothing, failure) -> {
                if (failure != null) {
                    release();
                    socket.abort();
                } else {
                    read();
                }
            });
        }
    }
}
