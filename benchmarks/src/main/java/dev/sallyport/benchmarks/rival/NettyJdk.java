package dev.sallyport.benchmarks.rival;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/** Netty without native code: NIO and the JDK's {@code SSLEngine}. */
public final class NettyJdk extends NettyRival {
    @Override
    IoHandlerFactory handlers() {
        return NioIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> channel() {
        return NioServerSocketChannel.class;
    }

    @Override
    SslContext context(Path chain, Path key) throws SSLException {
        return SslContextBuilder.forServer(chain.toFile(), key.toFile())
                .sslProvider(SslProvider.JDK)
                .build();
    }
}
