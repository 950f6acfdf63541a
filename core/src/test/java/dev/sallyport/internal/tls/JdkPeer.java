package dev.sallyport.internal.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** A client of the JDK that talks through byte queues. */
final class JdkPeer {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    final SSLEngine engine;
    final ByteQueue toServer = new ByteQueue();
    final ByteQueue fromServer = new ByteQueue();
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    final List<SSLException> failures = new ArrayList<>();

    /** The size of each record this client has sent, in order. */
    final List<Integer> recordBytes = new ArrayList<>();

    private boolean begun;

    private JdkPeer(SSLEngine engine) {
        this.engine = engine;
    }

    /** A client that offers this version only, and these protocols; sessions are resumed within one context. */
    static JdkPeer of(SSLContext context, String version, String... protocols) {
        SSLEngine engine = context.createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
        return new JdkPeer(engine);
    }

    @Nullable SSLException failure() {
        return failures.isEmpty() ? null : failures.get(0);
    }

    /** Goes on as far as the bytes from the server allow; {@return whether anything was done} */
    boolean run() {
        boolean progress = false;
        try {
            if (!begun) {
                begun = true;
                engine.beginHandshake();
            }
            while (step()) {
                progress = true;
            }
        } catch (SSLException e) {
            failures.add(e);
            try {
                wrap(NOTHING);
            } catch (SSLException again) {
                failures.add(again);
            }
        }
        return progress;
    }

    private boolean step() throws SSLException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                engine.getDelegatedTask().run();
                return true;
            }
            case NEED_WRAP -> {
                return wrap(NOTHING).getStatus() == Status.OK;
            }
            default -> {
                return fromServer.size() > 0 && unwrap();
            }
        }
    }

    private boolean unwrap() throws SSLException {
        ByteBuffer plain = ByteBuffer.allocate(17 * 1024);
        SSLEngineResult result = engine.unwrap(fromServer.content(), plain);
        received.write(plain.array(), 0, plain.position());
        return result.getStatus() == Status.OK;
    }

    SSLEngineResult wrap(ByteBuffer src) throws SSLException {
        ByteBuffer record = ByteBuffer.allocate(17 * 1024);
        SSLEngineResult result = engine.wrap(src, record);
        if (record.position() > 0) {
            recordBytes.add(record.position());
            toServer.put(record.flip());
        }
        return result;
    }

    /** Encrypts all of it. */
    void send(ByteBuffer src) throws SSLException {
        while (src.hasRemaining()) {
            wrap(src);
        }
    }

    void sendCloseNotify() throws SSLException {
        engine.closeOutbound();
        wrap(NOTHING);
    }

    byte[] takeReceived() {
        byte[] bytes = received.toByteArray();
        received.reset();
        return bytes;
    }
}
