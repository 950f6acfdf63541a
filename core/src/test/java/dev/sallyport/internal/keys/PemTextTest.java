package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text around and inside PEM blocks: what is tolerated, and what the rest is answered with. */
class PemTextTest {
    private static final X509Certificate ONE = Issuer.selfSigned("one", Keys.P256);
    private static final X509Certificate TWO = Issuer.selfSigned("two", Keys.P384);
    private static final String TEXT = Pem.of(ONE, TWO);

    @Test
    void readsBlocksInOrder() throws IOException {
        assertReads(TEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\r", "\n\n", " \n", "\t\r\n", "\n  "})
    void takesAnyLineEndIndentationAndBlanks(String end) throws IOException {
        assertReads(TEXT.replace("\n", end));
    }

    @Test
    void takesAByteOrderMark() throws IOException {
        assertReads("\ufeff" + TEXT);
    }

    @Test
    void takesATextWithoutItsLastLineEnd() throws IOException {
        assertReads(TEXT.strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bag Attributes\n    friendlyName: test\nsubject=CN = one\n",
                " 0 s:CN = one\n   i:CN = one\n---\n",
                "0 comes first: the tag of a DER sequence\n",
                "\u0441\u0435\u0440\u0442\u0438\u0444\u0438\u043a\u0430\u0442 # not -----BEGIN CERTIFICATE----- yet\n"
            })
    void passesOverTextBeforeBetweenAndAfter(String text) throws IOException {
        assertReads(text + Pem.of(ONE) + text + Pem.of(TWO) + text);
    }

    @Test
    void takesHeadersOfOtherKinds() throws IOException {
        assertReads(TEXT.replaceAll("-----BEGIN CERTIFICATE-----\n", "$0Comment: none\nX-Proc: other\n\n"));
    }

    @Test
    void takesBase64OfAnyLineLength() throws IOException {
        assertReads(TEXT.replaceAll("(?<=[A-Za-z0-9+/=]{64})\n(?=[A-Za-z0-9+/=])", ""));
        assertReads(TEXT.replaceAll("(?m)^([A-Za-z0-9+/]{10})", "$1\n"));
    }

    @Test
    void readsTheSameInAnyForm() throws IOException {
        long seed = 20_261_122;
        Random random = new Random(seed);
        String[] ends = {"\n", "\r\n", "\r"};
        String[] between = {"", " ", "\t", "subject=CN = one", "# a comment"};
        for (int form = 0; form < 500; form++) {
            String end = ends[random.nextInt(ends.length)];
            int width = 4 + random.nextInt(200);
            StringBuilder text = new StringBuilder();
            for (X509Certificate certificate : List.of(ONE, TWO)) {
                text.append(between[random.nextInt(between.length)]).append(end);
                text.append("-----BEGIN CERTIFICATE-----").append(end);
                text.append(Base64.getMimeEncoder(width, end.getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(Pem.der(certificate)));
                text.append(end).append("-----END CERTIFICATE-----").append(end);
            }
            try {
                assertReads(text.toString());
            } catch (IOException refusal) {
                throw new AssertionError("form " + form + " of seed " + seed + ": " + text, refusal);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\r\n\t\n"})
    void refusesAnEmptyFile(String text) {
        assertRefused(text, "chain: is empty; it should hold the certificates");
    }

    @Test
    void refusesABlockWithoutContent() {
        assertRefused(
                Pem.of(ONE) + "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
                "chain, block 2 (CERTIFICATE): is empty; copy the block again");
    }

    @Test
    void saysWhereTheBase64IsMalformed() {
        assertRefused(
                Pem.of(ONE) + Pem.of(TWO).replaceFirst("\n(MII.{10}).", "\n$1*"),
                "chain, block 2 (CERTIFICATE): malformed base64: line " + (lines(Pem.of(ONE)) + 2)
                        + ", character 14 does not belong there; copy the block again");
    }

    @Test
    void saysWhenACharacterOfTheBase64IsMissing() {
        assertThatThrownBy(() -> read(Pem.of(ONE).replaceFirst("\nMII", "\nMI")))
                .isInstanceOf(SSLException.class)
                .hasMessageMatching("chain, block 1 \\(CERTIFICATE\\): malformed base64: [0-9]+ characters, which is no"
                        + " multiple of 4; some are missing: copy the block again");
    }

    @Test
    void refusesWrongPadding() {
        assertRefused(
                "-----BEGIN CERTIFICATE-----\nA===\n-----END CERTIFICATE-----\n",
                "chain, block 1 (CERTIFICATE): malformed base64: wrong padding at its end; copy the block again");
    }

    @Test
    void refusesGarbageAfterTheBase64() {
        assertRefused(
                "-----BEGIN CERTIFICATE-----\nMAA=\nAAAA\n-----END CERTIFICATE-----\n",
                "chain, block 1 (CERTIFICATE): trailing garbage after the end of the base64, in line 3; copy the block again");
    }

    @Test
    void refusesABeginWithoutEnd() {
        assertRefused(
                Pem.of(ONE).replace("-----END CERTIFICATE-----", ""),
                "chain, block 1 (CERTIFICATE): its BEGIN in line 1 has no END before the text ends; it is cut short: copy the"
                        + " block again");
        assertRefused(
                TEXT.replaceFirst("-----END CERTIFICATE-----\n", ""),
                "chain, block 1 (CERTIFICATE): its BEGIN in line 1 has no END before the next BEGIN in line "
                        + lines(Pem.of(ONE)) + ": copy the block again");
    }

    @Test
    void refusesAnEndWithoutBegin() {
        assertRefused(
                TEXT.replaceFirst("-----BEGIN CERTIFICATE-----\n", ""),
                "chain: line " + (lines(Pem.of(ONE)) - 1)
                        + " is an END line without its BEGIN; the beginning of the block is"
                        + " missing: copy it again");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-----END CERTIFICATE----", "-----END CERTIFICATES-----", "-----END  CERTIFICATE-----", "---"})
    void refusesADamagedEnd(String end) {
        assertRefused(
                Pem.of(ONE).replace("-----END CERTIFICATE-----", end),
                "chain, block 1 (CERTIFICATE): line " + lines(Pem.of(ONE))
                        + " is not the END line that belongs to the BEGIN in line 1; it should read '-----END"
                        + " CERTIFICATE-----'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "----BEGIN CERTIFICATE-----",
                "-----BEGIN CERTIFICATE----",
                "-----BEGIN -----",
                "-BEGIN CERTIFICATE-",
                "---- BEGIN CERTIFICATE ----",
                "-----BEGIN CERTI\u0007FICATE-----",
            })
    void refusesADamagedBegin(String begin) {
        assertThatThrownBy(() -> read(Pem.of(ONE) + Pem.of(TWO).replace("-----BEGIN CERTIFICATE-----", begin)))
                .isInstanceOf(SSLException.class)
                .hasMessageMatching("chain: (line [0-9]+ is a damaged BEGIN line; it should read like '-----BEGIN"
                        + " CERTIFICATE-----' and nothing else|is neither PEM text nor DER, .*)");
    }

    @Test
    void explainsLineEndsThatWereLostInAShell() {
        assertRefused(
                Pem.of(ONE).replace('\n', ' '),
                "chain: line 1 goes on after its BEGIN; line ends were lost, for example in an unquoted shell variable: restore"
                        + " them");
    }

    @Test
    void explainsLineEndsWrittenAsBackslashN() {
        assertRefused(
                Pem.of(ONE).replace("\n", "\\n"),
                "chain: line 1 has the two characters \\n where a line should end; write real line ends");
    }

    @Test
    void takesBoundedTimeForManyBlocks() {
        String many = "-----BEGIN X-----\nMAA=\n-----END X-----\n".repeat(25_000);
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertRefused(
                        many,
                        "chain, block 1 (X): is something unknown where certificates are expected; give the certificate"));
    }

    @Test
    void explainsUtf16() {
        Source source = Source.bytes("chain", ("\ufeff" + TEXT).getBytes(StandardCharsets.UTF_16LE));
        assertThatThrownBy(() -> CertificateReader.read(source))
                .isInstanceOf(SSLException.class)
                .hasMessage(
                        "chain: is UTF-16 text, as some Windows programs write it; save it again as ASCII or UTF-8");
    }

    @Test
    void explainsBase64WithoutMarkers() {
        assertRefused(
                Pem.of(ONE).replaceAll("-----.*-----\n", ""),
                "chain: has no PEM block; it looks like base64 whose '-----BEGIN ...-----' and '-----END ...-----' lines are"
                        + " missing: put them back");
    }

    @Test
    void explainsAMarkerInsideALine() {
        assertRefused(
                "\"cert\": \"" + Pem.of(ONE).replaceAll("\n-----END.*", "\""),
                "chain: has no PEM block; '-----BEGIN ' must stand at the beginning of a line");
    }

    @Test
    void refusesTextOfAnotherKind() {
        assertRefused("hello\n", "chain: has no PEM block; check that it is the right file");
    }

    @Test
    void refusesBinaryOfAnotherKind() {
        assertRefused(
                "PK\003\004 a zip file",
                "chain: is neither PEM text nor DER, PKCS#12 or JKS; check that it is the right file");
    }

    @Test
    void neverPrintsMoreOfALabelThanFitsALine() {
        String label = "X".repeat(80);
        assertThatThrownBy(() -> read(Pem.block(label, new byte[] {1})))
                .isInstanceOf(SSLException.class)
                .hasMessageStartingWith("chain, block 1 (" + label + "): is something unknown where certificates are");
    }

    private static int lines(String text) {
        return (int) text.lines().count();
    }

    private static List<X509Certificate> read(String text) throws IOException {
        return CertificateReader.read(Pem.chain(text));
    }

    private static void assertReads(String text) throws IOException {
        assertThat(read(text)).containsExactly(ONE, TWO);
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(SSLException.class).hasMessage(message);
    }
}
