package dev.sallyport.testkit;

import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What one run of {@link OpensslClient} did. */
public final class OpensslResult extends ToolResult {
    private final OpensslMessages messages;

    OpensslResult(int exitCode, byte[] output, String diagnostics, OpensslMessages messages) {
        super(exitCode, output, diagnostics);
        this.messages = messages;
    }

    /** {@return whether the handshake was done, as far as the client could tell} */
    public boolean connected() {
        return diagnostics().contains("CONNECTION ESTABLISHED");
    }

    @Override
    public @Nullable String protocol() {
        return said("^Protocol version: (\\S+)$");
    }

    /** {@return the cipher suite, as OpenSSL names it, or null without a handshake} */
    public @Nullable String cipher() {
        return said("^Ciphersuite: (\\S+)$");
    }

    @Override
    public @Nullable String selectedProtocol() {
        return messages.alpn();
    }

    /** {@return whether the server's certificate was found good} */
    public boolean verified() {
        return diagnostics().contains("Verification: OK") || diagnostics().contains("Verified peername:");
    }

    /** {@return the subject of the server's certificate, in OpenSSL's notation, or null} */
    public @Nullable String peerSubject() {
        return said("^Peer certificate: (.+)$");
    }

    /** {@return whether the handshake resumed a session: it was done and the server sent no certificate} */
    public boolean resumed() {
        return connected() && !messages.serverSentCertificate();
    }

    /** {@return what was exported, or null if that was not asked for or did not work} */
    public byte @Nullable [] keyingMaterial() {
        Matcher found = Pattern.compile("Keying material: ([0-9A-F]+)").matcher(outputText());
        return found.find() ? HexFormat.of().parseHex(found.group(1)) : null;
    }

    /** {@return the alerts that the server sent, such as {@code "fatal bad_certificate"}, in their order} */
    public List<String> alerts() {
        return messages.alertsReceived();
    }

    /** {@return whether the server ended its side with a close_notify} */
    public boolean closeNotifyReceived() {
        return alerts().contains("warning close_notify");
    }

    @Override
    public String toString() {
        return super.toString() + "\nalerts from the server: " + alerts();
    }
}
