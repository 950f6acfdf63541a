package dev.sallyport;

import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.tls.TlsConfig;
import dev.sallyport.internal.tls.context.TlsConfigs;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A security context as the internals see it. */
record SecurityContextConfigs(SecurityContext context) implements TlsConfigs {
    @Override
    public TlsConfig main() {
        return context.material();
    }

    @Override
    public @Nullable TlsConfig forName(String serverName) {
        SecurityContext named = context.forName(serverName);
        return named == null ? null : named.material();
    }

    @Override
    public Collection<TlsConfig> named() {
        return context.allMaterial().stream()
                .filter(material -> material != main())
                .toList();
    }

    @Override
    public boolean selects() {
        return context.selector() != null;
    }

    @Override
    public CompletionStage<@Nullable TlsConfig> select(ReceivedHello hello) throws Exception {
        ContextSelector selector = context.selector();
        return selector == null
                ? CompletableFuture.completedStage(null)
                : selector.select(new ClientHello(hello))
                        .thenApply(chosen -> chosen == null ? null : chosen.material());
    }
}
