package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScryptTest {
    /** RFC 7914 section 12, all but the vector with an empty salt and the one that needs 1 GiB. */
    @ParameterizedTest
    @CsvSource({
        "password, NaCl, 1024, 8, 16,"
                + " fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
        "pleaseletmein, SodiumChloride, 16384, 8, 1,"
                + " 7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    })
    void derivesTheKeysOfTheRfc(String password, String salt, int n, int r, int p, String expected)
            throws GeneralSecurityException {
        byte[] derived = Scrypt.derive(
                password.toCharArray(), salt.getBytes(StandardCharsets.US_ASCII), n, r, p, expected.length() / 2);
        assertThat(HexFormat.of().formatHex(derived)).isEqualTo(expected);
    }
}
