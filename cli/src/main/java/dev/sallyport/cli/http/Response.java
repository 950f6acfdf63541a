package dev.sallyport.cli.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * One answer, ready to be sent.
 *
 * @param bytes head and content; a heap buffer with an array of its own
 * @param last whether the connection ends with it
 */
public record Response(ByteBuffer bytes, boolean last) {
    static Response of(Status status, String html, boolean withContent, boolean last) {
        byte[] content = html.getBytes(UTF_8);
        byte[] head = head(status, content.length, last).getBytes(ISO_8859_1);
        ByteBuffer bytes = ByteBuffer.allocate(head.length + (withContent ? content.length : 0));
        bytes.put(head);
        if (withContent) {
            bytes.put(content);
        }
        return new Response(bytes.flip(), last);
    }

    private static String head(Status status, int contentBytes, boolean last) {
        var head = new StringBuilder(320)
                .append("HTTP/1.1 ")
                .append(status)
                .append("\r\nDate: ")
                .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)))
                .append("\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ")
                .append(contentBytes)
                .append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff")
                .append("\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:")
                .append("\r\nConnection: ")
                .append(last ? "close" : "keep-alive");
        if (status == Status.METHOD_NOT_ALLOWED) {
            head.append("\r\nAllow: GET, HEAD");
        }
        return head.append("\r\n\r\n").toString();
    }
}
