package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationConverterTest {
    private final DurationConverter converter = new DurationConverter();

    @ParameterizedTest
    @CsvSource({"500ms, 500", "0s, 0", "10s, 10000", "2m, 120000", "999999999m, 59999999940000"})
    void readsANumberAndAUnit(String text, long milliseconds) {
        assertThat(converter.convert(text)).isEqualTo(Duration.ofMillis(milliseconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1.5s", "10 s", "10S", "1h", "PT10S", "9999999999s", "10s "})
    void refusesWhatItWouldHaveToGuess(String text) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> converter.convert(text))
                .withMessage("'" + text + "' is no duration; write it like 500ms, 10s or 2m");
    }

    @ParameterizedTest
    @CsvSource({"500ms, 0.5s", "10s, 10s", "2m, 2m", "90s, 1m30s"})
    void writesThemForAPerson(String text, String written) {
        assertThat(DurationConverter.text(converter.convert(text))).isEqualTo(written);
    }
}
