package dev.sallyport.internal.tls;

import dev.sallyport.internal.hello.HelloRefusal;
import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import dev.sallyport.internal.tls.TlsDriver.Progress;
import dev.sallyport.testkit.ClientHelloBytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SSLException;

/** A driver under test and its client, connected by memory. What the connection does around a driver, this does. */
final class DriverPair implements AutoCloseable {
    /** What the handshake stage tells of a client that offers nothing. */
    static final ReceivedHello HELLO = hello(List.of());

    final TlsDriver server;
    final JdkPeer client;
    final Scratch in = ScratchPool.BULK.take();

    /** How many bytes arrive at the server at once. */
    int bytesAtOnce = Integer.MAX_VALUE;

    boolean runningTask;
    private final Scratch outgoing = ScratchPool.BULK.take();
    private boolean handshaken;
    private boolean freed;

    DriverPair(TlsContext context, JdkPeer client) throws SSLException {
        String[] offered = client.engine.getSSLParameters().getApplicationProtocols();
        this.server = context.newDriver(hello(List.of(offered)));
        this.client = client;
    }

    /** Of the hello only the protocols matter to a driver. */
    private static ReceivedHello hello(List<String> protocols) {
        byte[] message = ClientHelloBytes.builder()
                .alpn(protocols.toArray(new String[0]))
                .build()
                .message();
        try {
            return new ReceivedHello(message, 1, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        } catch (HelloRefusal refusal) {
            throw new IllegalStateException("a hello of our own", refusal);
        }
    }

    /** Until the driver says it is done, and the client has heard all of it. */
    DriverPair handshake() throws TlsException {
        while (true) {
            boolean progress = client.run();
            progress |= serverStep();
            if (handshaken) {
                client.run();
                return this;
            }
            if (!progress) {
                throw new AssertionError("the handshake is stuck; the client says " + client.failures);
            }
        }
    }

    private boolean serverStep() throws TlsException {
        int moved = client.toServer.moveTo(in, bytesAtOnce);
        Progress now = handshakeCall();
        while (now == Progress.WANT_TASK) {
            runTask();
            now = handshakeCall();
        }
        handshaken = now == Progress.DONE;
        return moved > 0 || client.fromServer.size() > 0;
    }

    /** What the client has sent arrives. */
    void receive() {
        client.toServer.moveTo(in, bytesAtOnce);
    }

    /** One call as the connection makes it; also a failing one brings its output to the client. */
    Progress handshakeCall() throws TlsException {
        try {
            return server.handshake(in, this::room);
        } finally {
            deliver();
        }
    }

    void runTask() {
        Runnable task = server.takeTask();
        runningTask = true;
        try {
            task.run();
        } finally {
            runningTask = false;
        }
        server.taskDone();
    }

    int read(ByteBuffer dst) throws TlsException {
        receive();
        return readWithoutReceiving(dst);
    }

    int readWithoutReceiving(ByteBuffer dst) throws TlsException {
        try {
            return server.read(in, dst, this::room);
        } finally {
            deliver();
        }
    }

    int decrypt() throws TlsException {
        receive();
        try {
            return server.decrypt(in, this::room);
        } finally {
            deliver();
        }
    }

    /** {@return the next bytes, which must be there} */
    byte[] read(int count) throws TlsException {
        ByteBuffer dst = ByteBuffer.allocate(count);
        while (dst.hasRemaining()) {
            int position = dst.position();
            int got = read(dst);
            if (got != dst.position() - position) {
                throw new AssertionError("read said " + got + " and put " + (dst.position() - position));
            }
            if (got == 0 && client.toServer.size() == 0) {
                throw new AssertionError("only " + dst.position() + " of " + count + " bytes came");
            }
        }
        return dst.array();
    }

    /** Writes all of it and brings it to the client, which decrypts it. */
    void write(ByteBuffer src) throws TlsException {
        while (src.hasRemaining()) {
            int before = src.remaining();
            int taken = writeOnce(src);
            if (taken <= 0 || taken != before - src.remaining()) {
                throw new AssertionError("write said " + taken + " and took " + (before - src.remaining()));
            }
        }
    }

    int writeOnce(ByteBuffer src) throws TlsException {
        try {
            return server.write(src, this::room);
        } finally {
            deliver();
            client.run();
        }
    }

    void closeNotify() {
        server.closeNotify(this::room);
        deliver();
        client.run();
    }

    void free() {
        freed = true;
        server.free();
    }

    /** Room only just as large as asked for, so that a driver that asks for too little is found out. */
    Scratch room(int bytes) {
        if (outgoing.room() < bytes) {
            deliver();
        }
        if (outgoing.room() < bytes) {
            throw new AssertionError("a driver asked for " + bytes + " bytes at once");
        }
        return outgoing;
    }

    private void deliver() {
        client.fromServer.put(outgoing.bytes);
        outgoing.clear();
    }

    @Override
    public void close() {
        if (!freed) {
            free();
        }
        ScratchPool.giveBack(in);
        ScratchPool.giveBack(outgoing);
    }
}
