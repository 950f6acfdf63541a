package dev.sallyport.benchmarks.rival;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.net.ssl.SSLException;

/** Netty written by hand: epoll, {@code SslHandler}, BoringSSL with ticket keys. */
public final class NettyNative extends NettyRival {
    @Override
    IoHandlerFactory handlers() {
        return EpollIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> channel() {
        return EpollServerSocketChannel.class;
    }

    @Override
    SslContext context(Path chain, Path key) throws SSLException {
        SslContext context = SslContextBuilder.forServer(chain.toFile(), key.toFile())
                .sslProvider(SslProvider.OPENSSL)
                .option(OpenSslContextOption.GROUPS, new String[] {"X25519MLKEM768", "x25519", "P-256", "P-384"})
                .build();
        byte[] random = new byte[48];
        new SecureRandom().nextBytes(random);
        byte[] name = Arrays.copyOfRange(random, 0, 16);
        byte[] mac = Arrays.copyOfRange(random, 16, 32);
        byte[] encryption = Arrays.copyOfRange(random, 32, 48);
        ((OpenSslServerContext) context)
                .sessionContext()
                .setTicketKeys(new OpenSslSessionTicketKey(name, mac, encryption));
        return context;
    }
}
