package dev.sallyport.cli;

/** Options that do not go together; its message is for the person who typed them. Exit status 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
