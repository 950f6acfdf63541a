package dev.sallyport.benchmarks.rival;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/** What both servers on Netty have in common: one loop a processor, pooled buffers, one flush for what one read brought. */
abstract class NettyRival implements Rival {
    abstract IoHandlerFactory handlers();

    abstract Class<? extends ServerChannel> channel();

    abstract SslContext context(Path chain, Path key) throws SSLException;

    @Override
    public final int start(Path chain, Path key, Work work) throws Exception {
        SslContext context = context(chain, key);
        ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(Runtime.getRuntime().availableProcessors(), handlers());
        Application application = new Application(work);
        InetSocketAddress bound = (InetSocketAddress) new ServerBootstrap()
                .group(loops)
                .channel(channel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(context.newHandler(channel.alloc()), application);
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel()
                .localAddress();
        return bound.getPort();
    }

    @Sharable
    private static final class Application extends ChannelInboundHandlerAdapter {
        private final Work work;

        Application(Work work) {
            this.work = work;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (work == Work.ECHO) {
                context.write(message, context.voidPromise());
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            // A peer that takes nothing is not read from.
            context.channel().config().setAutoRead(context.channel().isWritable());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            context.close();
        }
    }
}
