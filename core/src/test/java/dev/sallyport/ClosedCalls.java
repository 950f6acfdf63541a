package dev.sallyport;

import static dev.sallyport.Meeting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** What each public method of what can be closed does afterwards; the rule is in docs/contract.md. */
final class ClosedCalls {
    private static final Flow.Publisher<ByteBuffer> NOTHING = subscriber -> {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
        });
        subscriber.onComplete();
    };

    private ClosedCalls() {}

    static CallTable<SecureServerSocket> server() {
        return new CallTable<SecureServerSocket>(SecureServerSocket.class)
                .fails("accept()", SecureServerSocket::accept)
                .fails("accept(Duration)", server -> server.accept(Duration.ofSeconds(1)))
                .fails("acceptAsync()", "accept", SecureServerSocket::acceptAsync)
                .fails("connections()", SecureServerSocket::connections)
                .fails("serve(ConnectionHandler)", server -> server.serve(socket -> {}))
                .refuses("replaceContext(SecurityContext)", server -> {
                    server.replaceContext(SecurityContext.selfSigned());
                    return null;
                })
                .answers("close()", ClosedCalls::close)
                .answers("onClosed()", SecureServerSocket::onClosed)
                .answers("shutdown(Duration)", server -> server.shutdown(Duration.ofHours(1)))
                .answers("onDraining()", SecureServerSocket::onDraining)
                .answers("isOpen()", server -> assertThat(server.isOpen()).isFalse())
                .answers("port()", server -> assertThat(server.port()).isPositive())
                .answers("address()", SecureServerSocket::address)
                .answers("localAddress()", SecureServerSocket::localAddress)
                .answers("options()", SecureServerSocket::options)
                .answers("transport()", SecureServerSocket::transport)
                .answers("provider()", SecureServerSocket::provider)
                .answers("context()", SecureServerSocket::context)
                .answers("statistics()", SecureServerSocket::statistics)
                .answers("toString()", server -> assertThat(server.toString()).contains("closed"));
    }

    static CallTable<RawSecureServerSocket> rawServer() {
        return new CallTable<RawSecureServerSocket>(RawSecureServerSocket.class)
                .fails("accept()", RawSecureServerSocket::accept)
                .answers("whenAcceptable(Runnable)", server -> ran(server::whenAcceptable))
                .refuses("listen(RawConnectionHandler)", server -> {
                    server.listen(RawSecureSocket::close);
                    return null;
                })
                .answers("pause()", server -> {
                    server.pause();
                    return null;
                })
                .refuses("resume()", server -> {
                    server.resume();
                    return null;
                })
                .refuses("replaceContext(SecurityContext)", server -> {
                    server.replaceContext(SecurityContext.selfSigned());
                    return null;
                })
                .answers("close()", ClosedCalls::close)
                .answers("onClosed()", RawSecureServerSocket::onClosed)
                .answers("shutdown(Duration)", server -> server.shutdown(Duration.ofHours(1)))
                .answers("onDraining()", RawSecureServerSocket::onDraining)
                .answers("isOpen()", server -> assertThat(server.isOpen()).isFalse())
                .answers("port()", server -> assertThat(server.port()).isPositive())
                .answers("address()", RawSecureServerSocket::address)
                .answers("localAddress()", RawSecureServerSocket::localAddress)
                .answers("options()", RawSecureServerSocket::options)
                .answers("transport()", RawSecureServerSocket::transport)
                .answers("provider()", RawSecureServerSocket::provider)
                .answers("context()", RawSecureServerSocket::context)
                .answers("statistics()", RawSecureServerSocket::statistics)
                .answers("toString()", server -> assertThat(server.toString()).contains("closed"));
    }

    /** It holds nothing, and so it has no end of its own: whatever becomes of the servers, it answers. */
    static CallTable<SecurityContext> context() {
        return new CallTable<SecurityContext>(SecurityContext.class)
                .answers("toBuilder()", context -> context.toBuilder().build())
                .answers("reload()", SecurityContext::reload)
                .answers("certificates()", SecurityContext::certificates)
                .answers("toString()", SecurityContext::toString);
    }

    static CallTable<SecureSocket> socket() {
        return new CallTable<SecureSocket>(SecureSocket.class)
                .answers("inputStream()", SecureSocket::inputStream)
                .answers("outputStream()", SecureSocket::outputStream)
                .answers("readTimeout()", SecureSocket::readTimeout)
                .fails("setReadTimeout(Duration)", socket -> {
                    socket.setReadTimeout(Duration.ofSeconds(1));
                    return null;
                })
                .answers("writeTimeout()", SecureSocket::writeTimeout)
                .fails("setWriteTimeout(Duration)", socket -> {
                    socket.setWriteTimeout(Duration.ofSeconds(1));
                    return null;
                })
                .fails("readAsync(ByteBuffer)", "read", socket -> socket.readAsync(ByteBuffer.allocate(1)))
                .fails("writeAsync(ByteBuffer)", "write", socket -> socket.writeAsync(ByteBuffer.allocate(0)))
                .fails("incoming()", "read", SecureSocket::incoming)
                .fails("writeAll(Publisher)", "write", socket -> socket.writeAll(NOTHING))
                .fails(
                        "setOption(SocketOption, Object)",
                        socket -> socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true))
                .fails("getOption(SocketOption)", socket -> socket.getOption(StandardSocketOptions.SO_KEEPALIVE))
                .answers("handshake()", SecureSocket::handshake)
                .answers("peerCertificate()", SecureSocket::peerCertificate)
                .answers("peerCertificateChain()", SecureSocket::peerCertificateChain)
                .answers("selectedProtocol()", SecureSocket::selectedProtocol)
                .answers("serverName()", SecureSocket::serverName)
                .answers("resumed()", SecureSocket::resumed)
                .answers("session()", SecureSocket::session)
                .answers(
                        "exportKeyingMaterial(String, byte[], int)",
                        socket -> exportOf(() -> socket.exportKeyingMaterial("EXPERIMENTAL x", null, 8)))
                .answers("localAddress()", SecureSocket::localAddress)
                .answers("remoteAddress()", SecureSocket::remoteAddress)
                .answers("isOpen()", socket -> assertThat(socket.isOpen()).isFalse())
                .answers("onDraining()", ClosedCalls::notWaitedFor)
                .answers("shutdownOutput()", socket -> {
                    socket.shutdownOutput();
                    return null;
                })
                .answers("close()", ClosedCalls::close)
                .answers("abort()", socket -> {
                    socket.close(); // which is what makes aborting later do nothing more
                    return null;
                })
                .answers("onClosed()", ClosedCalls::notWaitedFor)
                .answers("toString()", socket -> assertThat(socket.toString()).contains("closed"));
    }

    static CallTable<RawSecureSocket> rawSocket() {
        return new CallTable<RawSecureSocket>(RawSecureSocket.class)
                .fails("read(ByteBuffer)", socket -> socket.read(ByteBuffer.allocate(1)))
                .fails("write(ByteBuffer)", socket -> socket.write(ByteBuffer.allocate(0)))
                .answers("available()", socket -> assertThat(socket.available()).isZero())
                .answers("flushed()", RawSecureSocket::flushed)
                .answers("whenReadable(Runnable)", socket -> ran(socket::whenReadable))
                .answers("whenWritable(Runnable)", socket -> ran(socket::whenWritable))
                .answers("whenFlushed(Runnable)", socket -> ran(socket::whenFlushed))
                .answers("listen(RawSocketHandler)", socket -> {
                    CompletableFuture<RawSocketEvent> told = new CompletableFuture<>();
                    socket.listen((one, event) -> told.complete(event));
                    return told;
                })
                .answers("pause()", socket -> {
                    socket.pause();
                    return null;
                })
                .answers("resume()", socket -> {
                    socket.resume();
                    return null;
                })
                .answers("readEventsEnabled()", RawSecureSocket::readEventsEnabled)
                .answers("readEventsEnabled(boolean)", socket -> {
                    socket.readEventsEnabled(true);
                    return null;
                })
                .answers("writeEventsEnabled()", RawSecureSocket::writeEventsEnabled)
                .answers("writeEventsEnabled(boolean)", socket -> {
                    socket.writeEventsEnabled(true);
                    return null;
                })
                .answers("executor()", RawSecureSocket::executor)
                .answers("shutdown(SocketDirection)", socket -> {
                    socket.shutdown(SocketDirection.SEND);
                    return null;
                })
                .answers("close()", ClosedCalls::close)
                .answers("abort()", socket -> {
                    socket.close();
                    return null;
                })
                .answers("isOpen()", socket -> assertThat(socket.isOpen()).isFalse())
                .answers("onClosed()", ClosedCalls::notWaitedFor)
                .answers("onDraining()", ClosedCalls::notWaitedFor)
                .answers("handshake()", RawSecureSocket::handshake)
                .answers("peerCertificate()", RawSecureSocket::peerCertificate)
                .answers("peerCertificateChain()", RawSecureSocket::peerCertificateChain)
                .answers("selectedProtocol()", RawSecureSocket::selectedProtocol)
                .answers("serverName()", RawSecureSocket::serverName)
                .answers("resumed()", RawSecureSocket::resumed)
                .answers("session()", RawSecureSocket::session)
                .answers(
                        "exportKeyingMaterial(String, byte[], int)",
                        socket -> exportOf(() -> socket.exportKeyingMaterial("EXPERIMENTAL x", null, 8)))
                .answers("localAddress()", RawSecureSocket::localAddress)
                .answers("remoteAddress()", RawSecureSocket::remoteAddress)
                .answers("writeTimeout()", RawSecureSocket::writeTimeout)
                .fails("setWriteTimeout(Duration)", socket -> {
                    socket.setWriteTimeout(Duration.ofSeconds(1));
                    return null;
                })
                .fails(
                        "setOption(SocketOption, Object)",
                        socket -> socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true))
                .fails("getOption(SocketOption)", socket -> socket.getOption(StandardSocketOptions.SO_KEEPALIVE))
                .answers("toString()", socket -> assertThat(socket.toString()).contains("closed"));
    }

    static CallTable<InputStream> input() {
        return new CallTable<InputStream>(InputStream.class)
                .fails("read()", InputStream::read)
                .fails("read(byte[])", in -> in.read(new byte[1]))
                .fails("read(byte[], int, int)", in -> in.read(new byte[2], 1, 1))
                .fails("readNBytes(int)", "read", in -> in.readNBytes(1))
                .fails("readNBytes(byte[], int, int)", "read", in -> in.readNBytes(new byte[1], 0, 1))
                .fails("readAllBytes()", "read", InputStream::readAllBytes)
                .fails("skip(long)", "read", in -> in.skip(1))
                .fails("skipNBytes(long)", "read", in -> {
                    in.skipNBytes(1);
                    return null;
                })
                .fails("transferTo(OutputStream)", "read", in -> in.transferTo(new ByteArrayOutputStream()))
                .answers("available()", in -> assertThat(in.available()).isZero())
                .answers("markSupported()", in -> assertThat(in.markSupported()).isFalse())
                .answers("mark(int)", in -> {
                    in.mark(1);
                    return null;
                })
                .answers("reset()", in -> catchThrowable(in::reset)) // never worked
                .answers("close()", in -> {
                    in.close();
                    return null;
                });
    }

    static CallTable<OutputStream> output() {
        return new CallTable<OutputStream>(OutputStream.class)
                .fails("write(int)", out -> {
                    out.write(1);
                    return null;
                })
                .fails("write(byte[])", out -> {
                    out.write(new byte[0]);
                    return null;
                })
                .fails("write(byte[], int, int)", out -> {
                    out.write(new byte[2], 1, 1);
                    return null;
                })
                .answers("flush()", out -> {
                    out.flush(); // a question about what was written before
                    return null;
                })
                .answers("close()", out -> {
                    out.close();
                    return null;
                });
    }

    private static @Nullable Object close(AutoCloseable closed) throws Exception {
        closed.close();
        return null;
    }

    private static Object notWaitedFor(Object socket) {
        return socket;
    }

    static Object ran(Consumer<Runnable> when) throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        when.accept(ran::countDown);
        assertThat(ran.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return ran;
    }

    /** As when it is open: the context does not allow it. */
    private static Object exportOf(ThrowingCallable export) {
        assertThatIllegalStateException().isThrownBy(export).withMessageContaining("keyingMaterialExport");
        return export;
    }
}
