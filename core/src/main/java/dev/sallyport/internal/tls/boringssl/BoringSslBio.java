package dev.sallyport.internal.tls.boringssl;

import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.tls.RecordSink;
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;

/**
 * The BIO of one {@code SSL}, which owns it and frees it: after that nothing here may be called. The only class that holds
 * its address.
 *
 * <p>It is lent a buffer for the length of one call: ciphertext to read from, or a sink to write to. What BoringSSL wants
 * to send while it was lent the former stays in a small buffer of the BIO's own, and has to be flushed, wholly, before the
 * latter is written to.
 */
final class BoringSslBio {
    static final Scratch.AddressReader ADDRESS = Buffer::address;

    private long bio;

    /** A new one for an {@code SSL} that has none, with so many bytes of its own. */
    BoringSslBio(long ssl, int ownBytes) {
        bio = SSL.bioNewByteBuffer(ssl, ownBytes);
    }

    /** Another one, with another number of bytes of its own; the one before is freed. */
    void replace(long ssl, int ownBytes) {
        bio = SSL.bioNewByteBuffer(ssl, ownBytes);
    }

    /** {@return how many bytes were lent: those asked for} */
    int lend(Scratch in, int offered) {
        if (offered > 0) {
            SSL.bioSetByteBuffer(bio, in.address(ADDRESS) + in.bytes.position(), offered, false);
        }
        return offered;
    }

    /** {@return how many bytes were taken} */
    int takeBack(Scratch in, int offered) {
        if (offered == 0) {
            return 0;
        }
        int taken = offered - SSL.bioLengthByteBuffer(bio);
        in.taken(taken);
        SSL.bioClearByteBuffer(bio);
        return taken;
    }

    /** {@return how much room was lent: all that there is} */
    int lendSink(Scratch sink) {
        int room = sink.room();
        SSL.bioSetByteBuffer(bio, sink.address(ADDRESS) + sink.bytes.limit(), room, true);
        return room;
    }

    void takeBackSink(Scratch sink, int room) {
        sink.appended(room - SSL.bioLengthByteBuffer(bio));
        SSL.bioClearByteBuffer(bio);
    }

    /** Moves what BoringSSL wants to send from the BIO's own buffer to the sink, all of it. */
    void flush(RecordSink out) {
        int waiting = SSL.bioLengthNonApplication(bio);
        if (waiting > 0) {
            Scratch sink = out.room(waiting);
            int room = lendSink(sink);
            SSL.bioFlushByteBuffer(bio);
            takeBackSink(sink, room);
        }
    }
}
