package dev.sallyport.internal.accept;

/**
 * The user's code for one connection.
 *
 * @param <S> the form in which it gets the connection
 */
@FunctionalInterface
public interface ConnectionHandling<S> {
    /** Handles it. */
    void handle(S connection) throws Exception;
}
