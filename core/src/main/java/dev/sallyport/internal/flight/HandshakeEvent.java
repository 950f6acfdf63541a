package dev.sallyport.internal.flight;

import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeInfo;
import dev.sallyport.internal.names.AddressText;
import java.net.SocketAddress;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A handshake from accepting the connection to its outcome. */
@Name("dev.sallyport.Handshake")
@Label("TLS Handshake")
@Category({"Sallyport", "Server"})
@Description("A handshake, from accepting the connection to its outcome")
@StackTrace(false)
public final class HandshakeEvent extends Event {
    @Label("Remote Address")
    @Nullable String remoteAddress;

    @Label("Outcome")
    @Description("ESTABLISHED, or the reason why it failed")
    @Nullable String outcome;

    @Label("Problem")
    @Nullable String problem;

    @Label("Server Name")
    @Nullable String serverName;

    @Label("Protocol Version")
    @Nullable String protocolVersion;

    @Label("Cipher Suite")
    @Nullable String cipherSuite;

    @Label("Named Group")
    @Nullable String namedGroup;

    @Label("Application Protocol")
    @Nullable String applicationProtocol;

    @Label("Resumed")
    boolean resumed;

    private HandshakeEvent() {}

    /** {@return one whose time runs from now, or null while nobody wants it} */
    static @Nullable HandshakeEvent begun() {
        HandshakeEvent event = new HandshakeEvent();
        if (!event.isEnabled()) {
            return null;
        }
        event.begin();
        return event;
    }

    /** Writes it for a handshake that succeeded. */
    public void established(SocketAddress remote, HandshakeInfo info) {
        if (shouldCommit()) {
            remoteAddress = AddressText.of(remote);
            outcome = "ESTABLISHED";
            serverName = info.serverName();
            protocolVersion = info.version().protocolName();
            cipherSuite = info.cipherSuite();
            namedGroup = info.namedGroup();
            applicationProtocol = info.selectedProtocol();
            resumed = info.resumed();
            commit();
        }
    }

    /** Writes it for a handshake that failed. */
    public void failed(HandshakeException failure) {
        if (shouldCommit()) {
            remoteAddress = AddressText.of(failure.remoteAddress());
            outcome = failure.reason().name();
            problem = failure.getMessage();
            serverName = failure.serverName();
            commit();
        }
    }
}
