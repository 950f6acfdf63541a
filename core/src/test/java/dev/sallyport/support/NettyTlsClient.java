package dev.sallyport.support;

import dev.sallyport.testkit.TestPki;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/** BoringSSL as a client: the only one at hand with post-quantum groups. */
public final class NettyTlsClient {
    private NettyTlsClient() {}

    /** Does a handshake in which these groups are offered, the most wanted first, and hangs up. */
    public static void handshake(InetSocketAddress server, String... groups) throws IOException {
        SslContext context = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .trustManager(TestPki.ca().certificate())
                .option(OpenSslContextOption.GROUPS, groups)
                .build();
        SSLEngine engine = context.newEngine(ByteBufAllocator.DEFAULT, "localhost", server.getPort());
        try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            socket.setSoTimeout(10_000);
            handshake(engine, socket);
        } finally {
            ReferenceCountUtil.release(engine);
            ReferenceCountUtil.release(context);
        }
    }

    private static void handshake(SSLEngine engine, Socket socket) throws IOException {
        int size = engine.getSession().getPacketBufferSize();
        ByteBuffer in = ByteBuffer.allocate(size).limit(0);
        ByteBuffer out = ByteBuffer.allocate(size);
        ByteBuffer plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        engine.beginHandshake();
        for (HandshakeStatus status = engine.getHandshakeStatus();
                status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED;
                status = engine.getHandshakeStatus()) {
            switch (status) {
                case NEED_WRAP -> {
                    engine.wrap(ByteBuffer.allocate(0), out.clear());
                    socket.getOutputStream().write(out.array(), 0, out.position());
                }
                case NEED_TASK -> engine.getDelegatedTask().run();
                default -> {
                    SSLEngineResult result = engine.unwrap(in, plain.clear());
                    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW || result.bytesConsumed() == 0) {
                        receive(socket, in);
                    }
                }
            }
        }
    }

    private static void receive(Socket socket, ByteBuffer in) throws IOException {
        in.compact();
        int count = socket.getInputStream().read(in.array(), in.arrayOffset() + in.position(), in.remaining());
        if (count < 0) {
            throw new EOFException("the server hung up in the handshake");
        }
        in.position(in.position() + count).flip();
    }
}
