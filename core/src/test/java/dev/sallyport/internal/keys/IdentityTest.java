package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That a key and its certificates belong together, and what is said when they do not. */
class IdentityTest {
    private static final Issuer ROOT = new Issuer("root", Keys.P384);
    private static final Issuer MIDDLE = new Issuer("middle", Keys.RSA);
    private static final X509Certificate ROOT_CERTIFICATE = ROOT.certify("root", Keys.P384.getPublic());
    private static final X509Certificate MIDDLE_CERTIFICATE = ROOT.certify("middle", Keys.RSA.getPublic());
    private static final X509Certificate LEAF = MIDDLE.certify("leaf", Keys.P256.getPublic());
    private static final X509Certificate STRANGER = Issuer.selfSigned("stranger", Keys.ED25519);
    private static final PrivateKey KEY = Keys.P256.getPrivate();

    static List<KeyPair> pairs() {
        return KeyFormsTest.pairs();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void takesEachKindOfKey(KeyPair pair) throws SSLException {
        X509Certificate leaf = ROOT.certify("leaf", pair.getPublic());
        Identity identity = IdentityReader.of(pair.getPrivate(), List.of(leaf, ROOT_CERTIFICATE));
        assertThat(identity.key()).isSameAs(pair.getPrivate());
        assertThat(identity.chain()).containsExactly(leaf, ROOT_CERTIFICATE);
        assertThat(identity)
                .hasToString("Identity[CN=leaf, " + pair.getPrivate().getAlgorithm() + "]");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void refusesTheKeyOfAnother(KeyPair pair) {
        assertRefused(
                pair.getPrivate(),
                List.of(ROOT.certify("leaf", Keys.OTHER_P256.getPublic())),
                "private key: the private key (" + pair.getPrivate().getAlgorithm()
                        + ") does not belong to the certificate of CN=leaf (EC) in certificate chain; give the key that this"
                        + " certificate was made for");
    }

    @Test
    void refusesAKeyOfNoneInTheChain() {
        assertRefused(
                Keys.ED25519.getPrivate(),
                List.of(LEAF, MIDDLE_CERTIFICATE),
                "private key: the private key (" + Keys.ED25519.getPrivate().getAlgorithm()
                        + ") does not belong to the certificate of CN=leaf (EC) nor to another one in certificate chain; give"
                        + " the key that this certificate was made for");
    }

    @Test
    void putsAnyOrderRight() throws SSLException {
        List<X509Certificate> order = new ArrayList<>(List.of(LEAF, MIDDLE_CERTIFICATE, ROOT_CERTIFICATE));
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 2; j++) {
                Collections.swap(order, j, j + 1);
                assertThat(IdentityReader.of(KEY, order).chain())
                        .containsExactly(LEAF, MIDDLE_CERTIFICATE, ROOT_CERTIFICATE);
            }
        }
    }

    @Test
    void dropsRepetitions() throws SSLException {
        assertThat(IdentityReader.of(KEY, List.of(MIDDLE_CERTIFICATE, LEAF, LEAF, MIDDLE_CERTIFICATE))
                        .chain())
                .containsExactly(LEAF, MIDDLE_CERTIFICATE);
    }

    @Test
    void keepsBothOfACrossSignedPair() throws SSLException {
        X509Certificate other = Issuer.selfSigned("other root", Keys.P521);
        X509Certificate crossed = new Issuer("other root", Keys.P521).certify("root", Keys.P384.getPublic());
        assertThat(IdentityReader.of(KEY, List.of(LEAF, ROOT_CERTIFICATE, crossed, MIDDLE_CERTIFICATE, other))
                        .chain())
                .containsExactly(LEAF, MIDDLE_CERTIFICATE, ROOT_CERTIFICATE, crossed, other);
    }

    @Test
    void refusesAStranger() {
        assertRefused(
                KEY,
                List.of(LEAF, STRANGER, MIDDLE_CERTIFICATE),
                "certificate chain: certificate 2 of 3 (CN=stranger) does not link to the others: it issued none of them; the"
                        + " chain ends at CN=middle, issued by CN=root: add what is missing between, or take the stray one out");
    }

    @Test
    void refusesAGap() {
        assertRefused(
                KEY,
                List.of(LEAF, ROOT_CERTIFICATE),
                "certificate chain: certificate 2 of 2 (CN=root) does not link to the others: it issued none of them; the chain"
                        + " ends at CN=leaf, issued by CN=middle: add what is missing between, or take the stray one out");
    }

    @Test
    void refusesAnIssuerThatHasOnlyTheName() {
        X509Certificate impostor = ROOT.certify("middle", Keys.OTHER_P256.getPublic());
        assertThatThrownBy(() -> IdentityReader.of(KEY, List.of(LEAF, impostor)))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("certificate 2 of 2 (CN=middle) does not link to the others");
    }

    @Test
    void refusesAnEmptyChainAndALongOne() {
        assertRefused(
                KEY,
                List.of(),
                "certificate chain: has no certificate; give the one of the key, and those that certify it");
        assertRefused(
                KEY,
                Collections.nCopies(101, LEAF),
                "certificate chain: a chain of 101 certificates, at most 100 are taken; give the key's certificate and its"
                        + " issuers only");
    }

    @Test
    void refusesWeakRsa() {
        assertRefused(
                Keys.SMALL_RSA.getPrivate(),
                List.of(Issuer.selfSigned("weak", Keys.SMALL_RSA)),
                "certificate chain: RSA key of 1024 bits, at least 2048 are needed; make a new key and certificate");
    }

    @Test
    void refusesOtherKindsOfKeys() {
        KeyPair dsa = Keys.generate("DSA", null);
        assertRefused(
                dsa.getPrivate(),
                List.of(LEAF),
                "private key: DSA keys are not supported; give an RSA (2048 bits or more), EC (P-256, P-384, P-521) or Ed25519"
                        + " key and certificate");
        KeyPair ed448 = Keys.generate("Ed448", null);
        assertRefused(
                ed448.getPrivate(),
                List.of(ROOT.certify("leaf", ed448.getPublic())),
                "certificate chain: Ed448 keys are not supported; give an RSA (2048 bits or more), EC (P-256, P-384, P-521) or"
                        + " Ed25519 key and certificate");
    }

    @Test
    void refusesAKeyThatCannotSign() {
        PrivateKey broken = new OpaqueKey((ECPrivateKey) KEY);
        assertThatThrownBy(() -> IdentityReader.of(broken, List.of(LEAF)))
                .isInstanceOf(SSLException.class)
                .hasMessage("private key: the private key cannot sign; it is damaged, or its provider refuses")
                .hasCauseInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void takesAKeyThatOnlyItsProviderCanUse() throws SSLException {
        OpaqueKey.Provider provider = new OpaqueKey.Provider();
        Security.addProvider(provider);
        try {
            PrivateKey key = new OpaqueKey((ECPrivateKey) KEY);
            assertThat(IdentityReader.of(key, List.of(MIDDLE_CERTIFICATE, LEAF)).leaf())
                    .isEqualTo(LEAF);
        } finally {
            Security.removeProvider(provider.getName());
        }
    }

    @Test
    void warnsOfAnExpiredLeaf() throws Exception {
        Instant now = Instant.now();
        X509Certificate expired = ROOT.certify(
                "old", Keys.P256.getPublic(), now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(3)));
        assertThat(Warnings.during(() -> IdentityReader.of(KEY, List.of(expired))))
                .singleElement()
                .asString()
                .isEqualTo("certificate chain: the certificate of CN=old expired "
                        + expired.getNotAfter().toInstant() + ", 3 days ago; clients will refuse it: renew it");
    }

    @Test
    void warnsOfALeafThatIsNotYetValid() throws Exception {
        Instant now = Instant.now();
        X509Certificate early = ROOT.certify(
                "early", Keys.P256.getPublic(), now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(3)));
        assertThat(Warnings.during(() -> IdentityReader.of(KEY, List.of(early))))
                .singleElement()
                .asString()
                .isEqualTo("certificate chain: the certificate of CN=early is not valid before "
                        + early.getNotBefore().toInstant() + "; clients will refuse it: check this machine's clock");
    }

    @Test
    void warnsOfNothingElse() throws Exception {
        assertThat(Warnings.during(() -> IdentityReader.of(KEY, List.of(LEAF)))).isEmpty();
    }

    @Test
    void keepsControlCharactersOutOfMessages() {
        assertRefused(
                Keys.OTHER_P256.getPrivate(),
                List.of(ROOT.certify("a\nb\u202ec", Keys.P256.getPublic())),
                "private key: the private key (EC) does not belong to the certificate of CN=a?b?c (EC) in certificate chain;"
                        + " give the key that this certificate was made for");
    }

    private static void assertRefused(PrivateKey key, List<X509Certificate> chain, String message) {
        assertThatThrownBy(() -> IdentityReader.of(key, chain))
                .isInstanceOf(SSLException.class)
                .hasMessage(message);
    }
}
