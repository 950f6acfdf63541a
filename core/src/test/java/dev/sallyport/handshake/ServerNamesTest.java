package dev.sallyport.handshake;

import static dev.sallyport.PackageAccess.loaded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sallyport.SecurityContext;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which name gets which context; that clients really get it is shown with sockets. */
class ServerNamesTest {
    private final SecurityContext exact = SecurityContext.selfSigned("exact");
    private final SecurityContext wildcard = SecurityContext.selfSigned("wildcard");

    @Test
    void exactNamesGoBeforeWildcardsAndWildcardsStandForOneLabel() throws Exception {
        SecurityContext context = SecurityContext.builder()
                .forServerName("*.Example.com", wildcard)
                .forServerName("www.example.com", exact)
                .build();

        assertThat(loaded(context).hasNames()).isTrue();
        assertThat(loaded(context).forName("www.example.com")).isSameAs(loaded(exact));
        assertThat(loaded(context).forName("WWW.EXAMPLE.COM")).isSameAs(loaded(exact));
        assertThat(loaded(context).forName("mail.example.com")).isSameAs(loaded(wildcard));
        assertThat(loaded(context).forName("a.mail.example.com")).isNull();
        assertThat(loaded(context).forName("example.com")).isNull();
        assertThat(loaded(context).forName(".example.com")).isNull();
        assertThat(loaded(context).forName("other.org")).isNull();
        assertThat(loaded(context).forName("localhost")).isNull();
    }

    @Test
    void theSamePatternAgainReplaces() throws Exception {
        SecurityContext before =
                SecurityContext.builder().forServerName("a.example", exact).build();

        SecurityContext after =
                before.toBuilder().forServerName("A.example", wildcard).build();

        assertThat(loaded(before).forName("a.example")).isSameAs(loaded(exact));
        assertThat(loaded(after).forName("a.example")).isSameAs(loaded(wildcard));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "a.b",
                "*.b",
                "x--y.example",
                "_service.example",
                "xn--mnchen-3ya.example",
                "3com.example"
            })
    void takesHostNames(String pattern) throws Exception {
        SecurityContext context =
                SecurityContext.builder().forServerName(pattern, exact).build();

        assertThat(loaded(context).forName(pattern.replace("*", "any"))).isSameAs(loaded(exact));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "*",
                "*.",
                "**.example",
                "a.*.example",
                "www*.example",
                "*.*.example",
                ".example",
                "a..example",
                "example.com.",
                "-a.example",
                "a-.example",
                "a b.example",
                "a:443",
                "127.0.0.1",
                "::1",
                "[::1]",
                "1.2.3",
                "*.127.0.0.1",
                "münchen.example",
                "a/b",
            })
    void refusesOtherPatterns(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecurityContext.builder().forServerName(pattern, exact))
                .withMessageStartingWith("forServerName(" + pattern + "): ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"www.example.com:8443", "localhost:443", "https://www.example.com"})
    void saysOfANameWithAPortOrAUrlWhatToTakeOut(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecurityContext.builder().forServerName(pattern, exact))
                .withMessageContaining("without the port or 'https://'");
    }

    @Test
    void refusesNamesThatAreTooLong() {
        String label = "a".repeat(63);
        String tooLong = String.join(".", label, label, label, label);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecurityContext.builder().forServerName(tooLong, exact))
                .withMessageContaining("255")
                .withMessageContaining("253");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecurityContext.builder().forServerName("a".repeat(64) + ".example", exact))
                .withMessageContaining("63");
    }

    @Test
    void saysHowToWriteANameThatIsNotAscii() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecurityContext.builder().forServerName("München.example", exact))
                .withMessageContaining("xn--mnchen-3ya.example");
    }

    @Test
    void refusesContextsThatCouldNotAnswer() throws Exception {
        SecurityContext nested =
                SecurityContext.builder().forServerName("a.example", exact).build();
        SecurityContext selecting = exact.toBuilder()
                .forClientHello(hello -> CompletableFuture.completedFuture(null))
                .build();
        SecurityContext bare = SecurityContext.builder().build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecurityContext.builder().forServerName("b.example", nested))
                .withMessageContaining("names");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecurityContext.builder().forServerName("b.example", selecting))
                .withMessageContaining("selector");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecurityContext.builder().forServerName("b.example", bare))
                .withMessageContaining("identity");
    }
}
