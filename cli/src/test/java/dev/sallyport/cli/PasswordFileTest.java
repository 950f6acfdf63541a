package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordFileTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sésame", "sésame\n", "sésame\r\n"})
    void oneNewlineAtTheEndDoesNotCount(String content) throws IOException {
        assertThat(PasswordFile.read(write(content))).containsExactly("sésame".toCharArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {" a b ", "a\n\n", "\na", "a\r"})
    void everythingElseDoes(String content) throws IOException {
        String expected = content.endsWith("\n") ? content.substring(0, content.length() - 1) : content;

        assertThat(PasswordFile.read(write(content))).containsExactly(expected.toCharArray());
    }

    @Test
    void anEmptyFileIsAnEmptyPassword() throws IOException {
        assertThat(PasswordFile.read(write(""))).isEmpty();
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        Path file = Files.write(folder.resolve("password"), new byte[] {(byte) 0xff});

        assertThatIOException()
                .isThrownBy(() -> PasswordFile.read(file))
                .withMessageStartingWith(file + ": the password is not text in UTF-8");
    }

    private Path write(String content) throws IOException {
        return Files.writeString(folder.resolve("password"), content);
    }
}
