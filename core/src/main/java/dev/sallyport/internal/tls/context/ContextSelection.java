package dev.sallyport.internal.tls.context;

import dev.sallyport.internal.hello.ReceivedHello;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** User code that chooses the context of each connection. */
@FunctionalInterface
public interface ContextSelection {
    /** {@return what it chooses, or completes with null when it leaves the choice to the names} It may block. */
    CompletionStage<@Nullable LoadedContext> select(ReceivedHello hello) throws Exception;
}
