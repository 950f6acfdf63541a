package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.HexFormat;
import javax.net.ssl.SSLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerTest {
    private static final Origin PLACE = new Origin("test", null);

    @ParameterizedTest
    @CsvSource({"0, 020100", "127, 02017f", "128, 02020080", "-1, 0201ff", "256, 02020100"})
    void writesAndReadsNumbers(long number, String hex) throws SSLException {
        byte[] der = DerWriter.integer(number);
        assertThat(HexFormat.of().formatHex(der)).isEqualTo(hex);
        assertThat(new DerReader(PLACE, der).integer()).isEqualTo(BigInteger.valueOf(number));
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.840.113549.1.1.1, 06092a864886f70d010101",
        "2.5.4.3, 0603550403",
        "2.999.4294967296, 0607883790808080 00",
        "0.9.2342.19200300.100.1.25, 060a0992268993f22c640119",
    })
    void writesAndReadsObjectIdentifiers(String dotted, String hex) throws SSLException {
        byte[] der = DerWriter.oid(dotted);
        assertThat(HexFormat.of().formatHex(der)).isEqualTo(hex.replace(" ", ""));
        assertThat(new DerReader(PLACE, der).oid()).isEqualTo(dotted);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65535, 65536, 1 << 20})
    void writesAndReadsAnyLength(int length) throws SSLException {
        byte[] der = DerWriter.sequence(DerWriter.octetString(new byte[length]));
        DerReader.requireSingleValue(PLACE, der);
        assertThat(new DerReader(PLACE, der).sequence().content(DerReader.OCTET_STRING))
                .hasSize(length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "3001", "3080", "308500000000", "3084ffffffff", "30847fffffff", "0201"})
    void refusesWhatIsCutShortOrAbsurd(String hex) {
        byte[] der = HexFormat.of().parseHex(hex);
        assertThatThrownBy(() -> DerReader.requireSingleValue(PLACE, der))
                .isInstanceOf(SSLException.class)
                .hasMessageStartingWith("test: malformed DER, ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0600", "060180", "06028080"})
    void refusesUnfinishedObjectIdentifiers(String hex) {
        byte[] der = HexFormat.of().parseHex(hex);
        assertThatThrownBy(() -> new DerReader(PLACE, der).oid()).isInstanceOf(SSLException.class);
    }
}
