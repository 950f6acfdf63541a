package dev.sallyport.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;

/**
 * A load generator for key exchanges that the system's OpenSSL does not have: full handshakes with one small exchange, by
 * BoringSSL. It prints what the generator in C prints.
 *
 * <p>Unlike that one it is warmed up like a server; its own share of a processor is printed, to show that it keeps up.
 */
public final class HandshakeClient {
    private static final double MICROS_A_TICK = 1e6 / 100; // USER_HZ is 100 on every Linux that Java runs on

    private final Path serverStat;
    private final InetSocketAddress server;
    private final Bootstrap bootstrap;
    private final List<Long> latencies = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean measuring;
    private volatile boolean stopping;
    private final AtomicLong failures = new AtomicLong();
    private volatile String firstFailure = "";

    private HandshakeClient(int port, long serverProcess, String group) throws SSLException {
        serverStat = Path.of("/proc/" + serverProcess + "/stat");
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        SslContext context = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .protocols("TLSv1.3")
                .option(OpenSslContextOption.GROUPS, new String[] {group})
                .build();
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        bootstrap = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(context.newHandler(channel.alloc()), new Exchange());
                    }
                });
    }

    /** {@code args}: port, process of the server, group, connections, warm-up (processor seconds of the server), seconds. */
    public static void main(String[] args) throws IOException, InterruptedException {
        HandshakeClient client = new HandshakeClient(Integer.parseInt(args[0]), Long.parseLong(args[1]), args[2]);
        for (int i = 0; i < Integer.parseInt(args[3]); i++) {
            client.connect();
        }
        client.measure(Double.parseDouble(args[4]), Double.parseDouble(args[5]));
        Runtime.getRuntime().halt(0);
    }

    private void connect() {
        if (!stopping) {
            var unused = bootstrap.connect(server).addListener(connected -> {
                if (!connected.isSuccess()) {
                    failed(connected.cause());
                }
            });
        }
    }

    private void failed(Throwable failure) {
        failures.incrementAndGet();
        if (firstFailure.isEmpty()) {
            firstFailure = failure.toString();
        }
        connect();
    }

    private void measure(double warmSeconds, double seconds) throws IOException, InterruptedException {
        double enough = serverMicros() + warmSeconds * 1e6;
        long deadline = System.nanoTime() + (long) ((30 + 5 * warmSeconds) * 1e9);
        while (serverMicros() < enough && System.nanoTime() < deadline) {
            pause(0.1);
        }
        measuring = true;
        double before = serverMicros();
        double ownBefore = ownMicros();
        long began = System.nanoTime();
        pause(seconds);
        measuring = false;
        report((System.nanoTime() - began) / 1e9, serverMicros() - before, ownMicros() - ownBefore);
        stopping = true;
    }

    private static void pause(double seconds) throws InterruptedException {
        synchronized (HandshakeClient.class) {
            long until = System.nanoTime() + (long) (seconds * 1e9);
            for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
                HandshakeClient.class.wait(Math.max(1, left / 1_000_000));
            }
        }
    }

    /** utime + stime of all threads. */
    private double serverMicros() throws IOException {
        return micros(serverStat);
    }

    private static double ownMicros() throws IOException {
        return micros(Path.of("/proc/" + ManagementFactory.getRuntimeMXBean().getPid() + "/stat"));
    }

    private static double micros(Path stat) throws IOException {
        String text = Files.readString(stat);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_A_TICK;
    }

    private void report(double seconds, double serverMicros, double ownMicros) {
        List<Long> sorted;
        synchronized (latencies) {
            sorted = latencies.stream().sorted().toList();
        }
        System.out.printf(
                Locale.ROOT,
                "{\"operations\": %d, \"bytes\": 0, \"seconds\": %.3f, \"server_micros\": %.0f, \"generator_micros\": %.0f,"
                        + " \"p50\": %.1f, \"p99\": %.1f, \"slowest\": %.1f, \"resumed\": 0, \"failures\": %d,"
                        + " \"failure\": \"%s\"}%n",
                sorted.size(),
                seconds,
                serverMicros,
                ownMicros,
                percentile(sorted, 0.5),
                percentile(sorted, 0.99),
                percentile(sorted, 1),
                failures.get(),
                firstFailure.replace('"', '\''));
    }

    private static double percentile(List<Long> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.round(share * (sorted.size() - 1))) / 1e3;
    }

    private final class Exchange extends SimpleChannelInboundHandler<ByteBuf> {
        private static final int BYTES = 64;

        private final long began = System.nanoTime();
        private int received;

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
                var unused = context.writeAndFlush(context.alloc().buffer(BYTES).writeZero(BYTES));
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            received += bytes.readableBytes();
            if (received == BYTES) {
                if (measuring) {
                    latencies.add(System.nanoTime() - began);
                }
                var unused = context.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (received == BYTES) {
                connect();
            } else {
                failed(new IOException("the server ended the connection"));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            if (firstFailure.isEmpty()) {
                firstFailure = failure.toString();
            }
            var unused = context.close();
        }
    }
}
