package dev.sallyport.internal.handshake;

import dev.sallyport.HandshakeException;
import dev.sallyport.Limit;
import dev.sallyport.internal.hello.ReceivedHello;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** On whose behalf a handshake is made, and who is told of its outcome. Any thread. */
public interface HandshakeHost {
    /** {@return what decides how it goes} */
    HandshakeSettings settings();

    /** {@return who says when it may begin} */
    Admission admission();

    /**
     * {@return the context for a client, complete at once unless user code chooses; null for an unknown server name} It is
     * held once for the handshake, which releases it.
     */
    CompletionStage<@Nullable ChosenContext> choose(ReceivedHello hello);

    /** A client's turn has come, or it waits because of a bound. */
    void turn(@Nullable Limit bound);

    /** A handshake waits for somebody else, and so has made room for other connections. */
    void roomMade();

    /** A handshake is done; the connection is the host's now. */
    void established(EstablishedConnection established);

    /** A handshake has failed and its connection is being closed. */
    void failed(HandshakeException failure);

    /** The descriptor of a connection that never was established has been given back. */
    void gone();
}
