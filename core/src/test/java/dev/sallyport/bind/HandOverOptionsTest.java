package dev.sallyport.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.BindOptions;
import dev.sallyport.documents.NamedTests;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What has been decided about each option for a connection that comes from a server which closes to another one that shares
 * its address. A new option wants an entry here: is it compared, so that unequal servers give each other nothing, is it
 * applied anew, or has it nothing to do with a connection that is there already?
 */
class HandOverOptionsTest {
    private static final String FILTERED = "HandOverTest.theFilterOfTheOneThatTakesItIsAsked";
    private static final String PROTOCOLS = "SharedCloseTest.aConnectionIsNotDeliveredUnderOtherRulesForProtocols";
    private static final String CERTIFICATES = "SharedCloseTest.aStrictOneNeverDeliversWhatALaxOneLetIn";
    private static final String SILENT = "SharedCloseTest.whoHasSaidNothingIsServedByTheRulesOfTheOneThatTakesIt";
    private static final String SOCKETS = "HandOverTest.socketsWithOtherOptionsAreNotTaken";
    private static final String FULL = "HandOverTest.oneThatIsFullTakesNoMore";
    private static final String TIMES = "HandOverTest.theTimesAreThoseOfTheOneThatTakesIt";

    /** The tests by which the decision is seen to hold. */
    private static final Map<String, String> COMPARED = Map.of(
            "requestClientCertificate", CERTIFICATES,
            "requireClientCertificate", CERTIFICATES,
            "supportedProtocols", PROTOCOLS,
            "requireProtocol", PROTOCOLS,
            "tcpNoDelay", SOCKETS,
            "socketOptions", SOCKETS);

    private static final Map<String, String> APPLIED = Map.ofEntries(
            Map.entry("acceptFilter", FILTERED),
            Map.entry("handshakeTimeout", "HandOverTest.theTimeForTheHandshakeIsThatOfTheOneThatTakesIt"),
            Map.entry("writeTimeout", TIMES),
            Map.entry("idleTimeout", TIMES),
            Map.entry("maxConnections", FULL),
            Map.entry("acceptQueue", FULL),
            Map.entry("maxSilentConnections", "HandOverTest.oneTooManyThatSaysNothingGoes"),
            Map.entry("maxPendingHandshakes", SILENT), // it makes the whole handshake
            Map.entry("maxQueuedBytes", "HandOverTest.asMuchIsQueuedAsTheOneThatTakesItAllows"),
            Map.entry(
                    "unsafeAllowTruncation", "HandOverTest.whetherATruncatedStreamIsAnEndIsForTheOneThatTakesItToSay"),
            Map.entry("executor", "HandOverTest.userCodeRunsOnTheExecutorOfTheOneThatTakesIt"),
            Map.entry("observer", "HandOverTest.eachObserverHearsOfItsTime"));

    /** They are of the listening socket, which all that share it have in common, or of the context. */
    private static final Set<String> OF_THE_SOCKET = Set.of("backlog", "v6Only", "shared", "transport", "watchFiles");

    @Test
    void eachOptionIsDecidedAbout() {
        Set<String> decided = new TreeSet<>(OF_THE_SOCKET);
        decided.addAll(COMPARED.keySet());
        decided.addAll(APPLIED.keySet());
        Set<String> options = Arrays.stream(BindOptions.class.getMethods())
                .filter(method -> method.getDeclaringClass() == BindOptions.class)
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && method.getParameterCount() == 0)
                .map(Method::getName)
                .filter(name -> !Set.of("toBuilder", "toString").contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(decided).isEqualTo(options);
    }

    @Test
    void eachDecisionHasItsTest() throws Exception {
        NamedTests tests = new NamedTests();
        for (Map<String, String> decisions : Set.of(COMPARED, APPLIED)) {
            for (String test : decisions.values()) {
                tests.assertExists(test);
            }
        }
    }
}
