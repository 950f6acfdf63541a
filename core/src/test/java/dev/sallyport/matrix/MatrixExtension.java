package dev.sallyport.matrix;

import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.Transport;
import dev.sallyport.internal.tls.boringssl.BoringSsl;
import dev.sallyport.internal.wire.ShortenedWires;
import dev.sallyport.matrix.Matrix.Dimension;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.kqueue.KQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Makes the invocations of a {@link Matrix} test. */
final class MatrixExtension implements TestTemplateInvocationContextProvider {
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Matrix matrix = context.getRequiredTestMethod().getAnnotation(Matrix.class);
        Set<Dimension> dimensions = Set.of(matrix.value());
        List<TestTemplateInvocationContext> invocations = new ArrayList<>();
        List<Setup> cells = whole() ? cells(dimensions) : half(cells(dimensions), newJdk() ? 1 : 0);
        cells.forEach(cell -> invocations.add(new Invocation(cell, false)));
        if (dimensions.contains(Dimension.WIRE)) {
            shortened(dimensions).forEach(cell -> invocations.add(new Invocation(cell, true)));
        }
        return invocations.stream();
    }

    private static List<Setup> cells(Set<Dimension> dimensions) {
        List<Setup> cells = new ArrayList<>();
        for (Transport transport : first(transports(), dimensions.contains(Dimension.TRANSPORT))) {
            for (TlsProvider provider : first(providers(), dimensions.contains(Dimension.PROVIDER))) {
                for (TlsVersion version : first(versions(), dimensions.contains(Dimension.VERSION))) {
                    cells.add(new Setup(transport, provider, version));
                }
            }
        }
        return cells;
    }

    /** The cells with a shortened wire: half of them in a whole matrix, and those that the other JDK has in half of one. */
    private static List<Setup> shortened(Set<Dimension> dimensions) {
        return half(cells(dimensions), whole() || newJdk() ? 0 : 1);
    }

    /** {@return one half of more than two cells} Of three dimensions each pair of values still occurs in either half. */
    private static List<Setup> half(List<Setup> cells, int parity) {
        return cells.size() <= 2
                ? cells
                : IntStream.range(0, cells.size())
                        .filter(cell -> Integer.bitCount(cell) % 2 == parity)
                        .mapToObj(cells::get)
                        .toList();
    }

    private static boolean whole() {
        return Boolean.getBoolean("test.matrix.whole");
    }

    private static boolean newJdk() {
        return Runtime.version().feature() >= 22;
    }

    private static <T> List<T> first(List<T> values, boolean all) {
        return all ? values : values.subList(0, 1);
    }

    private static List<Transport> transports() {
        List<Transport> there = new ArrayList<>();
        if (Epoll.isAvailable()) {
            there.add(Transport.EPOLL);
        } else if (KQueue.isAvailable()) {
            there.add(Transport.KQUEUE);
        } else {
            tell("no native transport here: tests run on NIO only (" + Epoll.unavailabilityCause() + ")");
        }
        there.add(Transport.NIO);
        return there;
    }

    private static List<TlsProvider> providers() {
        if (BoringSsl.unavailabilityCause() == null) {
            return List.of(TlsProvider.BORINGSSL, TlsProvider.JDK);
        }
        tell("no BoringSSL here: tests run on the JDK's TLS only (" + BoringSsl.unavailabilityCause() + ")");
        return List.of(TlsProvider.JDK);
    }

    private static List<TlsVersion> versions() {
        return List.of(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2);
    }

    private static void tell(String what) {
        if (TOLD.add(what)) {
            System.err.println("MATRIX INCOMPLETE: " + what);
        }
    }

    private record Invocation(Setup setup, boolean shortened) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return shortened ? setup + ", shortened" : setup.toString();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            SetupResolver resolver = new SetupResolver(setup);
            return shortened ? List.of(resolver, new ShortenedWires()) : List.of(resolver);
        }
    }

    private record SetupResolver(Setup setup) implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Setup.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return setup;
        }
    }
}
