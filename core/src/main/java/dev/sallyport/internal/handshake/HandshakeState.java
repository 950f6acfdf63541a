package dev.sallyport.internal.handshake;

import dev.sallyport.internal.connection.Connection;
import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.tls.ContextEntry;
import org.jspecify.annotations.Nullable;

/**
 * How far a handshake has come, and what it holds there. Whoever makes the one change away from a state owns what that state
 * held, and gives it back or passes it on.
 *
 * <pre>
 * Collecting --> Choosing --> Chosen --> Running --> Over
 *      \------------\------------\-------------------/
 * </pre>
 */
sealed interface HandshakeState {
    /** {@return the server name that the client has sent, as far as that is known} */
    default @Nullable String serverName() {
        return null;
    }

    /** The states in which it holds nothing. */
    enum Empty implements HandshakeState {
        /** There is no whole ClientHello. The wire is the hello stage's. */
        COLLECTING,
        /** Established, or failed. */
        OVER
    }

    /**
     * The context is being chosen. The wire is still the hello stage's.
     *
     * @param behind what came behind the hello
     */
    record Choosing(ReceivedHello hello, byte[] behind) implements HandshakeState {
        @Override
        public @Nullable String serverName() {
            return hello.serverName();
        }
    }

    /**
     * The context is chosen, and held once; its turn has not come, or the first step is being prepared. The wire is still the
     * hello stage's.
     *
     * @param behind what came behind the hello
     */
    record Chosen(ReceivedHello hello, byte[] behind, ContextEntry entry, DeliveryPolicy policy)
            implements HandshakeState {
        @Override
        public @Nullable String serverName() {
            return hello.serverName();
        }
    }

    /**
     * The cryptography has begun. The wire and the driver are the connection's, and the driver holds the context.
     *
     * @param validationMayBlock whether validating the client's certificate runs code of the user, or asks the network
     */
    record Running(
            Connection connection, @Nullable String serverName, boolean validationMayBlock, DeliveryPolicy policy)
            implements HandshakeState {}
}
