package dev.sallyport.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.InternetAddress;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.testkit.JdkTlsClient;
import dev.sallyport.testkit.TlsConnection;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/**
 * Two copies of the library in one JVM, as in two web applications, over one Netty, whose native libraries only one class
 * loader can have: each has its own registry and loops, and between them it is as between processes.
 */
class TwoLoadersTest {
    /** Loads this library's classes itself and takes everything else from its parent. */
    private static final class Copy extends URLClassLoader {
        Copy() {
            super(
                    new URL[] {where(SecureServerSocket.class), where(ForeignServer.class)},
                    TwoLoadersTest.class.getClassLoader());
        }

        private static URL where(Class<?> type) {
            return type.getProtectionDomain().getCodeSource().getLocation();
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.sallyport.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }

        @SuppressWarnings("unchecked")
        AutoCloseable server(int port) throws Exception {
            Class<?> maker = loadClass(ForeignServer.class.getName());
            assertThat(maker).isNotSameAs(ForeignServer.class);
            return ((IntFunction<AutoCloseable>) maker.getConstructor().newInstance()).apply(port);
        }

        static int port(AutoCloseable server) throws Exception {
            return (int) server.getClass().getMethod("port").invoke(server);
        }
    }

    @Test
    void serveBesideEachOtherAndEndByThemselves() throws Exception {
        try (Copy copy = new Copy();
                AutoCloseable ours = new ForeignServer().apply(0)) {
            AutoCloseable theirs = copy.server(0);
            assertServed(Copy.port(ours));
            assertServed(Copy.port(theirs));
            theirs.close();
            assertServed(Copy.port(ours));
            try (AutoCloseable again = copy.server(0)) {
                assertServed(Copy.port(again));
            }
        }
    }

    @Test
    void doNotKnowOfEachOthersAddresses() throws Exception {
        try (Copy copy = new Copy();
                SecureServerSocket ours =
                        SecureServerSocket.open("127.0.0.1", 0, SecurityContext.selfSigned("localhost"))) {
            assertThatThrownBy(() -> copy.server(ours.port()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCauseInstanceOf(BindException.class)
                    .hasMessageContaining("127.0.0.1:" + ours.port())
                    .hasMessageContaining("in use")
                    .hasMessageNotContaining("in this process");
        }
    }

    private static void assertServed(int port) throws Exception {
        try (TlsConnection client = JdkTlsClient.to(new InetSocketAddress(InternetAddress.LOOPBACK_IPV4, port))
                .trustingEverybody()
                .connect()) {
            assertThat(client.receiveAll()).containsExactly((byte) port);
        }
    }
}
