package dev.sallyport.internal.tls.context;

import dev.sallyport.internal.hello.ReceivedHello;
import dev.sallyport.internal.tls.TlsConfig;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Key material by what a client asks for: what a public security context amounts to. Immutable, any thread. */
public interface TlsConfigs {
    /** {@return the material for clients that nothing else fits} */
    TlsConfig main();

    /** {@return the material for a server name in lower case, or null when the name is not configured} */
    @Nullable TlsConfig forName(String serverName);

    /** {@return all material with a name of its own} */
    Collection<TlsConfig> named();

    /** {@return whether {@link #select} is to be asked first, by user code that may block} */
    boolean selects();

    /** {@return what user code chooses, or completes with null when it leaves the choice to the names} */
    CompletionStage<@Nullable TlsConfig> select(ReceivedHello hello) throws Exception;
}
