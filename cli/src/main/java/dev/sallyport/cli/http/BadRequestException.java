package dev.sallyport.cli.http;

/** A request that cannot be understood; the connection ends with the answer, for nobody knows where the next one begins. */
final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Status status;

    BadRequestException(Status status, String message) {
        super(message);
        this.status = status;
    }

    Status status() {
        return status;
    }
}
