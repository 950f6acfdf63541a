package dev.sallyport.testkit.hostile;

import dev.sallyport.testkit.ClientHelloBuilder;
import dev.sallyport.testkit.ClientHelloBytes;
import dev.sallyport.testkit.HostileClient;
import dev.sallyport.testkit.TlsAlert;
import dev.sallyport.testkit.TlsBytes;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * A TLS 1.3 client (RFC 8446) of which a test pulls every string: X25519, TLS_AES_128_GCM_SHA256, and no opinion on the
 * server's certificate. What is sent is sent as it is given, right or wrong, in the order of the calls; each returns the
 * same object.
 *
 * <p>A server that hangs up does not fail the sending methods, only the receiving ones. For one thread at a time.
 */
public final class ScriptedTlsClient implements AutoCloseable {
    /** Small, so that a server soon notices that nothing is read. */
    private static final int RECEIVE_BUFFER_BYTES = 1 << 14;

    private static final int LARGEST_CONTENT = 1 << 14;
    private static final int X25519_BYTES = 32;
    private static final int RANDOM_AT = 6;
    private static final int KEY_SHARE = 51;

    private final HostileClient client;
    private final KeySchedule schedule = new KeySchedule();
    private final KeyPair keys;
    private @Nullable RecordCipher sending;
    private @Nullable RecordCipher receiving;
    private @Nullable TlsAlert alert;
    private byte[] handshakeSecret = {};
    private byte[] applicationSecret = {};
    private final ByteArrayOutputStream received = new ByteArrayOutputStream(); // handshake bytes not taken yet

    private ScriptedTlsClient(HostileClient client) {
        this.client = client;
        try {
            keys = KeyPairGenerator.getInstance("X25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("X25519", e);
        }
    }

    /** {@return a client that is connected and has said nothing} */
    public static ScriptedTlsClient to(SocketAddress server) throws IOException {
        return new ScriptedTlsClient(HostileClient.to(server, RECEIVE_BUFFER_BYTES));
    }

    /** {@return the connection below} */
    public HostileClient wire() {
        return client;
    }

    /** {@return the address that the server sees} */
    public InetSocketAddress localAddress() {
        return client.localAddress();
    }

    // ---- handshake

    /** {@return a hello of TLS 1.3 whose key share is this client's} */
    ClientHelloBuilder hello() {
        return ClientHelloBytes.builder()
                .versions("TLSv1.3")
                .cipherSuites(0x1301)
                .sni("localhost")
                .keyShare(keyShare());
    }

    /** Sends the usual ClientHello. */
    ScriptedTlsClient sendHello() {
        return sendHello(hello().build());
    }

    ScriptedTlsClient sendHello(ClientHelloBytes hello) {
        return raw(remembered(hello).bytes());
    }

    /** {@return the same hello, which becomes part of the transcript} It has to be sent. */
    ClientHelloBytes remembered(ClientHelloBytes hello) {
        schedule.add(hello.message());
        return hello;
    }

    /** Reads ServerHello; from then on both sides encrypt. */
    ScriptedTlsClient readServerHello() throws IOException {
        byte[] hello = readMessage();
        expect(Messages.SERVER_HELLO, hello);
        schedule.deriveHandshakeSecrets(agree(serverShare(hello)));
        handshakeSecret = schedule.clientSecret();
        sending = new RecordCipher(handshakeSecret);
        receiving = new RecordCipher(schedule.serverSecret());
        return this;
    }

    /** Reads what the server says behind its ServerHello, up to its Finished. */
    ScriptedTlsClient readFlight() throws IOException {
        while (readMessage()[0] != Messages.FINISHED) {
            // it is in the transcript, and that is all that is wanted
        }
        schedule.deriveApplicationSecrets();
        applicationSecret = schedule.clientSecret();
        receiving = new RecordCipher(schedule.serverSecret());
        return this;
    }

    /** All of the server's side of the handshake: sends the usual hello and reads the server's flight. */
    ScriptedTlsClient begin() throws IOException {
        return sendHello().readServerHello().readFlight();
    }

    /** {@return the Finished message that belongs here} */
    byte[] finished() {
        return Messages.message(Messages.FINISHED, schedule.verifyData(handshakeSecret));
    }

    /** {@return the same message, which becomes part of the transcript} It has to be sent. */
    byte[] remembered(byte[] message) {
        schedule.add(message);
        return message;
    }

    /** Sends the right Finished, and changes to the keys for data. */
    ScriptedTlsClient finish() {
        return message(finished()).useApplicationKeys();
    }

    /** From now on seals with the keys for data. */
    ScriptedTlsClient useApplicationKeys() {
        sending = new RecordCipher(applicationSecret);
        return this;
    }

    /** A whole handshake, without a certificate. */
    ScriptedTlsClient connect() throws IOException {
        return begin().finish();
    }

    /** {@return the hash over all messages so far, which CertificateVerify signs} */
    byte[] transcriptHash() {
        return schedule.transcriptHash();
    }

    // ---- sending

    /** Sends bytes as they are, not sealed. */
    ScriptedTlsClient raw(byte[] bytes) {
        client.send(bytes);
        return this;
    }

    /** Sends a record that is not sealed. */
    ScriptedTlsClient plainRecord(int type, int... content) {
        TlsBytes record = new TlsBytes();
        record.u8(type);
        record.u16(0x0303);
        record.vector16(bytes(content));
        return raw(record.toByteArray());
    }

    /** {@return a sealed record, which counts as sent} */
    byte[] sealed(int type, byte[] content) {
        return sealed(TlsBytes.concat(content, new byte[] {(byte) type}));
    }

    /** {@return a sealed record of this content, type and padding, which counts as sent} */
    byte[] sealed(byte[] inner) {
        RecordCipher cipher = sending;
        if (cipher == null) {
            throw new IllegalStateException("there are no keys before ServerHello was read");
        }
        return cipher.seal(inner);
    }

    /** Sends a sealed record. */
    ScriptedTlsClient record(int type, byte[] content) {
        return raw(sealed(type, content));
    }

    ScriptedTlsClient record(int type, int... content) {
        return record(type, bytes(content));
    }

    /** Sends a handshake message in sealed records of its own; it becomes part of the transcript. */
    ScriptedTlsClient message(byte[] message) {
        remembered(message);
        for (int at = 0; at < message.length; at += LARGEST_CONTENT) {
            int end = Math.min(message.length, at + LARGEST_CONTENT);
            record(Messages.HANDSHAKE, Arrays.copyOfRange(message, at, end));
        }
        return this;
    }

    /** Sends data in a sealed record. */
    ScriptedTlsClient data(String text) {
        return record(Messages.APPLICATION_DATA, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a KeyUpdate, and seals with the next keys from then on. */
    ScriptedTlsClient keyUpdate(boolean requested) {
        return message(Messages.keyUpdate(requested ? 1 : 0)).nextKeys();
    }

    /** Seals with the next keys from now on. */
    ScriptedTlsClient nextKeys() {
        sending = sending == null ? null : sending.next();
        return this;
    }

    /** Sends an alert in a sealed record. */
    ScriptedTlsClient alert(int level, int description) {
        return record(Messages.ALERT, level, description);
    }

    /** Sends close_notify. */
    ScriptedTlsClient closeNotify() {
        return alert(1, 0);
    }

    /** Sends FIN. */
    ScriptedTlsClient fin() throws IOException {
        client.fin();
        return this;
    }

    /** Sends RST, now. */
    ScriptedTlsClient reset() throws IOException {
        client.reset();
        return this;
    }

    // ---- receiving

    /**
     * Reads data of exactly this length; the server's tickets and KeyUpdates are taken as they come.
     *
     * @throws EOFException when the server ends first
     */
    String receive(int count) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < count) {
            byte[] record = readRecord();
            int end = record.length - 1;
            switch (record[end]) {
                case Messages.APPLICATION_DATA -> text.append(new String(record, 0, end, StandardCharsets.UTF_8));
                case Messages.HANDSHAKE -> {
                    received.write(record, 0, end);
                    for (byte[] message = nextMessage(); message.length > 0; message = nextMessage()) {
                        if (message[0] == Messages.KEY_UPDATE && receiving != null) {
                            receiving = receiving.next();
                        }
                    }
                }
                case Messages.ALERT -> throw ended(record);
                default -> throw new IOException("a record of type " + record[end] + " where data belongs");
            }
        }
        return text.toString();
    }

    /** Reads until the server has ended the connection, whatever it says until then. */
    void readToTheEnd() {
        try {
            while (true) {
                receive(1);
            }
        } catch (IOException end) {
            // that is what was waited for
        }
    }

    private byte[] readMessage() throws IOException {
        for (byte[] message = nextMessage(); ; message = nextMessage()) {
            if (message.length > 0) {
                schedule.add(message);
                return message;
            }
            byte[] record = readRecord();
            int end = record.length - 1;
            if (record[end] == Messages.ALERT) {
                throw ended(record);
            }
            if (record[end] != Messages.CHANGE_CIPHER_SPEC) {
                received.write(record, 0, end);
            }
        }
    }

    /** {@return a handshake message of what was received, or nothing while there is no whole one} */
    private byte[] nextMessage() {
        byte[] bytes = received.toByteArray();
        int length = bytes.length < 4 ? 4 : 4 + new BigInteger(1, Arrays.copyOfRange(bytes, 1, 4)).intValue();
        if (bytes.length < length) {
            return new byte[0];
        }
        received.reset();
        received.write(bytes, length, bytes.length - length);
        return Arrays.copyOf(bytes, length);
    }

    private EOFException ended(byte[] alertRecord) {
        TlsAlert received = new TlsAlert(alertRecord[0], alertRecord[1]);
        alert = received;
        return new EOFException("the server sent " + received.name());
    }

    /** {@return the alert that the server ends the connection with, or null when it ends without; waits for that} */
    public @Nullable TlsAlert awaitAlert() {
        if (alert == null) {
            readToTheEnd();
        }
        return alert;
    }

    /** {@return the content of a record, then its type} */
    private byte[] readRecord() throws IOException {
        byte[] header = client.receive(RecordCipher.HEADER_BYTES);
        byte[] body = client.receive((header[3] & 0xff) << 8 | (header[4] & 0xff));
        RecordCipher cipher = receiving;
        if (cipher == null || header[0] != Messages.APPLICATION_DATA) {
            return TlsBytes.concat(body, new byte[] {header[0]});
        }
        return cipher.open(TlsBytes.concat(header, body));
    }

    private static byte[] bytes(int... numbers) {
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            bytes[i] = (byte) numbers[i];
        }
        return bytes;
    }

    private static void expect(int type, byte[] message) throws IOException {
        if (message[0] != type) {
            throw new IOException("a message of type " + message[0] + " where " + type + " belongs");
        }
    }

    // ---- key exchange

    /** {@return our public key, as a key share has it} */
    byte[] keyShare() {
        return reversed(((XECPublicKey) keys.getPublic()).getU().toByteArray());
    }

    private byte[] agree(byte[] share) throws IOException {
        try {
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(keys.getPrivate());
            BigInteger u = new BigInteger(1, reversed(share));
            agreement.doPhase(
                    KeyFactory.getInstance("X25519").generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, u)),
                    true);
            return agreement.generateSecret();
        } catch (GeneralSecurityException e) {
            throw new IOException("the server's key share is no good", e);
        }
    }

    /** From one byte order to the other, filled up with zeros. */
    private static byte[] reversed(byte[] number) {
        byte[] reversed = new byte[X25519_BYTES];
        for (int i = 0; i < Math.min(number.length, X25519_BYTES); i++) {
            reversed[i] = number[number.length - 1 - i];
        }
        return reversed;
    }

    private static byte[] serverShare(byte[] hello) throws IOException {
        int at = RANDOM_AT + X25519_BYTES;
        at += 1 + hello[at] + 2 + 1 + 2; // session id, suite, compression, length of the extensions
        while (at + 4 <= hello.length) {
            int type = (hello[at] & 0xff) << 8 | (hello[at + 1] & 0xff);
            int length = (hello[at + 2] & 0xff) << 8 | (hello[at + 3] & 0xff);
            if (type == KEY_SHARE && length == 4 + X25519_BYTES) {
                return Arrays.copyOfRange(hello, at + 8, at + 8 + X25519_BYTES);
            }
            at += 4 + length;
        }
        throw new IOException("the server's hello has no key share of X25519");
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
