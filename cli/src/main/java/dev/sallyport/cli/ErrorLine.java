package dev.sallyport.cli;

import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** One line for a person about an exception: what is wrong and, where the library does not say it, what to do. */
final class ErrorLine {
    /** What the library calls otherwise than this program does. */
    private static final Map<String, String> OPTIONS = Map.of(
            "use fromKeyStore, or keyStore(...) on the builder, and give the password",
            "use --keystore, and --keystore-password-file for the password",
            "is encrypted, but no password was given; give it",
            "is encrypted, but no password was given; give it with --key-password-file",
            "; give it as chain and key",
            "; give it with --cert and --key");

    private ErrorLine() {}

    static String of(Throwable failure) {
        String line = text(root(failure)).strip().replaceAll("\\s*\\R\\s*", " ");
        for (Map.Entry<String, String> option : OPTIONS.entrySet()) {
            line = line.replace(option.getKey(), option.getValue());
        }
        return line;
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && (root instanceof CompletionException || root instanceof ExecutionException)) {
            root = root.getCause();
        }
        return root;
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof NoSuchFileException missing && missing.getReason() == null) {
            return missing.getFile() + ": no such file; check the path";
        }
        if (failure instanceof AccessDeniedException denied && denied.getReason() == null) {
            return denied.getFile() + ": permission denied; make it readable for this user";
        }
        if (failure instanceof BindException) {
            return message + "; --address and --port choose another";
        }
        if (failure instanceof UnknownHostException) {
            return message + "; --address takes a local name or address, --port the port";
        }
        boolean onlyNamesTheFile = failure instanceof FileSystemException file && file.getReason() == null;
        return message == null || message.isBlank() || onlyNamesTheFile ? failure.toString() : message;
    }
}
