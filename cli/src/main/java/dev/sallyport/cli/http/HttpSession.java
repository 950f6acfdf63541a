package dev.sallyport.cli.http;

import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP side of one connection: received bytes in, answers out. One thread at a time gives it bytes; {@link #drain}
 * may come from another.
 */
public final class HttpSession {
    private final RequestParser parser = new RequestParser();
    private final Supplier<String> page;
    private final Runnable close;
    private volatile boolean idle = true;
    private volatile boolean draining;
    private volatile boolean closed;
    private boolean ended;

    /**
     * Makes a session.
     *
     * @param page makes an HTML document, which is shown whatever is asked for
     * @param close closes the connection; any thread may run it, and more than once
     */
    public HttpSession(Supplier<String> page, Runnable close) {
        this.page = page;
        this.close = close;
    }

    /**
     * Takes received bytes up to the end of one request. When this returns an answer, send it before calling again with
     * what is left in {@code in}; after the last answer there is nothing to call again for.
     *
     * @return the answer, or null when the request is not complete yet, and then all of {@code in} has been taken; a
     *     session that drains has closed the connection then if no request had begun
     */
    public @Nullable Response receive(ByteBuffer in) {
        if (ended) {
            in.position(in.limit());
            return null;
        }
        idle = false;
        Response response = answer(in);
        ended = response != null && response.last();
        idle = response == null && parser.isBetweenRequests();
        closeWhenDrained();
        return response;
    }

    /** Ends the connection: now when no request is under way, else with the answer to it. */
    public void drain() {
        draining = true;
        closeWhenDrained();
    }

    /** {@return whether the draining closed the connection, so that a read which fails because of it is no failure} */
    public boolean closed() {
        return closed;
    }

    /** Each of the two threads writes its own of the two flags first: one of them sees both. */
    private void closeWhenDrained() {
        if (draining && idle) {
            closed = true;
            close.run();
        }
    }

    private @Nullable Response answer(ByteBuffer in) {
        Request request;
        try {
            request = parser.feed(in);
        } catch (BadRequestException e) {
            return refusal(e.status(), e.getMessage());
        }
        if (request == null) {
            return null;
        }
        boolean head = "HEAD".equals(request.method());
        if (!head && !"GET".equals(request.method())) {
            return refusal(Status.METHOD_NOT_ALLOWED, "GET and HEAD are answered here");
        }
        if (request.hasBody()) {
            return refusal(Status.CONTENT_TOO_LARGE, "no request content is read here");
        }
        return Response.of(Status.OK, page.get(), !head, draining || !request.keepAlive());
    }

    private static Response refusal(Status status, @Nullable String why) {
        return Response.of(status, "<!doctype html><title>" + status + "</title><p>" + why + "\n", true, true);
    }
}
