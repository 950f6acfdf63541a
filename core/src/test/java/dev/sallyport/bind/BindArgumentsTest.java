package dev.sallyport.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.BindOptions;
import dev.sallyport.InternetAddress;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.support.Alarms;
import dev.sallyport.testkit.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What bind refuses before it returns, instead of through the future. */
class BindArgumentsTest {
    private static final String HOST = "127.0.0.1";
    private static final InetAddress ADDRESS = InternetAddress.LOOPBACK_IPV4;
    private static final Consumer<BindOptions.Builder> NO_OPTIONS = options -> {};

    private static SecurityContext context;
    private static SecurityContext withoutIdentity;

    @BeforeAll
    static void makeContexts() throws IOException {
        context = builder().build();
        withoutIdentity = SecurityContext.builder().build();
    }

    private static SecurityContext.Builder builder() {
        return SecurityContext.builder()
                .identity(TestPki.server().chainFile(), TestPki.server().keyFile());
    }

    /** Every form that takes a port and options to be set, of every kind of server; what they return is never reached. */
    private static Stream<ThrowingCallable> forms(
            int port, SecurityContext context, Consumer<BindOptions.Builder> options) {
        return Stream.of(
                () -> SecureServerSocket.bind(HOST, port, context, options),
                () -> SecureServerSocket.bind(ADDRESS, port, context, options),
                () -> SecureServerSocket.open(HOST, port, context, options),
                () -> SecureServerSocket.open(ADDRESS, port, context, options),
                () -> RawSecureServerSocket.bind(HOST, port, context, options),
                () -> RawSecureServerSocket.bind(ADDRESS, port, context, options),
                () -> RawSecureServerSocket.open(HOST, port, context, options),
                () -> RawSecureServerSocket.open(ADDRESS, port, context, options));
    }

    private static Stream<ThrowingCallable> forms(int port, SecurityContext context, BindOptions options) {
        return Stream.of(
                () -> SecureServerSocket.bind(HOST, port, context, options),
                () -> SecureServerSocket.bind(ADDRESS, port, context, options),
                () -> SecureServerSocket.open(HOST, port, context, options),
                () -> SecureServerSocket.open(ADDRESS, port, context, options),
                () -> RawSecureServerSocket.bind(HOST, port, context, options),
                () -> RawSecureServerSocket.bind(ADDRESS, port, context, options),
                () -> RawSecureServerSocket.open(HOST, port, context, options),
                () -> RawSecureServerSocket.open(ADDRESS, port, context, options));
    }

    private static Stream<ThrowingCallable> forms(int port, SecurityContext context) {
        Stream<ThrowingCallable> withDefaults = Stream.of(
                () -> SecureServerSocket.bind(HOST, port, context),
                () -> SecureServerSocket.bind(ADDRESS, port, context),
                () -> SecureServerSocket.open(HOST, port, context),
                () -> SecureServerSocket.open(ADDRESS, port, context),
                () -> RawSecureServerSocket.bind(HOST, port, context),
                () -> RawSecureServerSocket.bind(ADDRESS, port, context),
                () -> RawSecureServerSocket.open(HOST, port, context),
                () -> RawSecureServerSocket.open(ADDRESS, port, context));
        return Stream.of(withDefaults, forms(port, context, NO_OPTIONS), forms(port, context, BindOptions.defaults()))
                .flatMap(forms -> forms);
    }

    private static Stream<ThrowingCallable> addressForms(SocketAddress address, SecurityContext context) {
        return Stream.of(
                        Stream.<ThrowingCallable>of(
                                () -> SecureServerSocket.bind(address, context),
                                () -> SecureServerSocket.open(address, context),
                                () -> RawSecureServerSocket.bind(address, context),
                                () -> RawSecureServerSocket.open(address, context)),
                        addressForms(address, context, NO_OPTIONS),
                        addressForms(address, context, BindOptions.defaults()))
                .flatMap(forms -> forms);
    }

    private static Stream<ThrowingCallable> addressForms(
            SocketAddress address, SecurityContext context, Consumer<BindOptions.Builder> options) {
        return Stream.of(
                () -> SecureServerSocket.bind(address, context, options),
                () -> SecureServerSocket.open(address, context, options),
                () -> RawSecureServerSocket.bind(address, context, options),
                () -> RawSecureServerSocket.open(address, context, options));
    }

    private static Stream<ThrowingCallable> addressForms(
            SocketAddress address, SecurityContext context, BindOptions options) {
        return Stream.of(
                () -> SecureServerSocket.bind(address, context, options),
                () -> SecureServerSocket.open(address, context, options),
                () -> RawSecureServerSocket.bind(address, context, options),
                () -> RawSecureServerSocket.open(address, context, options));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void refusesAPortOutOfRangeNamingTheRange(int port) {
        forms(port, context)
                .forEach(form -> assertThatIllegalArgumentException()
                        .isThrownBy(form)
                        .withMessageContainingAll("port", Integer.toString(port), "0..65535"));
    }

    @Test
    void refusesANegativeBacklogNamingTheRange() {
        forms(0, context, options -> options.backlog(-1))
                .forEach(form -> assertThatIllegalArgumentException()
                        .isThrownBy(form)
                        .withMessageContainingAll("backlog", "-1", "0 or more"));
    }

    @Test
    void refusesABadProtocolName() {
        forms(0, context, options -> options.supportedProtocols("h2", ""))
                .forEach(form -> assertThatIllegalArgumentException()
                        .isThrownBy(form)
                        .withMessageContaining("supportedProtocols"));
        forms(0, context, options -> options.supportedProtocols("x".repeat(256)))
                .forEach(form ->
                        assertThatIllegalArgumentException().isThrownBy(form).withMessageContaining("255"));
    }

    @Test
    void refusesAContextWithoutIdentity() {
        Stream.concat(forms(0, withoutIdentity), addressForms(new InetSocketAddress(ADDRESS, 0), withoutIdentity))
                .forEach(form -> assertThatIllegalArgumentException()
                        .isThrownBy(form)
                        .withMessageContainingAll("no identity", "certificate", "key"));
    }

    @Test
    void takesAnIdentityForAServerNameAsOne() throws Exception {
        SecurityContext named =
                SecurityContext.builder().forServerName("localhost", context).build();
        try (SecureServerSocket server = SecureServerSocket.open(HOST, 0, named)) {
            assertThat(server.isOpen()).isTrue();
        }
    }

    @Test
    void refusesToAskForClientCertificatesThatNobodyTrusts() {
        List<Consumer<BindOptions.Builder>> asking = List.of(
                options -> options.requestClientCertificate(true), options -> options.requireClientCertificate(true));
        asking.forEach(options -> forms(0, context, options)
                .forEach(form -> assertThatIllegalArgumentException()
                        .isThrownBy(form)
                        .withMessageContaining("trustedCertificates")));
    }

    @Test
    void refusesToAskForClientCertificatesThatOneServerNameTrustsNobodyFor() throws IOException {
        SecurityContext halfTrusting = builder()
                .trustedCertificates(TestPki.ca().certificate())
                .forServerName("other.example", context)
                .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecureServerSocket.bind(
                        HOST, 0, halfTrusting, options -> options.requestClientCertificate(true)))
                .withMessageContaining("server names");
    }

    @Test
    void refusesOptionsThatContradictEachOther() {
        forms(0, context, options -> options.requireProtocol(true).supportedProtocols())
                .forEach(form ->
                        assertThatIllegalArgumentException().isThrownBy(form).withMessageContaining("requireProtocol"));
    }

    @Test
    void refusesToRequireAProtocolThatNobodyNames() throws IOException {
        SecurityContext speaking = builder().supportedProtocols("h2").build();
        SecurityContext half = builder()
                .supportedProtocols("h2")
                .forServerName("other.example", context)
                .build();
        for (SecurityContext silent : List.of(context, half)) {
            forms(0, silent, options -> options.requireProtocol(true))
                    .forEach(form -> assertThatIllegalArgumentException()
                            .isThrownBy(form)
                            .withMessageContainingAll("requireProtocol(true)", "no protocols", "supportedProtocols"));
            try (SecureServerSocket server = SecureServerSocket.open(
                    HOST, 0, silent, options -> options.requireProtocol(true).supportedProtocols("h2"))) {
                assertThat(server.isOpen()).isTrue();
            }
        }
        try (SecureServerSocket server =
                SecureServerSocket.open(HOST, 0, speaking, options -> options.requireProtocol(true))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> server.replaceContext(context))
                    .withMessageContaining("requireProtocol(true)");
            assertThat(server.context()).isSameAs(speaking);
        }
    }

    @Test
    void refusesToWatchFilesThatAreNone() throws IOException {
        SecurityContext objects = SecurityContext.selfSigned("localhost");
        SecurityContext named =
                objects.toBuilder().forServerName("other.example", context).build();
        forms(0, objects, options -> options.watchFiles(true))
                .forEach(form -> assertThatIllegalArgumentException()
                        .isThrownBy(form)
                        .withMessageContainingAll("watchFiles(true)", "not made from files"));
        try (SecureServerSocket server = SecureServerSocket.open(HOST, 0, named, options -> options.watchFiles(true))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> server.replaceContext(objects))
                    .withMessageContaining("watchFiles(true)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2,http/1.1", "h2;http/1.1", "h2 http/1.1", " h2", "H2", "HTTP/1.1", "HTTP/2"})
    void warnsOfProtocolNamesThatAreLegalAndHardlyMeant(String name) throws IOException {
        SecurityContext speaking = builder().supportedProtocols(name).build();
        try (Alarms alarms = new Alarms()) {
            SecureServerSocket.open(HOST, 0, context, options -> options.supportedProtocols("h2", "http/1.1", "my/1"))
                    .close();
            assertThat(alarms.heard()).isEmpty();
            try (SecureServerSocket server = SecureServerSocket.open(HOST, 0, speaking)) {
                assertThat(alarms.heard())
                        .singleElement()
                        .asString()
                        .contains("127.0.0.1:" + server.port() + ": supportedProtocols: '" + name + "'");
                server.replaceContext(context);
                server.replaceContext(speaking);
                assertThat(alarms.heard()).hasSize(2);
            }
            SecureServerSocket.open(HOST, 0, context, options -> options.supportedProtocols(name))
                    .close();
            assertThat(alarms.heard()).hasSize(3);
        }
    }

    @Test
    void warnsOfTrustThatNobodyIsAskedFor() throws IOException {
        SecurityContext trusting =
                builder().trustedCertificates(TestPki.ca().certificate()).build();
        try (Alarms alarms = new Alarms()) {
            SecureServerSocket.open(HOST, 0, trusting, options -> options.requestClientCertificate(true))
                    .close();
            assertThat(alarms.heard()).isEmpty();
            SecureServerSocket.open(HOST, 0, trusting).close();
            assertThat(alarms.heard()).singleElement().asString().contains("requireClientCertificate(true)");
        }
    }

    static Stream<Consumer<BindOptions.Builder>> badOptions() {
        return Stream.of(
                options -> options.backlog(-1),
                options -> options.requireProtocol(true).supportedProtocols());
    }

    @ParameterizedTest
    @MethodSource("badOptions")
    void looksAtThePortBeforeTheOptions(Consumer<BindOptions.Builder> bad) {
        forms(65_536, context, bad)
                .forEach(form ->
                        assertThatIllegalArgumentException().isThrownBy(form).withMessageContaining("port"));
    }

    @ParameterizedTest
    @MethodSource("badOptions")
    void looksAtTheOptionsBeforeTheContext(Consumer<BindOptions.Builder> bad) {
        forms(0, withoutIdentity, bad)
                .forEach(form -> assertThatIllegalArgumentException()
                        .isThrownBy(form)
                        .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("identity")));
    }

    @Test
    void looksAtTheContextBeforeTheAddress() {
        for (String address : List.of("", "1.2.3", "no such host")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SecureServerSocket.bind(address, 0, withoutIdentity))
                    .withMessageContaining("identity");
        }
    }

    @Test
    void callsTheOptionsOnceAndBeforeItReturns() throws Exception {
        List<Thread> callers = new ArrayList<>();
        try (SecureServerSocket server =
                SecureServerSocket.open(HOST, 0, context, options -> callers.add(Thread.currentThread()))) {
            assertThat(callers).containsExactly(Thread.currentThread());
            assertThat(server.isOpen()).isTrue();
        }
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"})
    void namesTheParameterThatIsNull() {
        String noHost = null;
        InetAddress noAddress = null;
        SocketAddress noSocketAddress = null;
        BindOptions noOptions = null;
        Consumer<BindOptions.Builder> nothingSet = null;
        assertNull("address", () -> SecureServerSocket.bind(noHost, 0, context));
        assertNull("address", () -> SecureServerSocket.bind(noAddress, 0, context));
        addressForms(noSocketAddress, context).forEach(form -> assertNull("address", form));
        forms(0, null).forEach(form -> assertNull("context", form));
        addressForms(new InetSocketAddress(ADDRESS, 0), null).forEach(form -> assertNull("context", form));
        forms(0, context, noOptions).forEach(form -> assertNull("options", form));
        forms(0, context, nothingSet).forEach(form -> assertNull("options", form));
        addressForms(new InetSocketAddress(ADDRESS, 0), context, noOptions)
                .forEach(form -> assertNull("options", form));
        addressForms(new InetSocketAddress(ADDRESS, 0), context, nothingSet)
                .forEach(form -> assertNull("options", form));
    }

    private static void assertNull(String parameter, ThrowingCallable call) {
        assertThatNullPointerException().isThrownBy(call).withMessage(parameter);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            localhost:8443      | give the port separately: 'localhost' and 8443
            192.0.2.1:8443      | give the port separately: '192.0.2.1' and 8443
            [::1]:8443          | give the port separately: '[::1]' and 8443
            https://localhost/  | it is a URL: give its host alone, and the port separately
            10.0.0.0/8          | give one address, without a path or the length of a network
            127.0.0.1%lo        | only link-local addresses have one
            1.2.3               | check the spelling
            ""                  | name one, or '::' for all addresses
            """)
    void saysOfWhatIsNoAddressWhatToDo(String address, String advice) {
        String message = "'" + address + "' is neither an address nor a host name; ";
        assertThatThrownBy(() -> SecureServerSocket.open(address, 0, context))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageStartingWith("bind " + message)
                .hasMessageContaining(advice);
        assertThat(InternetAddress.lookup(address))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withMessageContainingAll("lookup " + message, advice);
    }

    @Test
    void refusesAnAddressOfAnotherKind() {
        addressForms(new SocketAddress() {}, context)
                .forEach(form -> assertThatIllegalArgumentException()
                        .isThrownBy(form)
                        .withMessageContainingAll("InetSocketAddress", "UnixDomainSocketAddress"));
        addressForms(UnixDomainSocketAddress.of(Path.of("")), context)
                .forEach(form ->
                        assertThatIllegalArgumentException().isThrownBy(form).withMessageContaining("without a path"));
    }
}
