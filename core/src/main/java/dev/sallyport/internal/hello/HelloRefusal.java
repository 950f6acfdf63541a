package dev.sallyport.internal.hello;

import dev.sallyport.HandshakeException.Reason;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why a client is refused for its first bytes alone, and how it is told. Has no stack: it is nobody's bug. */
public final class HelloRefusal extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final @Nullable Alert alert;
    private final @Nullable String serverName;

    private HelloRefusal(Reason reason, @Nullable Alert alert, @Nullable String serverName, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.alert = alert;
        this.serverName = serverName;
    }

    /** {@return that this is no TLS, which an alert would not help} */
    static HelloRefusal notTls(String message) {
        return new HelloRefusal(Reason.PEER_NOT_TLS, null, null, message);
    }

    /** {@return that this is no TLS but near enough to it to understand an alert} */
    static HelloRefusal notTls(Alert alert, String message) {
        return new HelloRefusal(Reason.PEER_NOT_TLS, alert, null, message);
    }

    /** {@return that the client breaks the protocol} */
    static HelloRefusal misbehaviour(Alert alert, String message) {
        return new HelloRefusal(Reason.PEER_MISBEHAVED, alert, null, message);
    }

    /** {@return that lengths contradict each other} */
    static HelloRefusal malformed(String what) {
        return misbehaviour(Alert.DECODE_ERROR, "the client hello is malformed: " + what);
    }

    /** {@return that a version is spoken which nobody should speak any more} */
    static HelloRefusal version(String message) {
        return new HelloRefusal(Reason.PEER_NO_COMMON_VERSION, Alert.PROTOCOL_VERSION, null, message);
    }

    /** {@return that a server name is asked for which nobody can have} */
    static HelloRefusal name(String serverName) {
        return new HelloRefusal(
                Reason.PEER_UNKNOWN_SERVER_NAME,
                Alert.UNRECOGNIZED_NAME,
                serverName,
                "no identity for the server name " + serverName + ", which is not a host name");
    }

    /** {@return whose fault it is} */
    public Reason reason() {
        return reason;
    }

    /** {@return what the client is told, or null where it would not understand} */
    public @Nullable Alert alert() {
        return alert;
    }

    /** {@return the server name that was asked for, where that is the reason} */
    public @Nullable String serverName() {
        return serverName;
    }
}
