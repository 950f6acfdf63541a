package dev.sallyport.internal.listen;

import dev.sallyport.BindOptions;
import dev.sallyport.TlsProvider;
import dev.sallyport.internal.handshake.ChosenContext;
import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.tls.ClientAuth;
import dev.sallyport.internal.tls.TicketKeys;
import dev.sallyport.internal.tls.context.ContextSet;
import dev.sallyport.internal.tls.context.LoadedContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the clients of one handle are answered with, and the rules that come with it: replaced together. Any thread. */
final class CurrentContexts {
    private record Current(ContextSet contexts, ClientPolicy policy) {}

    private final BindOptions options;
    private final AcceptedOptions accepted;
    private final TlsProvider provider;
    private final TicketKeys ticketKeys;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Current current; // written with the lock held
    private boolean released; // guarded by lock

    CurrentContexts(
            BindOptions options,
            AcceptedOptions accepted,
            TlsProvider provider,
            TicketKeys ticketKeys,
            LoadedContext context)
            throws SSLException {
        this.options = options;
        this.accepted = accepted;
        this.provider = provider;
        this.ticketKeys = ticketKeys;
        this.current = made(context);
    }

    private Current made(LoadedContext context) throws SSLException {
        ContextSet contexts = new ContextSet(
                context,
                new ContextSet.Settings(
                        provider,
                        options.supportedProtocols(),
                        options.requireProtocol(),
                        clientAuth(),
                        ticketKeys,
                        options.executor()));
        return new Current(contexts, policyOf(context));
    }

    private ClientAuth clientAuth() {
        if (options.requireClientCertificate()) {
            return ClientAuth.REQUIRED;
        }
        return options.requestClientCertificate() ? ClientAuth.REQUESTED : ClientAuth.NONE;
    }

    private ClientPolicy policyOf(LoadedContext context) {
        return new ClientPolicy(
                context, clientAuth(), options.supportedProtocols(), options.requireProtocol(), accepted);
    }

    ClientPolicy policy() {
        return current.policy();
    }

    /** {@return the context for a client, held for the caller; null when there is none for its name} */
    CompletionStage<@Nullable ChosenContext> choose(ReceivedHello hello) {
        Current asked = current;
        return asked.contexts()
                .choose(hello)
                .handle((choice, failure) -> {
                    boolean replaced = failure != null && asked != current && isReplacement(failure);
                    if (failure == null || !replaced) {
                        return answered(choice == null ? null : new ChosenContext(choice, asked.policy()), failure);
                    }
                    return choose(hello);
                })
                .thenCompose(answer -> answer);
    }

    private static boolean isReplacement(Throwable failure) {
        return failure instanceof ContextSet.ReplacedException
                || failure.getCause() instanceof ContextSet.ReplacedException;
    }

    private static CompletionStage<@Nullable ChosenContext> answered(
            @Nullable ChosenContext choice, @Nullable Throwable failure) {
        return failure == null ? CompletableFuture.completedStage(choice) : CompletableFuture.failedStage(failure);
    }

    TlsProvider provider() {
        return provider;
    }

    /**
     * Later clients are answered with this one.
     *
     * @throws SSLException when it cannot be used
     */
    void replace(LoadedContext context) throws SSLException {
        Current replacement = made(context);
        ContextSet unused;
        lock.lock();
        try {
            if (released) {
                unused = replacement.contexts();
            } else {
                unused = current.contexts();
                current = replacement;
            }
        } finally {
            lock.unlock();
        }
        unused.release();
    }

    /** No client will be answered any more. May be repeated. */
    void release() {
        lock.lock();
        try {
            if (released) {
                return;
            }
            released = true;
        } finally {
            lock.unlock();
        }
        current.contexts().release();
    }
}
