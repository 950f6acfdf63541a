package dev.sallyport.cli.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
    private static final String FIRST = "GET /a HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n";
    private static final String SECOND = "HEAD /b?c HTTP/1.1\r\nHost: x\r\nConnection: TE, Close\r\n\r\n";
    private static final String TWO_REQUESTS = FIRST + SECOND;

    @Test
    void findsBothRequestsWhereverTheBytesAreSplit() throws BadRequestException {
        for (int first = 0; first <= TWO_REQUESTS.length(); first++) {
            for (int second = first; second <= TWO_REQUESTS.length(); second++) {
                List<Request> requests = new ArrayList<>();
                var parser = new RequestParser();
                feedAll(parser, TWO_REQUESTS.substring(0, first), requests);
                feedAll(parser, TWO_REQUESTS.substring(first, second), requests);
                feedAll(parser, TWO_REQUESTS.substring(second), requests);

                assertThat(requests)
                        .as("split at %d and %d", first, second)
                        .containsExactly(
                                new Request("GET", "/a", true, false), new Request("HEAD", "/b?c", false, false));
            }
        }
    }

    @Test
    void leavesWhatFollowsTheHead() throws BadRequestException {
        ByteBuffer in = bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\nrest");

        new RequestParser().feed(in);

        assertThat(ISO_8859_1.decode(in).toString()).isEqualTo("rest");
    }

    @Test
    void ignoresEmptyLinesBeforeARequest() throws BadRequestException {
        assertThat(parse("\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")).isEqualTo(new Request("GET", "/", true, false));
    }

    @Test
    void takesLinesThatEndWithoutCarriageReturn() throws BadRequestException {
        assertThat(parse("GET / HTTP/1.1\nHost: x\n\n")).isEqualTo(new Request("GET", "/", true, false));
    }

    @Test
    void oldClientsCloseUnlessTheySayOtherwise() throws BadRequestException {
        assertThat(parse("GET / HTTP/1.0\r\n\r\n").keepAlive()).isFalse();
        assertThat(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keepAlive())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 3", "Transfer-Encoding: chunked", "content-length: +0"})
    void noticesContent(String field) throws BadRequestException {
        assertThat(parse("GET / HTTP/1.1\r\nHost: x\r\n" + field + "\r\n\r\n").hasBody())
                .isTrue();
    }

    @Test
    void contentOfNoLengthIsNone() throws BadRequestException {
        assertThat(parse("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                        .hasBody())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /\r\n\r\n",
                "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
                "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTQ/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\u0000y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n",
            })
    void refusesWhatIsAmbiguousOrNoHttp(String head) {
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> parse(head))
                .returns(Status.BAD_REQUEST, BadRequestException::status);
    }

    @Test
    void refusesTheOpeningOfHttp2() {
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> parse("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
                .returns(Status.VERSION_NOT_SUPPORTED, BadRequestException::status);
    }

    @Test
    void takesAHeadOfExactlyTheLimitAndRefusesOneByteMore() throws BadRequestException {
        String start = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
        String end = "\r\n\r\n";
        String fill = "a".repeat(RequestParser.MAX_HEAD_BYTES - start.length() - end.length());

        assertThat(parse(start + fill + end)).isNotNull();
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> parse(start + fill + "a" + end))
                .returns(Status.HEAD_TOO_LARGE, BadRequestException::status);
    }

    private static Request parse(String head) throws BadRequestException {
        Request request = new RequestParser().feed(bytes(head));
        if (request == null) {
            throw new AssertionError("the head is not complete: " + head);
        }
        return request;
    }

    private static void feedAll(RequestParser parser, String piece, List<Request> requests) throws BadRequestException {
        ByteBuffer in = bytes(piece);
        for (Request request = parser.feed(in); request != null; request = parser.feed(in)) {
            requests.add(request);
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }
}
