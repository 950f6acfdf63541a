package dev.sallyport.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A password kept in a file, so that it appears in no list of processes and in no history of a shell. */
final class PasswordFile {
    private PasswordFile() {}

    /** {@return what the file holds (UTF-8), without the newline at its end, which editors and {@code echo} put there} */
    static char[] read(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            int end = text.limit();
            if (end > 0 && text.get(end - 1) == '\n') {
                end -= end > 1 && text.get(end - 2) == '\r' ? 2 : 1;
            }
            char[] password = new char[end];
            text.get(password);
            Arrays.fill(text.array(), '\0');
            return password;
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": the password is not text in UTF-8; save the file in that encoding", e);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }
}
