package dev.sallyport.testkit;

import static dev.sallyport.testkit.Awaiting.PATIENCE;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an authority says of certificates it has issued and revoked: lists (CRL), and answers to questions (OCSP). Made with
 * the program openssl; a test that uses it needs {@code @RequiresTool("openssl")}.
 */
public final class RevokingAuthority {
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");

    private final TestIdentity authority;
    private final Path index;
    private final Path config;

    private RevokingAuthority(TestIdentity authority, Path index, Path config) {
        this.authority = authority;
        this.index = index;
        this.config = config;
    }

    /**
     * One that knows of these certificates, and of no others.
     *
     * @param authority who issued them
     * @param good those that are not revoked
     * @param revoked those that are
     */
    public static RevokingAuthority of(TestIdentity authority, List<TestIdentity> good, List<TestIdentity> revoked)
            throws IOException {
        List<String> lines = new ArrayList<>();
        for (TestIdentity identity : good) {
            lines.add(line("V", "", identity));
        }
        for (TestIdentity identity : revoked) {
            lines.add(line("R", "200101000000Z", identity));
        }
        Path index = TestFiles.write("index.txt", bytes(String.join("", lines)));
        Files.writeString(Path.of(index + ".attr"), "unique_subject = no\n");
        Path config = TestFiles.write("ca.cnf", bytes("""
                [ca]
                default_ca = tests
                [tests]
                database = %s
                default_md = sha256
                default_crl_days = 30
                """.formatted(index)));
        return new RevokingAuthority(authority, index, config);
    }

    /** Status, expiry, time of revocation, serial number, file, subject: openssl's own table. */
    private static String line(String status, String revoked, TestIdentity identity) {
        BigInteger serial = identity.certificate().getSerialNumber();
        String hex = serial.toString(16).toUpperCase(Locale.ROOT);
        String expiry =
                UTC.format(identity.certificate().getNotAfter().toInstant().atOffset(ZoneOffset.UTC));
        return String.join(
                        "\t",
                        status,
                        expiry,
                        revoked,
                        hex.length() % 2 == 0 ? hex : "0" + hex,
                        "unknown",
                        "/CN=" + identity.name())
                + "\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** {@return a file with its list, as PEM, valid for 30 days} */
    public Path list() throws IOException {
        return list("-crldays", "30");
    }

    /** {@return a file with its list, as PEM, whose next update was due long ago} */
    public Path expiredList() throws IOException {
        return list("-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20200201000000Z");
    }

    private Path list(String... validity) throws IOException {
        Path list = TestFiles.fresh("list.pem");
        List<String> command = new ArrayList<>(List.of("openssl", "ca", "-gencrl", "-config", config.toString()));
        command.addAll(List.of(validity));
        command.addAll(List.of(
                "-cert",
                authority.chainFile().toString(),
                "-keyfile",
                authority.keyFile().toString()));
        command.addAll(List.of("-out", list.toString()));
        run(command);
        return list;
    }

    /** {@return the answer to a question of OCSP, as DER} */
    public byte[] answer(byte[] question) throws IOException {
        Path asked = TestFiles.write("question.der", question);
        Path answer = TestFiles.fresh("answer.der");
        run(List.of(
                "openssl",
                "ocsp",
                "-index",
                index.toString(),
                "-CA",
                authority.chainFile().toString(),
                "-rsigner",
                authority.chainFile().toString(),
                "-rkey",
                authority.keyFile().toString(),
                "-reqin",
                asked.toString(),
                "-respout",
                answer.toString(),
                "-ndays",
                "1"));
        return Files.readAllBytes(answer);
    }

    private static void run(List<String> command) throws IOException {
        try (ChildProcess process = ChildProcess.start(command)) {
            process.feed(new ByteArrayInputStream(new byte[0]));
            process.closeStdin();
            int status = process.awaitExit(PATIENCE);
            if (status != 0) {
                throw new IOException(command + ": status " + status + ": " + process.errorText());
            }
        }
    }
}
