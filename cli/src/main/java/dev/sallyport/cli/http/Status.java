package dev.sallyport.cli.http;

/** The statuses this server answers with. */
enum Status {
    OK(200, "OK"),
    BAD_REQUEST(400, "Bad Request"),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
    CONTENT_TOO_LARGE(413, "Content Too Large"),
    HEAD_TOO_LARGE(431, "Request Header Fields Too Large"),
    VERSION_NOT_SUPPORTED(505, "HTTP Version Not Supported");

    private final int code;
    private final String phrase;

    Status(int code, String phrase) {
        this.code = code;
        this.phrase = phrase;
    }

    @Override
    public String toString() {
        return code + " " + phrase;
    }
}
