package dev.sallyport.cli.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpSessionTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    private int closes;
    private final HttpSession session = new HttpSession(() -> "<p>pagé", () -> closes++);

    @Test
    void answersWithThePageAndItsLengthInBytes() {
        Response response = receive(GET);

        assertThat(text(response))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Length: 8\r\n", "\r\nConnection: keep-alive\r\n")
                .endsWith("\r\n\r\n<p>pagé");
        assertThat(response.last()).isFalse();
    }

    @Test
    void answersHeadWithTheSameHeadAndNoContent() {
        Response response = receive("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(text(response)).contains("\r\nContent-Length: 8\r\n").endsWith("\r\n\r\n");
    }

    @Test
    void answersRequestsSentTogetherOneByOne() {
        ByteBuffer in = ByteBuffer.wrap((GET + GET + "GET").getBytes(UTF_8));

        assertThat(session.receive(in)).isNotNull();
        assertThat(session.receive(in)).isNotNull();
        assertThat(session.receive(in)).isNull();
        assertThat(in.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "POST / HTTP/1.1|Host: x, 405 Method Not Allowed",
        "GET / HTTP/1.1|Host: x|Content-Length: 1, 413 Content Too Large",
        "GET / HTTP/2.0|Host: x, 505 HTTP Version Not Supported",
        "GET, 400 Bad Request"
    })
    void refusesAndEndsTheConnection(String lines, String status) {
        Response response = receive(lines.replace("|", "\r\n") + "\r\n\r\n");

        assertThat(text(response)).startsWith("HTTP/1.1 " + status + "\r\n").contains("\r\nConnection: close\r\n");
        assertThat(response.last()).isTrue();
        assertThat(session.receive(ByteBuffer.wrap(GET.getBytes(UTF_8))))
                .as("after the last answer")
                .isNull();
    }

    @Test
    void aClientThatClosesGetsTheLastAnswer() {
        assertThat(receive("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        .last())
                .isTrue();
    }

    @Test
    void drainingClosesAnIdleSessionAtOnce() {
        session.drain();

        assertThat(closes).isPositive();
        assertThat(session.closed()).isTrue();
    }

    @Test
    void drainingASessionWithARequestUnderWayAnswersItFirst() {
        session.receive(ByteBuffer.wrap("GET / HT".getBytes(UTF_8)));

        session.drain();

        assertThat(closes).isZero();
        assertThat(receive("TP/1.1\r\nHost: x\r\n\r\n").last()).isTrue();
    }

    @Test
    void drainingWhileAnAnswerIsSentClosesWhenItHasBeen() {
        receive(GET);
        session.drain();
        assertThat(closes).isZero();

        assertThat(session.receive(ByteBuffer.allocate(0))).isNull();
        assertThat(closes).isPositive();
    }

    @Test
    void aSessionIsIdleAgainOnceItsCallerHasComeBackFromSending() {
        receive(GET);
        assertThat(session.receive(ByteBuffer.allocate(0))).isNull();

        session.drain();

        assertThat(closes).isPositive();
    }

    private Response receive(String text) {
        Response response = session.receive(ByteBuffer.wrap(text.getBytes(UTF_8)));
        if (response == null) {
            throw new AssertionError("no answer to " + text);
        }
        return response;
    }

    private static String text(Response response) {
        return UTF_8.decode(response.bytes().duplicate()).toString();
    }
}
