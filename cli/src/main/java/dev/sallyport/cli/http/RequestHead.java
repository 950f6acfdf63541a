package dev.sallyport.cli.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;

/** Reads one complete head, strictly: what is ambiguous (RFC 9112, 11.2) is refused, not repaired. */
final class RequestHead {
    private final String version;
    private int hosts;
    private boolean hasBody;
    private boolean closeAsked;
    private boolean keepAliveAsked;

    private RequestHead(String version) {
        this.version = version;
    }

    /** Reads the first {@code length} bytes of {@code head}: a request line, header fields, an empty line. */
    static Request parse(byte[] head, int length) throws BadRequestException {
        // String.lines() would also end a line at a lone carriage return, which is not allowed to mean anything.
        String[] lines = new String(head, 0, length, ISO_8859_1).split("\r?\n", -1);
        String[] requestLine = lines[0].split(" ", -1);
        if (requestLine.length != 3 || !isToken(requestLine[0]) || !isTarget(requestLine[1])) {
            throw new BadRequestException(Status.BAD_REQUEST, "this is no request line of HTTP");
        }
        var fields = new RequestHead(supported(requestLine[2]));
        int fieldsEnd = lines.length - 2; // the empty line, and the nothing after it
        for (int i = 1; i < fieldsEnd; i++) {
            fields.add(lines[i]);
        }
        return fields.request(requestLine[0], requestLine[1]);
    }

    private static String supported(String version) throws BadRequestException {
        if (!version.matches("HTTP/[0-9]\\.[0-9]")) {
            throw new BadRequestException(Status.BAD_REQUEST, "this is no request line of HTTP");
        }
        if (!version.startsWith("HTTP/1.")) {
            throw new BadRequestException(Status.VERSION_NOT_SUPPORTED, "only HTTP/1.1 is spoken here");
        }
        return version;
    }

    private void add(String line) throws BadRequestException {
        int colon = line.indexOf(':');
        if (colon < 0 || !isToken(line.substring(0, colon)) || !isFieldValue(line.substring(colon + 1))) {
            throw new BadRequestException(Status.BAD_REQUEST, "a header field is malformed");
        }
        String value = line.substring(colon + 1).strip();
        switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
            case "host" -> hosts++;
            case "transfer-encoding" -> hasBody = true;
            case "content-length" -> hasBody |= !"0".equals(value);
            case "connection" -> addConnectionOptions(value);
            default -> {
                // The page depends on nothing else.
            }
        }
    }

    private void addConnectionOptions(String value) {
        for (String option : value.toLowerCase(Locale.ROOT).split(",", -1)) {
            closeAsked |= "close".equals(option.strip());
            keepAliveAsked |= "keep-alive".equals(option.strip());
        }
    }

    private Request request(String method, String target) throws BadRequestException {
        boolean oldVersion = "HTTP/1.0".equals(version);
        if (hosts > 1 || (hosts == 0 && !oldVersion)) {
            throw new BadRequestException(Status.BAD_REQUEST, "a request has exactly one Host field");
        }
        boolean keepAlive = !closeAsked && (!oldVersion || keepAliveAsked);
        return new Request(method, target, keepAlive, hasBody);
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c >= '0' && c <= '9')
                                || (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    }

    private static boolean isTarget(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }

    private static boolean isFieldValue(String text) {
        return text.chars().allMatch(c -> (c >= ' ' && c != 0x7F) || c == '\t');
    }
}
