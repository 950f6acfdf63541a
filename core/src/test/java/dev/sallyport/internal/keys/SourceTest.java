package dev.sallyport.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class SourceTest {
    @TempDir
    Path folder;

    @Test
    void readsAFileAnewEachTime() throws IOException {
        Path file = folder.resolve("key.pem");
        Source source = Source.file(file);
        Files.writeString(file, "one");
        assertThat(source.read()).asString().isEqualTo("one");
        Files.writeString(file, "the second");
        assertThat(source.read()).asString().isEqualTo("the second");
        assertThat(source.name()).isEqualTo(file.toString());
        assertThat(source.path()).isEqualTo(file);
    }

    @Test
    void copiesBytesOnTheWayInAndOut() throws IOException {
        byte[] content = {1, 2, 3};
        Source source = Source.bytes("private key", content);
        content[0] = 9;
        source.read()[1] = 9;
        assertThat(source.read()).containsExactly(1, 2, 3);
        assertThat(source.name()).isEqualTo("private key");
        assertThat(source.path()).isNull();
        assertThat(source).hasToString("private key");
    }

    @Test
    void followsSymbolicLinks() throws IOException {
        Path file = Files.writeString(folder.resolve("..data"), "content");
        Path link = Files.createSymbolicLink(folder.resolve("tls.key"), file);
        assertThat(Source.file(link).read()).asString().isEqualTo("content");
    }

    @Test
    void saysWhatWasToBeReadFromAMissingFile() {
        Path file = folder.resolve("missing.pem");
        assertThatThrownBy(() -> IdentityReader.read(Source.file(file), Source.file(file), null))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(file + ": no such file to read the private key from; check the path")
                .hasCauseInstanceOf(NoSuchFileException.class);
    }

    @Test
    void saysWhereARelativePathBegins() {
        assertThatThrownBy(() -> CertificateReader.read(Source.file(Path.of("no", "such.pem"))))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(Path.of("no", "such.pem") + ": no such file to read the certificates from; check the path,"
                        + " relative to " + Path.of("").toAbsolutePath());
    }

    @Test
    void tellsADanglingLinkFromAMissingFile() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link.pem"), folder.resolve("gone.pem"));
        assertThatThrownBy(Source.file(link)::read)
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageStartingWith(link + ": is a symbolic link to a file that does not exist");
    }

    @Test
    void refusesALoopOfLinks() throws IOException {
        Path one = folder.resolve("one");
        Files.createSymbolicLink(one, folder.resolve("two"));
        Files.createSymbolicLink(folder.resolve("two"), one);
        assertThatThrownBy(Source.file(one)::read)
                .isInstanceOf(FileSystemException.class)
                .hasMessageStartingWith(one + ": cannot be read for the key material (");
    }

    @Test
    void refusesADirectory() {
        assertThatThrownBy(() -> CertificateReader.read(Source.file(folder)))
                .isInstanceOf(FileSystemException.class)
                .hasMessage(folder + ": is a directory; name the file in it that has the certificates");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no pipes among its files")
    void refusesAPipeWithoutBlocking() throws Exception {
        Path pipe = folder.resolve("pipe");
        Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).as("mkfifo ends").isTrue();
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThatThrownBy(Source.file(pipe)::read)
                        .isInstanceOf(FileSystemException.class)
                        .hasMessageStartingWith(pipe + ": is a pipe, a device or a socket; "));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no devices among its files")
    void refusesADeviceWithoutEnd() {
        assertThatThrownBy(Source.file(Path.of("/dev/zero"))::read)
                .isInstanceOf(FileSystemException.class)
                .hasMessageStartingWith("/dev/zero: is a pipe, a device or a socket; ");
    }

    @Test
    void takesOneMebibyteAndNoMore() throws IOException {
        Path file = folder.resolve("large.pem");
        Files.write(file, new byte[Source.MAX_BYTES]);
        assertThat(Source.file(file).read()).hasSize(Source.MAX_BYTES);
        Files.write(file, new byte[Source.MAX_BYTES + 1]);
        assertThatThrownBy(Source.file(file)::read)
                .isInstanceOf(FileSystemException.class)
                .hasMessage(file + ": is larger than 1 MiB, so not the key material; check the path");
        assertThatThrownBy(Source.bytes("certificate chain", new byte[Source.MAX_BYTES + 1])::read)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("certificate chain: is larger than 1 MiB");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no POSIX permissions")
    void saysWhoMustBeAbleToReadIt() throws IOException {
        Path file = Files.writeString(folder.resolve("key.pem"), "secret");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        if (Files.isReadable(file)) {
            System.err.println("NOT TESTED: files without permission, because this user (root?) can read them all");
            throw new TestAbortedException("this user can read every file");
        }
        assertThatThrownBy(Source.file(file)::read)
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageStartingWith(
                        file + ": permission denied for the key material; the user that runs this process");
    }
}
