package dev.sallyport.internal.handshake;

import dev.sallyport.HandshakeException.Reason;
import dev.sallyport.internal.hello.Alert;
import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.tls.ContextEntry;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Why a client whose hello was read is not answered: there is no context for it, or the context does not suit it. */
record ContextRefusal(
        Alert alert,
        Reason reason,
        String message,
        @Nullable Throwable cause) {
    /** Of what a client says, so many characters at most get into a message. */
    private static final int MOST_REPEATED = 100;

    /**
     * {@return why there is no context}
     *
     * @param failure what choosing failed with, or null when no context has the client's server name
     */
    static ContextRefusal ofNone(ReceivedHello client, @Nullable Throwable failure) {
        if (failure == null) {
            String message = "no identity for the server name " + client.serverName();
            return new ContextRefusal(Alert.UNRECOGNIZED_NAME, Reason.PEER_UNKNOWN_SERVER_NAME, message, null);
        }
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return new ContextRefusal(Alert.INTERNAL_ERROR, Reason.INTERNAL, "choosing a context failed: " + cause, cause);
    }

    /** {@return why a client and its context do not suit each other, or null when they do} */
    static @Nullable ContextRefusal ofMisfit(ReceivedHello client, ContextEntry chosen, HandshakeSettings settings) {
        if (!chosen.context().takesNameOf(client)) {
            String message = "this tls provider takes no server name like " + client.serverName() + " as it was sent";
            return new ContextRefusal(Alert.UNRECOGNIZED_NAME, Reason.PEER_UNKNOWN_SERVER_NAME, message, null);
        }
        if (!settings.protocolsSuffice(chosen.protocolSet(), client)) {
            String message =
                    "the client offers " + client.protocolsInPart(MOST_REPEATED) + ", the server " + chosen.protocols();
            return new ContextRefusal(Alert.NO_APPLICATION_PROTOCOL, Reason.PEER_NO_COMMON_PROTOCOL, message, null);
        }
        return null;
    }
}
