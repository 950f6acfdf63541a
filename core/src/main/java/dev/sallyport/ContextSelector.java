package dev.sallyport;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the context of a connection by what its client said first: certificates that are made on demand, tenants that
 * are kept in a database. Where names are known beforehand, {@link SecurityContext.Builder#forServerName} is enough.
 */
@FunctionalInterface
public interface ContextSelector {
    /**
     * Chooses for one connection. Runs on {@link BindOptions#executor()}, within the connection's
     * {@link BindOptions#handshakeTimeout()}. A failure, thrown or through the stage, ends that connection's handshake
     * and nothing else.
     *
     * @param hello the client's first message; nothing in it is proven yet
     * @return the context to go on with; null in it for what would be taken without a selector
     * @throws Exception whatever went wrong
     */
    CompletionStage<@Nullable SecurityContext> select(ClientHello hello) throws Exception;
}
