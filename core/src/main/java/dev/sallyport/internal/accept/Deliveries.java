package dev.sallyport.internal.accept;

import dev.sallyport.SecureConnection;
import dev.sallyport.internal.connection.ClosedException;
import dev.sallyport.internal.handshake.EstablishedConnection;
import dev.sallyport.internal.listen.ListenHandle;
import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.task.ExecutorFuture;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What comes out of a server, in the form that its user gets it: all ways of taking connections stand on this. Any thread.
 *
 * @param <S> the form
 */
public final class Deliveries<S extends SecureConnection> {
    private static final System.Logger LOG = System.getLogger("dev.sallyport");
    private static final String IS_CLOSED = "this server has been closed";

    private final ListenHandle handle;
    private final Executor executor;
    private final Function<EstablishedConnection, S> form;

    /** Those of a handle, given to the user on {@code executor}. */
    public Deliveries(ListenHandle handle, Executor executor, Function<EstablishedConnection, S> form) {
        this.handle = handle;
        this.executor = executor;
        this.form = form;
    }

    // ---- taking

    /** {@return the next connection, or null when none is ready, or the server is closed} From now on handshakes begin. */
    public @Nullable S take() {
        handle.listen();
        return next();
    }

    /** {@return the next connection of those that are on their way anyway} */
    @Nullable S next() {
        EstablishedConnection established = handle.poll();
        return established == null ? null : form.apply(established);
    }

    /** {@return whether connections may still come, those on their way at the time of a shutdown included} */
    public boolean areToCome() {
        return handle.isOpen();
    }

    /**
     * Runs an action once, when {@link #take} may give one or none will come any more: now, when that is so already. One
     * action at a time: a second takes the first's place.
     */
    public void whenAcceptable(Runnable action) {
        handle.whenAcceptable(action);
    }

    // ---- messages

    /** {@return the beginning of a message about a call} */
    public String called(String call) {
        return AddressText.called(call, handle.localAddress());
    }

    /** {@return what a call fails with when the server is closed} */
    public ClosedException closed(String call) {
        return new ClosedException(call, handle.localAddress(), IS_CLOSED);
    }

    /** Refuses a call that only an open server can serve and that has no other way to fail. */
    public void requireOpen(String call) {
        if (!areToCome()) {
            throw new IllegalStateException(called(call) + IS_CLOSED);
        }
    }

    // ---- telling

    ListenHandle handle() {
        return handle;
    }

    Executor executor() {
        return executor;
    }

    /** {@return where futures complete: the user's executor, by way of the loop} */
    Dispatcher dispatcher() {
        return handle.dispatcher();
    }

    /** {@return a future that completes on the user's executor} */
    public <T> CompletableFuture<T> newFuture() {
        return new ExecutorFuture<>(executor);
    }

    /** Completes such a future. */
    public void complete(CompletableFuture<Void> event) {
        dispatcher().execute(() -> event.complete(null));
    }

    /** The user's code for a connection has thrown: the connection is aborted, and the observer is told. */
    public void handlerFailed(S connection, Throwable failure) {
        connection.abort();
        handle.tellNow(observer -> observer.handlerFailed(connection, failure));
    }

    /** The executor takes no more: the connection that a task was for has to go. */
    public void rejected(S connection, Throwable full) {
        handle.executorRejected();
        LOG.log(System.Logger.Level.DEBUG, () -> "the executor did not take a task of " + connection + ": " + full);
        connection.abort();
    }
}
