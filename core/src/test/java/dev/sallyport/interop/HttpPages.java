package dev.sallyport.interop;

import dev.sallyport.BindOptions;
import dev.sallyport.ConnectionHandler;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecureSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Setup;
import dev.sallyport.testkit.Payload;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of HTTP/1.1 as its clients need to be content, one thread a connection: {@code /size/N} is a page of N bytes,
 * everything else tells what was asked and negotiated and how large the request's body was.
 */
public final class HttpPages implements ConnectionHandler {
    /** A server of these pages; closing ends its connections, which clients would keep for the next request. */
    public record Site(SecureServerSocket server) implements AutoCloseable {
        static Site open(Setup setup, SecurityContext context, Consumer<BindOptions.Builder> options)
                throws IOException {
            SecureServerSocket server = setup.open(context, options);
            server.serve(new HttpPages());
            return new Site(server);
        }

        int port() {
            return server.port();
        }

        @Override
        public void close() {
            server.shutdown(Duration.ZERO).orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    private static final Pattern SIZE = Pattern.compile("/size/(\\d+)");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    @Override
    public void handle(SecureSocket socket) throws IOException {
        InputStream in = socket.inputStream();
        for (String head = head(in); !head.isEmpty(); head = head(in)) {
            Matcher length = LENGTH.matcher(head);
            int bodyBytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
            if (in.readNBytes(bodyBytes).length < bodyBytes) {
                throw new EOFException("the request ended in its body");
            }
            answer(socket, head.substring(0, head.indexOf("\r\n")), bodyBytes);
        }
    }

    private static void answer(SecureSocket socket, String request, int bodyBytes) throws IOException {
        Matcher size = SIZE.matcher(request);
        byte[] page = size.find()
                ? page(Integer.parseInt(size.group(1)))
                : describe(socket, request, bodyBytes).getBytes(StandardCharsets.UTF_8);
        OutputStream out = socket.outputStream();
        out.write(("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + page.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(page);
    }

    /** {@return the page of so many bytes} */
    public static byte[] page(int bytes) {
        return Payload.of(bytes, bytes).bytes();
    }

    private static String describe(SecureSocket socket, String request, int bodyBytes) {
        return request + ", " + bodyBytes + " bytes, "
                + socket.handshake().version().protocolName() + ", "
                + socket.selectedProtocol() + ", " + socket.serverName() + ", "
                + (socket.peerCertificate() == null
                        ? "anonymous"
                        : socket.peerCertificate().getSubjectX500Principal().getName());
    }

    /** The request up to its empty line, or nothing at the end. */
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            if (b == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        if (head.size() > 0) {
            throw new EOFException("the request ended in its head");
        }
        return "";
    }
}
