package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelfSignedTest {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    @Test
    void isForThisMachineWhenNoNameIsGiven() throws Exception {
        Identity identity = SelfSigned.create(List.of());
        assertThat(identity.leaf().getSubjectX500Principal()).hasToString("CN=localhost");
        assertThat(identity.leaf().getSubjectAlternativeNames())
                .containsExactly(
                        List.of(DNS_NAME, "localhost"),
                        List.of(IP_ADDRESS, "127.0.0.1"),
                        List.of(IP_ADDRESS, "0:0:0:0:0:0:0:1"));
        assertThat(IdentityReader.of(identity.key(), identity.chain()).chain()).isEqualTo(identity.chain());
    }

    @Test
    void keepsTheRulesOfBrowsers() throws Exception {
        X509Certificate certificate = SelfSigned.create(List.of("example.com")).leaf();
        assertThat(certificate.getVersion()).isEqualTo(3);
        assertThat(certificate.getSerialNumber()).isPositive();
        assertThat(certificate.getSerialNumber().bitLength()).isBetween(64, 159);
        assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(certificate.getBasicConstraints()).as("not an authority").isEqualTo(-1);
        assertThat(certificate.getKeyUsage()).startsWith(true, false, false, false, false, false);
        assertThat(certificate.getCriticalExtensionOIDs()).isEqualTo(Set.of("2.5.29.15", "2.5.29.19"));
        Instant from = certificate.getNotBefore().toInstant();
        assertThat(from).isBetween(Instant.now().minus(Duration.ofMinutes(61)), Instant.now());
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(from.plus(Duration.ofDays(30)));
        certificate.verify(certificate.getPublicKey());
    }

    @Test
    void isAnotherOneEachTime() throws IOException {
        X509Certificate one = SelfSigned.create(List.of()).leaf();
        X509Certificate two = SelfSigned.create(List.of()).leaf();
        assertThat(one.getSerialNumber()).isNotEqualTo(two.getSerialNumber());
        assertThat(one.getPublicKey()).isNotEqualTo(two.getPublicKey());
    }

    @Test
    void writesYearsFrom2050WithFourDigits() throws IOException {
        Instant end = Instant.parse("2049-12-31T23:59:59Z");
        Clock clock = Clock.fixed(end, ZoneOffset.UTC);
        X509Certificate certificate = SelfSigned.create(List.of(), clock).leaf();
        assertThat(certificate.getNotBefore().toInstant()).isEqualTo(end.minus(Duration.ofHours(1)));
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(Instant.parse("2050-01-30T22:59:59Z"));
    }

    @Test
    void doesNotDependOnTheLocale() throws IOException {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-SA-u-ca-islamic-nu-arab"));
        try {
            Instant from = SelfSigned.create(List.of()).leaf().getNotBefore().toInstant();
            assertThat(from).isBetween(Instant.now().minus(Duration.ofMinutes(61)), Instant.now());
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, 2, example.com",
        "Example.COM, 2, example.com",
        "*.example.com, 2, *.example.com",
        "xn--e1afmkfd.xn--p1ai, 2, xn--e1afmkfd.xn--p1ai",
        "host-1, 2, host-1",
        "a_b.com, 2, a_b.com",
        "1a, 2, 1a",
        "192.0.2.1, 7, 192.0.2.1",
        "2001:db8::a, 7, 2001:db8:0:0:0:0:0:a",
        "2001:DB8::192.0.2.1, 7, 2001:db8:0:0:0:0:c000:201",
        "::ffff:192.0.2.1, 7, 192.0.2.1",
    })
    void takesNamesAndAddresses(String name, int kind, String alternative) throws Exception {
        assertThat(SelfSigned.create(List.of(name)).leaf().getSubjectAlternativeNames())
                .containsExactly(List.of(kind, alternative));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | is empty; leave it out, or give a DNS name or an IP address",
                "a b | is not a DNS name; each label between dots needs 1 to 63 letters, digits and inner hyphens",
                "example..com | is not a DNS name; each label between dots needs 1 to 63 letters, digits and inner hyphens",
                "example.com. | is not a DNS name; each label between dots needs 1 to 63 letters, digits and inner hyphens",
                "-a.com | is not a DNS name; each label between dots needs 1 to 63 letters, digits and inner hyphens",
                "a,DNS=b | is not a DNS name; each label between dots needs 1 to 63 letters, digits and inner hyphens",
                "* | has a wildcard that is not its whole first label; it should be like '*.example.com'",
                "*.*.com | has a wildcard that is not its whole first label; it should be like '*.example.com'",
                "w*.example.com | has a wildcard that is not its whole first label; it should be like '*.example.com'",
                "www.*.com | has a wildcard that is not its whole first label; it should be like '*.example.com'",
                "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444 | is not ASCII; give it in the encoded form, xn--e1afmkfd.xn--p1ai",
                "1.2.3 | is not an IPv4 address; it needs four numbers from 0 to 255, like 192.0.2.1",
                "1.2.3.256 | is not an IPv4 address; it needs four numbers from 0 to 255, like 192.0.2.1",
                "1.2.3.04 | is not an IPv4 address; it needs four numbers from 0 to 255, like 192.0.2.1",
                "1.2.3.4.5 | is not an IPv4 address; it needs four numbers from 0 to 255, like 192.0.2.1",
                "99999999999 | is not an IPv4 address; it needs four numbers from 0 to 255, like 192.0.2.1",
                "1::2::3 | is not an IPv6 address",
                "::FFFF::1 | is not an IPv6 address",
                "fe80::1%lo | is no name and no IPv6 address; leave out brackets, port, zone and 'https://'",
                "[::1] | is no name and no IPv6 address; leave out brackets, port, zone and 'https://'",
                "localhost:8443 | is no name and no IPv6 address; leave out brackets, port, zone and 'https://'",
                "https://a.com | is no name and no IPv6 address; leave out brackets, port, zone and 'https://'",
            })
    void refusesBadNames(String name, String problem) {
        assertThatThrownBy(() -> SelfSigned.create(List.of("localhost", name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("names: '" + name + "' " + problem);
    }

    @Test
    void refusesNamesThatAreTooLongOrTooMany() throws IOException {
        String label = "a".repeat(63);
        String longest = String.join(".", label, label, label, "a".repeat(61));
        X509Certificate certificate = SelfSigned.create(List.of(longest)).leaf();
        assertThat(certificate.getSubjectX500Principal()).hasToString("CN=self-signed certificate");
        assertThatThrownBy(() -> SelfSigned.create(List.of(longest + "a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(" has 254 characters, more than 253");
        assertThatThrownBy(() -> SelfSigned.create(List.of("a" + label))).isInstanceOf(IllegalArgumentException.class);
        assertThat(SelfSigned.create(Collections.nCopies(500, "one.example"))).isNotNull();
        assertThatThrownBy(() -> SelfSigned.create(
                        IntStream.range(0, 101).mapToObj(i -> "n" + i).toList()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("names: 101, at most 100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "*.example.com", "192.0.2.1", "::1"})
    void openSslVerifiesItWithItselfAsAuthority(String name, @TempDir Path folder) throws IOException {
        OpenSsl openssl = OpenSsl.in(folder);
        Identity identity = SelfSigned.create(List.of(name));
        Files.writeString(folder.resolve("cert.pem"), Pem.of(identity.leaf()));
        boolean address = name.indexOf(':') >= 0 || name.startsWith("192");
        String check = address ? "-verify_ip " + name : "-verify_hostname " + name.replace("*", "www");
        assertThat(openssl.run("verify -x509_strict -purpose sslserver " + check + " -CAfile cert.pem cert.pem"))
                .isEqualToIgnoringNewLines("cert.pem: OK");
    }
}
