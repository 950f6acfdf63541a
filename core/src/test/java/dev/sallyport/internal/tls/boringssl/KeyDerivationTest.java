package dev.sallyport.internal.tls.boringssl;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No RFC has vectors of the exporters: those of their parts, and what OpenSSL's {@code kdf} makes of the same steps. */
class KeyDerivationTest {
    /** Those that went round the TLS working group in 2009; {@code openssl kdf TLS1-PRF} gives the same. */
    @ParameterizedTest
    @CsvSource({
        "SHA256, 9bbe436ba940f017b17652849a71db35, a0ba9f936cda311827a6f796ffd5198c,"
                + " e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af"
                + "0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
                + "87347b66",
        "SHA384, b80b733d6ceefcdc71566ea48e5567df, cd665cf6a8447dd6ff8b27555edb7465,"
                + " 7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0"
                + "e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425"
                + "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e099070"
                + "3d73e56f"
    })
    void hasThePseudorandomFunctionOfTls12(KeyDerivation derivation, String secret, String seed, String expected)
            throws GeneralSecurityException {
        byte[] derived = derivation.prf(bytes(secret), "test label", bytes(seed), expected.length() / 2);
        assertThat(HexFormat.of().formatHex(derived)).isEqualTo(expected);
    }

    /** RFC 8448 section 3: the keys of the server's handshake traffic. */
    @ParameterizedTest
    @CsvSource({"key, 3fce516009c21727d0f2e4e86ee403bc", "iv, 5d313eb2671276ee13000b30"})
    void expandsWithALabelAsTls13Does(String label, String expected) throws GeneralSecurityException {
        byte[] secret = bytes("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
        byte[] derived = KeyDerivation.SHA256.expandLabel(secret, label, new byte[0], expected.length() / 2);
        assertThat(HexFormat.of().formatHex(derived)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "SHA256, -,"
                        + " d2decbb88e4b201e72bfee98e14508f08a4a1ef14953631daa0f75371064f309"
                        + "5e541d56889a3e0482ae627da5752ab8c808a367a1b81cac3ea1f64607d9a1ac",
                "SHA256, 010203,"
                        + " 1935ac6ee58e310fbb02ac340aca8d050e92cc5f1df92c0439634cc4d19d05e4"
                        + "eb94bb7e52a75094c939781cb675062a081effdea35c601c4be92512637cf6d3",
                "SHA384, -,"
                        + " 403a7e3dfd1438b81196ade44979d682896e06b06ae9532510163f6531024584"
                        + "76c2185ee678a6603c2075102426550c9021929b676ca2bca9e1d8676978f771",
                "SHA384, 010203,"
                        + " 821118801234c2bfb692d41583276ac944ceec1c1f3286b5f89f4cb43e199ba7"
                        + "28155fe4182a9f557347ea746300c86327560efc9854fc7dbbbe34e6b26e70fd"
            },
            nullValues = "-")
    void exportsOfTls13AsOpensslWould(KeyDerivation derivation, @Nullable String context, String expected)
            throws GeneralSecurityException {
        byte[] secret = counting(derivation == KeyDerivation.SHA256 ? 32 : 48);
        byte[] mixedIn = context == null ? null : bytes(context);
        byte[] derived = derivation.exportTls13(secret, "EXPERIMENTAL test", mixedIn, expected.length() / 2);
        assertThat(HexFormat.of().formatHex(derived)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "-, ebd6e0684d7e35f964b7a056a87a23379a62840778cccd15c856aced1978114759d292c08e323c07",
                "'', 3de57604a2d06cad489a5fcb66a210af4ba97335e0046934360b0f360553a51245c594096fd76fd1",
                "010203, 1c96a051753b4f4be68adc65f4818677c64dd593b935ae8e57395e4ddb17fdc4336dce22fac89fe2"
            },
            nullValues = "-")
    void exportsOfTls12AsOpensslWould(@Nullable String context, String expected) throws GeneralSecurityException {
        byte[] mixedIn = context == null ? null : bytes(context);
        byte[] derived = KeyDerivation.SHA256.exportTls12(
                counting(48), counting(64), "EXPERIMENTAL test", mixedIn, expected.length() / 2);
        assertThat(HexFormat.of().formatHex(derived)).isEqualTo(expected);
    }

    @Test
    void takesTheHashFromTheNameOfTheSuite() {
        for (String suite : new String[] {"TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"}) {
            assertThat(KeyDerivation.of(suite)).isEqualTo(KeyDerivation.SHA384);
        }
        for (String suite :
                new String[] {"TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"
                }) {
            assertThat(KeyDerivation.of(suite)).isEqualTo(KeyDerivation.SHA256);
        }
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** 0, 1, 2 and so on. */
    private static byte[] counting(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
