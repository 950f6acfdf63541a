package dev.sallyport.examples;

import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** The JDK's TLS over the JDK's Unix-domain channel, which it can do when the channel looks like a socket. */
final class UnixDomainClient {
    private UnixDomainClient() {}

    /** {@return as many bytes as were sent} */
    static byte[] echo(Path path, byte[] sent) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsEverybody()}, new SecureRandom());
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
                ChannelSocket plain = new ChannelSocket(channel);
                SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", 0, true)) {
            secure.getOutputStream().write(sent);
            return secure.getInputStream().readNBytes(sent.length);
        }
    }

    private static final class ChannelSocket extends Socket {
        private final SocketChannel channel;

        ChannelSocket(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public InputStream getInputStream() {
            return Channels.newInputStream(channel);
        }

        @Override
        public OutputStream getOutputStream() {
            return Channels.newOutputStream(channel);
        }

        @Override
        public synchronized void close() throws IOException {
            channel.close();
            super.close(); // SSLSocket has set options on it, for which it made a descriptor
        }
    }

    /** The server makes its own certificate. */
    private static final class TrustsEverybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[] {TestPki.ca().certificate()};
        }
    }
}
