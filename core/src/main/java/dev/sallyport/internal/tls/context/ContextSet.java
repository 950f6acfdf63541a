package dev.sallyport.internal.tls.context;

import dev.sallyport.TlsProvider;
import dev.sallyport.internal.hello.ProtocolSet;
import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.tls.ClientAuth;
import dev.sallyport.internal.tls.ContextEntry;
import dev.sallyport.internal.tls.TicketKeys;
import dev.sallyport.internal.tls.TlsConfig;
import dev.sallyport.internal.tls.TlsContext;
import dev.sallyport.internal.tls.boringssl.BoringSslContext;
import dev.sallyport.internal.tls.jsse.JsseContext;
import java.io.Serial;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of one handle: one for the main material, one for each name, and those that user code has chosen, all with
 * the handle's own protocols and client-certificate mode. Replaced as a whole; released once, by its handle. Any thread.
 */
public final class ContextSet {
    private static final int MOST_SELECTED = 256;

    private final LoadedContext source;
    private final Settings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<TlsConfig, ContextEntry> choices = new IdentityHashMap<>();
    private final List<TlsConfig> selected = new ArrayList<>();
    private boolean released;

    /**
     * What all contexts of a handle have in common.
     *
     * @param provider BORINGSSL or JDK
     * @param protocols the protocols that take the place of the material's, or null
     * @param requireProtocol whether one of them must be agreed on
     * @param clientAuth whether clients are asked for certificates
     * @param ticketKeys the keys of the listening socket
     * @param executor where user code chooses
     */
    public record Settings(
            TlsProvider provider,
            @Nullable List<String> protocols,
            boolean requireProtocol,
            ClientAuth clientAuth,
            TicketKeys ticketKeys,
            Executor executor) {}

    /**
     * Makes the contexts of a source, those of its names included.
     *
     * @throws SSLException when the provider cannot do what the material asks for
     */
    public ContextSet(LoadedContext source, Settings settings) throws SSLException {
        this.source = source;
        this.settings = settings;
        boolean complete = false;
        try {
            if (!source.config().identities().isEmpty()) {
                choiceOf(source.config(), false);
            }
            for (TlsConfig material : source.namedConfigs()) {
                choiceOf(material, false);
            }
            complete = true;
        } finally {
            if (!complete) {
                release();
            }
        }
    }

    /**
     * {@return the context for a client, complete at once unless user code chooses; null for an unknown server name} It is
     * held once for the caller, who releases it.
     */
    public CompletionStage<@Nullable ContextEntry> choose(ReceivedHello hello) {
        ContextSelection selector = source.selector();
        if (selector == null) {
            try {
                return CompletableFuture.completedStage(byName(hello));
            } catch (SSLException failure) {
                return CompletableFuture.failedStage(failure);
            }
        }
        return CompletableFuture.supplyAsync(() -> selected(selector, hello), settings.executor())
                .thenCompose(stage -> stage)
                .thenApply(chosen -> {
                    try {
                        return chosen == null ? byName(hello) : choiceOf(chosen.config(), true);
                    } catch (SSLException failure) {
                        throw new CompletionException(failure);
                    }
                });
    }

    private static CompletionStage<@Nullable LoadedContext> selected(ContextSelection selector, ReceivedHello hello) {
        try {
            return selector.select(hello);
        } catch (Exception failure) {
            throw new CompletionException(failure);
        }
    }

    private @Nullable ContextEntry byName(ReceivedHello hello) throws SSLException {
        String name = hello.serverName();
        LoadedContext named = name == null ? null : source.forName(name);
        if (named != null) {
            return choiceOf(named.config(), true);
        }
        return source.config().identities().isEmpty() ? null : choiceOf(source.config(), true);
    }

    private ContextEntry choiceOf(TlsConfig material, boolean forCaller) throws SSLException {
        lock.lock();
        try {
            if (released) {
                throw new ReplacedException();
            }
            ContextEntry choice = choices.get(material);
            if (choice == null) {
                choice = make(material);
                choices.put(material, choice);
                forgetOldest(material);
            }
            if (forCaller) {
                choice.context().retain();
            }
            return choice;
        } finally {
            lock.unlock();
        }
    }

    /** The set was released between the look at it and the question: ask the one that took its place. */
    public static final class ReplacedException extends SSLException {
        @Serial
        private static final long serialVersionUID = 1L;

        ReplacedException() {
            super("the context has been replaced");
        }
    }

    /** User code may choose a new context for every client: only the last few are kept. */
    private void forgetOldest(TlsConfig added) {
        if (added == source.config() || source.namedConfigs().contains(added)) {
            return;
        }
        selected.add(added);
        if (selected.size() > MOST_SELECTED) {
            ContextEntry oldest = choices.remove(selected.remove(0));
            if (oldest != null) {
                oldest.context().release();
            }
        }
    }

    private ContextEntry make(TlsConfig material) throws SSLException {
        List<String> protocols = settings.protocols() == null ? material.protocols() : settings.protocols();
        ClientAuth auth = settings.clientAuth();
        if (auth != ClientAuth.NONE && !material.trustsClients()) {
            throw new SSLException("client certificates are asked for, but a context says of no certificate that it is "
                    + "trusted: call trustedCertificates(...) on its builder");
        }
        if (settings.requireProtocol() && protocols.isEmpty()) {
            throw new SSLException("requireProtocol(true), but a context has no protocols: call supportedProtocols(...)"
                    + " on its builder, or at bind");
        }
        TlsContext context = settings.provider() == TlsProvider.BORINGSSL
                ? BoringSslContext.of(material, protocols, auth, settings.ticketKeys())
                : JsseContext.of(material, protocols, auth);
        boolean mayBlock = auth != ClientAuth.NONE && material.validationMayBlock();
        return new ContextEntry(context, protocols, new ProtocolSet(protocols), mayBlock);
    }

    /** Gives the contexts up; connections made from them keep what they need. Once. */
    public void release() {
        List<ContextEntry> all;
        lock.lock();
        try {
            released = true;
            all = new ArrayList<>(choices.values());
            choices.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(choice -> choice.context().release());
    }
}
