package dev.sallyport.testkit.hostile;

import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.TlsAlert;
import dev.sallyport.testkit.TlsBytes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's flight of TLS 1.2 (RFC 5246 section 7.3) up to its CertificateVerify, which needs no keys: all of it is plain,
 * and so is the alert that answers it. Messages are sent as they are given, right or wrong. One thread at a time.
 */
public final class PlainFlight implements AutoCloseable {
    private static final byte[] SERVER_HELLO_DONE = {14, 0, 0, 0};
    private static final int CLIENT_KEY_EXCHANGE = 16;
    private static final int X25519_BYTES = 32;

    private final HostileClient client;

    private PlainFlight(HostileClient client) {
        this.client = client;
    }

    /** {@return a client that has sent its hello and read what the server answers} */
    public static PlainFlight to(SocketAddress server) throws IOException {
        HostileClient client = HostileClient.to(server);
        client.clientHello(ClientHelloBytes.builder().versions("TLSv1.2").build());
        byte[] end = {};
        while (!Arrays.equals(end, SERVER_HELLO_DONE)) {
            byte[] header = client.receive(5);
            byte[] body = client.receive((header[3] & 0xff) << 8 | (header[4] & 0xff));
            end = Arrays.copyOfRange(body, Math.max(0, body.length - SERVER_HELLO_DONE.length), body.length);
        }
        return new PlainFlight(client);
    }

    /** {@return the body of a Certificate message} */
    public static byte[] certificates(byte[]... chain) {
        TlsBytes list = new TlsBytes();
        List.of(chain).forEach(list::vector24);
        TlsBytes body = new TlsBytes();
        body.vector24(list.toByteArray());
        return body.toByteArray();
    }

    /** {@return the body of a CertificateVerify message} */
    public static byte[] proof(int scheme, byte[] signature) {
        TlsBytes body = new TlsBytes();
        body.u16(scheme);
        body.vector16(signature);
        return body.toByteArray();
    }

    /** Sends a Certificate message. */
    public PlainFlight certificate(byte[] body) {
        return message(Messages.CERTIFICATE, body);
    }

    /** Sends a ClientKeyExchange with a public key of X25519, whose other half nobody has. */
    public PlainFlight keyExchange() {
        byte[] share = new byte[X25519_BYTES];
        Arrays.fill(share, (byte) 7);
        TlsBytes body = new TlsBytes();
        body.vector8(share);
        return keyExchange(body.toByteArray());
    }

    /** Sends a ClientKeyExchange. */
    public PlainFlight keyExchange(byte[] body) {
        return message(CLIENT_KEY_EXCHANGE, body);
    }

    /** Sends a CertificateVerify. */
    public PlainFlight certificateVerify(byte[] body) {
        return message(Messages.CERTIFICATE_VERIFY, body);
    }

    private PlainFlight message(int type, byte[] body) {
        TlsBytes record = new TlsBytes();
        record.u8(Messages.HANDSHAKE);
        record.u16(0x0303);
        record.vector16(Messages.message(type, body));
        client.send(record.toByteArray());
        return this;
    }

    /** {@return the alert that the server ends the connection with, or null when it ends without; waits for that} */
    public @Nullable TlsAlert awaitAlert() throws IOException {
        return client.readAll().alert();
    }

    /** {@return the address that the server sees} */
    public InetSocketAddress localAddress() {
        return client.localAddress();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
