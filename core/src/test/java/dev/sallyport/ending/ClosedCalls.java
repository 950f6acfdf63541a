package dev.sallyport.ending;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketEvent;
import dev.sallyport.SecureConnection;
import dev.sallyport.SecureServer;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.SocketDirection;
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
public final class ClosedCalls {
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

    public static CallTable<SecureServerSocket> server() {
        return anyServer(SecureServerSocket.class)
                .fails("accept()", SecureServerSocket::accept)
                .fails("accept(Duration)", server -> server.accept(Duration.ofSeconds(1)))
                .fails("acceptAsync()", "accept", SecureServerSocket::acceptAsync)
                .fails("connections()", SecureServerSocket::connections)
                .fails("serve(ConnectionHandler)", server -> server.serve(socket -> {}));
    }

    public static CallTable<RawSecureServerSocket> rawServer() {
        return anyServer(RawSecureServerSocket.class)
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
                });
    }

    private static <S extends SecureServer> CallTable<S> anyServer(Class<S> type) {
        return new CallTable<S>(type)
                .refuses("replaceContext(SecurityContext)", server -> {
                    server.replaceContext(SecurityContext.selfSigned());
                    return null;
                })
                .answers("close()", ClosedCalls::close)
                .answers("onClosed()", SecureServer::onClosed)
                .answers("shutdown(Duration)", server -> server.shutdown(Duration.ofHours(1)))
                .answers("onDraining()", SecureServer::onDraining)
                .answers("isOpen()", server -> assertThat(server.isOpen()).isFalse())
                .answers("port()", server -> assertThat(server.port()).isPositive())
                .answers("address()", SecureServer::address)
                .answers("localAddress()", SecureServer::localAddress)
                .answers("options()", SecureServer::options)
                .answers("transport()", SecureServer::transport)
                .answers("provider()", SecureServer::provider)
                .answers("context()", SecureServer::context)
                .answers("statistics()", SecureServer::statistics)
                .answers("toString()", server -> assertThat(server.toString()).contains("closed"));
    }

    /** It holds nothing, and so it has no end of its own: whatever becomes of the servers, it answers. */
    public static CallTable<SecurityContext> context() {
        return new CallTable<SecurityContext>(SecurityContext.class)
                .answers("toBuilder()", context -> context.toBuilder().build())
                .answers("reload()", SecurityContext::reload)
                .answers("certificates()", SecurityContext::certificates)
                .answers("toString()", SecurityContext::toString);
    }

    public static CallTable<SecureSocket> socket() {
        return anyConnection(SecureSocket.class)
                .answers("inputStream()", SecureSocket::inputStream)
                .answers("outputStream()", SecureSocket::outputStream)
                .answers("readTimeout()", SecureSocket::readTimeout)
                .fails("setReadTimeout(Duration)", socket -> {
                    socket.setReadTimeout(Duration.ofSeconds(1));
                    return null;
                })
                .fails("readAsync(ByteBuffer)", "read", socket -> socket.readAsync(ByteBuffer.allocate(1)))
                .fails("writeAsync(ByteBuffer)", "write", socket -> socket.writeAsync(ByteBuffer.allocate(0)))
                .fails("incoming()", "read", SecureSocket::incoming)
                .fails("writeAll(Publisher)", "write", socket -> socket.writeAll(NOTHING));
    }

    public static CallTable<RawSecureSocket> rawSocket() {
        return anyConnection(RawSecureSocket.class)
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
                });
    }

    private static <S extends SecureConnection> CallTable<S> anyConnection(Class<S> type) {
        return new CallTable<S>(type)
                .answers("id()", socket -> assertThat(socket.id()).isPositive())
                .answers("handshake()", SecureConnection::handshake)
                .answers("peerCertificate()", SecureConnection::peerCertificate)
                .answers("peerCertificateChain()", SecureConnection::peerCertificateChain)
                .answers("selectedProtocol()", SecureConnection::selectedProtocol)
                .answers("serverName()", SecureConnection::serverName)
                .answers("resumed()", SecureConnection::resumed)
                .answers("session()", SecureConnection::session)
                .answers(
                        "exportKeyingMaterial(String, byte[], int)",
                        socket -> exportOf(() -> socket.exportKeyingMaterial("EXPERIMENTAL x", null, 8)))
                .answers("localAddress()", SecureConnection::localAddress)
                .answers("remoteAddress()", SecureConnection::remoteAddress)
                .answers("bytesReceived()", SecureConnection::bytesReceived)
                .answers("bytesSent()", SecureConnection::bytesSent)
                .answers("writeTimeout()", SecureConnection::writeTimeout)
                .fails("setWriteTimeout(Duration)", socket -> {
                    socket.setWriteTimeout(Duration.ofSeconds(1));
                    return null;
                })
                .fails(
                        "setOption(SocketOption, Object)",
                        socket -> socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true))
                .fails("getOption(SocketOption)", socket -> socket.getOption(StandardSocketOptions.SO_KEEPALIVE))
                .answers("queuedBytes()", SecureConnection::queuedBytes)
                .answers("hasRoom()", socket -> assertThat(socket.hasRoom()).isFalse())
                .answers("isOpen()", socket -> assertThat(socket.isOpen()).isFalse())
                .answers(
                        "inputEnded()",
                        socket -> assertThat(socket.inputEnded()).isTrue())
                .answers(
                        "outputEnded()",
                        socket -> assertThat(socket.outputEnded()).isTrue())
                .answers("onDraining()", ClosedCalls::notWaitedFor)
                .answers("shutdownOutput()", socket -> {
                    socket.shutdownOutput();
                    return null;
                })
                .answers("shutdownInput()", socket -> {
                    socket.shutdownInput();
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

    public static CallTable<InputStream> input() {
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

    public static CallTable<OutputStream> output() {
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

    public static Object ran(Consumer<Runnable> when) throws InterruptedException {
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
