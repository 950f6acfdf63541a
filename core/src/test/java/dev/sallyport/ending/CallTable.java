package dev.sallyport.ending;

import static dev.sallyport.testkit.Awaiting.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sallyport.SecureServer;
import dev.sallyport.internal.names.AddressText;
import dev.sallyport.testkit.Awaiting;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What each public method of a type does once its object has ended: a row for each, or the test that asks fails. */
public final class CallTable<T> {
    /** What is expected of a call on what has ended. */
    public enum Outcome {
        /** Returns, since it is a question, or is so already. */
        ANSWERS,
        /** {@link ClosedChannelException}, thrown, or by the future or publisher that it returns. */
        FAILS,
        /** {@link IllegalStateException}, where the method has no other way to say it. */
        REFUSES
    }

    /** A call with arguments of some kind. */
    public interface Action<T> {
        @Nullable Object call(T of) throws Throwable;
    }

    private record Row<T>(Outcome outcome, String call, Action<T> action) {}

    private final Class<?> type;
    private final Map<String, Row<T>> rows = new LinkedHashMap<>();

    public CallTable(Class<?> type) {
        this.type = type;
    }

    /** A method that goes on answering. */
    public CallTable<T> answers(String signature, Action<T> action) {
        return row(signature, Outcome.ANSWERS, action);
    }

    /** A method whose failure begins with its own name. */
    public CallTable<T> fails(String signature, Action<T> action) {
        return row(signature, Outcome.FAILS, action);
    }

    /** A method whose failure begins with the name of what it is made of. */
    public CallTable<T> fails(String signature, String call, Action<T> action) {
        rows.put(signature, new Row<>(Outcome.FAILS, call, action));
        return this;
    }

    public CallTable<T> refuses(String signature, Action<T> action) {
        return row(signature, Outcome.REFUSES, action);
    }

    private CallTable<T> row(String signature, Outcome outcome, Action<T> action) {
        rows.put(signature, new Row<>(outcome, signature.substring(0, signature.indexOf('(')), action));
        return this;
    }

    /** Every public method of an object must have its row, and no other. */
    public void assertComplete() {
        Set<String> methods = ownTypes(type)
                .flatMap(own -> Arrays.stream(own.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
                .map(CallTable::signature)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(new TreeSet<>(rows.keySet()))
                .as("what %s does when it is closed is decided in this table", type.getSimpleName())
                .isEqualTo(methods);
    }

    /** {@return the type and those of the library that it is one of} */
    private static Stream<Class<?>> ownTypes(Class<?> type) {
        return Stream.concat(
                Stream.of(type),
                Arrays.stream(type.getInterfaces())
                        .filter(above -> above.getPackage().equals(SecureServer.class.getPackage()))
                        .flatMap(CallTable::ownTypes));
    }

    private static String signature(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", method.getName() + "(", ")"));
    }

    /** Makes every call on what has ended; {@code why} is what the messages of failures say of that. */
    public void assertOutcomes(T ended, SocketAddress address, String why) {
        rows.forEach((signature, row) -> {
            String what = type.getSimpleName() + "." + signature + " when " + why;
            Throwable failure = catchThrowable(() -> outcome(row.action().call(ended)));
            if (row.outcome() == Outcome.ANSWERS) {
                assertThat(failure).as(what).isNull();
                return;
            }
            assertThat(failure)
                    .as(what)
                    .isInstanceOf(
                            row.outcome() == Outcome.FAILS ? ClosedChannelException.class : IllegalStateException.class)
                    .isNotInstanceOf(AsynchronousCloseException.class);
            assertThat(failure.getMessage())
                    .as(what)
                    .startsWith(row.call())
                    .contains(" " + AddressText.of(address) + ": ")
                    .contains(why);
        });
    }

    /** Makes every call that fails at the end on what has not ended. */
    public void assertWork(T open) {
        rows.forEach((signature, row) -> {
            if (row.outcome() != Outcome.ANSWERS) {
                Throwable failure = catchThrowable(() -> outcome(row.action().call(open)));
                assertThat(failure).as(type.getSimpleName() + "." + signature).isNull();
            }
        });
    }

    /** Asks for one item, and tells what came of it. */
    private static final class FirstSignal implements Flow.Subscriber<Object> {
        final CompletableFuture<Object> signal = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onNext(Object item) {
            signal.complete(item);
        }

        @Override
        public void onError(Throwable failure) {
            signal.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            signal.complete("onComplete");
        }
    }

    /** Waits for what a call has promised. */
    @SuppressWarnings("unchecked")
    private static void outcome(@Nullable Object returned) throws Throwable {
        if (returned instanceof Flow.Publisher<?> publisher) {
            FirstSignal subscriber = new FirstSignal();
            ((Flow.Publisher<Object>) publisher).subscribe(subscriber);
            outcome(subscriber.signal);
        } else if (returned instanceof CompletableFuture<?> future) {
            try {
                Awaiting.result("the future", PATIENCE, future);
            } catch (ExecutionException failure) {
                throw Objects.requireNonNull(failure.getCause());
            }
        }
    }
}
