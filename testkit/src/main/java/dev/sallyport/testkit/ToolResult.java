package dev.sallyport.testkit;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What one run of a command-line client did. */
public abstract sealed class ToolResult permits OpensslResult, CurlClient.Result, PythonClient.Result {
    private final int exitCode;
    private final byte[] output;
    private final String diagnostics;

    ToolResult(int exitCode, byte[] output, String diagnostics) {
        this.exitCode = exitCode;
        this.output = output;
        this.diagnostics = diagnostics;
    }

    /** {@return the exit code: 0 when all went well} */
    public int exitCode() {
        return exitCode;
    }

    /** {@return what the server sent, decrypted; nothing if it went into a comparison} */
    public byte[] output() {
        return output.clone();
    }

    /** {@return what the server sent, as UTF-8} */
    public String outputText() {
        return new String(output, StandardCharsets.UTF_8);
    }

    /** {@return what the tool wrote to standard error} */
    public String diagnostics() {
        return diagnostics;
    }

    /** {@return the version, as the JDK names it, or null without a handshake} */
    public abstract @Nullable String protocol();

    /** {@return the application protocol agreed on (ALPN), or null} */
    public abstract @Nullable String selectedProtocol();

    @Override
    public String toString() {
        return "exit code " + exitCode + ", " + output.length + " bytes of output, said:\n" + diagnostics;
    }

    /** The first group of the pattern's last match in the diagnostics, or null. */
    final @Nullable String said(String pattern) {
        Matcher matcher = Pattern.compile(pattern, Pattern.MULTILINE).matcher(diagnostics);
        String found = null;
        while (matcher.find()) {
            found = matcher.group(1);
        }
        return found;
    }
}
