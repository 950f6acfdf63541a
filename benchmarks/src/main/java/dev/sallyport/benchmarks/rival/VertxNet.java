package dev.sallyport.benchmarks.rival;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Path;

/** A {@code NetServer} of Vert.x as it comes: NIO and the JDK's TLS. */
public final class VertxNet implements Rival {
    @Override
    public int start(Path chain, Path key, Work work) {
        NetServer server = Vertx.vertx()
                .createNetServer(new NetServerOptions()
                        .setAcceptBacklog(BACKLOG)
                        .setTcpNoDelay(true)
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(chain.toString())
                                .setKeyPath(key.toString())));
        server.connectHandler(socket -> serve(socket, work));
        return server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    private static void serve(NetSocket socket, Work work) {
        if (work == Work.DISCARD) {
            socket.handler(bytes -> {});
        } else {
            var unused = socket.pipeTo(socket);
        }
    }
}
