package dev.sallyport.cli;

/** Options that do not go together; its message is for the person who typed them. Exit status 2. */
final class UsageMistake extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageMistake(String message) {
        super(message);
    }
}
