package dev.sallyport.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.internal.resource.OwnedCount;
import dev.sallyport.testkit.TestPki;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an established connection does with data, with the end of it, and with what is no data. */
abstract class DataContract extends DriverContract {
    private static final SSLContext CLIENT = TestPki.clientContext();
    private static final int RECORD = 16 * 1024;

    DataContract(Maker maker) {
        super(maker);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void losesNothingWhenReadThreeBytesAtATime(String version) throws Exception {
        DriverPair pair = established(version);
        byte[] sent = random(30_000);
        for (int from = 0; from < sent.length; from += 10_000) {
            pair.client.send(ByteBuffer.wrap(sent, from, 10_000));
        }
        pair.receive();
        assertThat(pair.client.toServer.size()).isZero();

        ByteBuffer all = ByteBuffer.allocate(sent.length);
        ByteBuffer three = ByteBuffer.allocate(3);
        while (all.hasRemaining()) {
            assertThat(pair.readWithoutReceiving(three)).isPositive();
            all.put(three.flip());
            three.clear();
        }
        assertThat(all.array()).isEqualTo(sent);
        assertThat(pair.readWithoutReceiving(three)).isZero();
        assertThat(pair.in.remaining()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void takesARecordByteByByte(String version) throws Exception {
        DriverPair pair = established(version);
        byte[] sent = random(1000);
        pair.client.send(ByteBuffer.wrap(sent));
        pair.bytesAtOnce = 1;
        ByteBuffer dst = ByteBuffer.allocateDirect(sent.length);
        while (pair.client.toServer.size() > 1) {
            assertThat(pair.read(dst)).isZero();
        }
        assertThat(pair.read(dst)).isEqualTo(sent.length);
        assertThat(bytes(dst.flip())).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void carriesMuchDataBothWays(String version) throws Exception {
        DriverPair pair = established(version);
        byte[] piece = random(100_000);
        for (int i = 0; i < 168; i++) {
            pair.client.send(ByteBuffer.wrap(piece));
            assertThat(pair.read(piece.length)).isEqualTo(piece);
            pair.write(ByteBuffer.wrap(piece));
            assertThat(pair.client.takeReceived()).isEqualTo(piece);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void takesAtMostOneRecordAWrite(String version) throws Exception {
        DriverPair pair = established(version);
        for (ByteBuffer src : new ByteBuffer[] {ByteBuffer.allocate(100_000), ByteBuffer.allocateDirect(100_000)}) {
            int taken = pair.writeOnce(src);
            assertThat(taken).isBetween(16_000, RECORD);
            assertThat(src.position()).isEqualTo(taken);
            assertThat(pair.client.takeReceived()).hasSize(taken);
        }
        assertThat(pair.writeOnce(ByteBuffer.allocate(0))).isZero();
        assertThat(pair.client.fromServer.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void keepsARecordThatWasDecryptedUnasked(String version) throws Exception {
        DriverPair pair = established(version);
        assertThat(pair.decrypt()).isZero();
        assertThat(pair.server.available()).isZero();

        byte[] sent = random(16_001);
        pair.client.send(ByteBuffer.wrap(sent, 0, 16_000));
        pair.client.send(ByteBuffer.wrap(sent, 16_000, 1));
        assertThat(pair.decrypt()).isEqualTo(16_000);
        assertThat(pair.decrypt()).isEqualTo(16_000);
        assertThat(pair.server.available()).isEqualTo(16_000);

        ByteBuffer dst = ByteBuffer.allocate(sent.length);
        assertThat(pair.server.read(null, dst, bytes -> {
                    throw new AssertionError("nothing is owed");
                }))
                .isEqualTo(16_000);
        assertThat(pair.server.available()).isZero();
        assertThat(pair.decrypt()).isEqualTo(1);
        assertThat(pair.read(dst)).isEqualTo(1);
        assertThat(dst.array()).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void holdsNoBufferWhileThereIsNothingInIt(String version) throws Exception {
        DriverPair pair = established(version);
        long idle = scratchBuffers();
        pair.client.send(ByteBuffer.wrap(random(RECORD)));
        pair.read(ByteBuffer.allocate(1));
        pair.read(RECORD - 1);
        assertThat(scratchBuffers()).isEqualTo(idle);
        pair.client.send(ByteBuffer.wrap(random(10)));
        pair.read(ByteBuffer.allocate(RECORD));
        assertThat(scratchBuffers()).isEqualTo(idle);
        pair.read(ByteBuffer.allocate(1));
        assertThat(pair.decrypt()).isZero();
        assertThat(scratchBuffers()).isEqualTo(idle);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void readsIntoABufferWithoutRoom(String version) throws Exception {
        DriverPair pair = established(version);
        pair.client.send(ByteBuffer.wrap(random(5)));
        assertThat(pair.read(ByteBuffer.allocate(0))).isZero();
        assertThat(pair.read(5)).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void tellsTheEndAfterAllData(String version) throws Exception {
        DriverPair pair = established(version);
        pair.client.send(ByteBuffer.wrap(random(20_000)));
        pair.client.sendCloseNotify();
        assertThat(pair.read(20_000)).hasSize(20_000);
        assertThat(pair.read(ByteBuffer.allocate(1))).isEqualTo(TlsDriver.ENDED);
        assertThat(pair.read(ByteBuffer.allocate(1))).isEqualTo(TlsDriver.ENDED);
        assertThat(pair.decrypt()).isEqualTo(TlsDriver.ENDED);
    }

    @Test
    void writesOnAfterTheClientHasEndedItsDirection() throws Exception {
        writesOnAfterTheEnd("TLSv1.3");
    }

    void writesOnAfterTheEnd(String version) throws SSLException {
        DriverPair pair = established(version);
        pair.client.sendCloseNotify();
        assertThat(pair.read(ByteBuffer.allocate(1))).isEqualTo(TlsDriver.ENDED);
        assertThat(pair.server.outboundClosedByPeer()).isFalse();
        byte[] late = random(1000);
        pair.write(ByteBuffer.wrap(late));
        pair.closeNotify();
        assertThat(pair.client.takeReceived()).isEqualTo(late);
        assertThat(pair.client.engine.isInboundDone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void readsOnAfterItHasEndedItsDirection(String version) throws Exception {
        DriverPair pair = established(version);
        byte[] sent = random(30_000);
        pair.client.send(ByteBuffer.wrap(sent));
        pair.closeNotify();
        assertThat(pair.client.engine.isInboundDone()).isTrue();
        assertThat(pair.client.failure()).isNull();
        assertThat(pair.read(sent.length)).isEqualTo(sent);
        pair.client.sendCloseNotify();
        assertThat(pair.read(ByteBuffer.allocate(1))).isEqualTo(TlsDriver.ENDED);
        pair.free();
    }

    @Test
    void answersKeyUpdates() throws Exception {
        DriverPair pair = established("TLSv1.3");
        for (int i = 0; i < 3; i++) {
            keyUpdate(pair);
            byte[] sent = random(100);
            pair.client.send(ByteBuffer.wrap(sent));
            assertThat(pair.read(100)).isEqualTo(sent);
            pair.write(ByteBuffer.wrap(sent));
            assertThat(pair.client.takeReceived()).isEqualTo(sent);
        }
    }

    @Test
    void takesKeyUpdatesAfterItHasEndedItsDirection() throws Exception {
        DriverPair pair = established("TLSv1.3");
        pair.server.closeNotify(pair::room);
        for (int i = 0; i < 3; i++) {
            keyUpdate(pair);
            pair.client.send(ByteBuffer.wrap(random(100)));
            assertThat(pair.read(100)).hasSize(100);
        }
    }

    @Test
    void refusesToBeKeptBusyWithKeyUpdates() throws Exception {
        DriverPair pair = established("TLSv1.3");
        for (int i = 0; i < 40; i++) {
            keyUpdate(pair);
        }
        assertFails(pair, Reason.PEER_MISBEHAVED);
        assertAlertArrived(pair);
    }

    @Test
    void refusesRenegotiation() throws Exception {
        DriverPair pair = established("TLSv1.2");
        pair.client.engine.beginHandshake();
        pair.client.run();
        assertThat(pair.client.toServer.size()).isPositive();
        assertFails(pair, Reason.PEER_MISBEHAVED);
        assertAlertArrived(pair);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void neverTakesAForgedRecordForTheEnd(String version) throws Exception {
        DriverPair pair = established(version);
        pair.client.send(ByteBuffer.wrap(random(100)));
        byte[] forged = pair.client.toServer.takeAll();
        forged[forged.length - 1] ^= 1;
        pair.client.toServer.put(ByteBuffer.wrap(forged));
        pair.client.sendCloseNotify();
        assertFails(pair, Reason.PEER_MISBEHAVED);
        assertAlertArrived(pair);
        assertThatThrownBy(() -> pair.writeOnce(ByteBuffer.allocate(1))).isInstanceOf(TlsException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void refusesARecordThatIsTooLarge(String version) throws Exception {
        DriverPair pair = established(version);
        pair.client.toServer.put(ByteBuffer.wrap(new byte[] {23, 3, 3, 0x50, 0}));
        assertFails(pair, Reason.PEER_MISBEHAVED);
        assertAlertArrived(pair);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void deliversWhatCameBeforeAFailure(String version) throws Exception {
        DriverPair pair = established(version);
        pair.client.send(ByteBuffer.wrap("last words".getBytes(StandardCharsets.US_ASCII)));
        pair.client.toServer.put(ByteBuffer.wrap(new byte[] {23, 3, 3, 0x50, 0}));
        assertThat(pair.decrypt()).isEqualTo(10);
        assertThat(pair.read(10)).asString(StandardCharsets.US_ASCII).isEqualTo("last words");
        assertFails(pair, Reason.PEER_MISBEHAVED);
    }

    DriverPair established(String version) throws SSLException {
        return pair(context(TlsConfigBuilder.of(TestPki.server())), CLIENT, version)
                .handshake();
    }

    /** The client changes its keys and asks the server to do the same (RFC 8446 section 4.6.3). */
    private static void keyUpdate(DriverPair pair) throws SSLException {
        pair.client.engine.beginHandshake();
        pair.client.wrap(ByteBuffer.allocate(0));
    }

    /** Twice, because a failure that looked like the end the second time would be a truncation nobody sees. */
    private static void assertFails(DriverPair pair, Reason reason) {
        for (int i = 0; i < 2; i++) {
            TlsException failure =
                    catchThrowableOfType(TlsException.class, () -> pair.read(ByteBuffer.allocate(RECORD)));
            assertThat(failure).as("read").isNotNull();
            assertThat(failure.reason()).as(failure.toString()).isEqualTo(reason);
        }
    }

    private static long scratchBuffers() {
        return OwnedCount.snapshot().getOrDefault(OwnedCount.SCRATCH_BUFFERS, 0L);
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
