package dev.sallyport.bind;

import dev.sallyport.BindOptions;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.matrix.Setup;
import java.io.IOException;
import java.util.function.Consumer;

/** Opens servers that share an address. */
final class SharedServers {
    private SharedServers() {}

    static SecureServerSocket first(Setup setup, Consumer<BindOptions.Builder> options) throws IOException {
        return setup.open(sharing(options));
    }

    static SecureServerSocket join(SecureServerSocket other, Setup setup, Consumer<BindOptions.Builder> options)
            throws IOException {
        return open(setup, "127.0.0.1", other.port(), sharing(options));
    }

    static SecureServerSocket open(Setup setup, String address, int port, Consumer<BindOptions.Builder> options)
            throws IOException {
        return SecureServerSocket.open(address, port, setup.context().build(), setup.withTransport(options));
    }

    static SecureServerSocket open(
            SecurityContext context, SecureServerSocket other, Setup setup, Consumer<BindOptions.Builder> options)
            throws IOException {
        return SecureServerSocket.open("127.0.0.1", other.port(), context, setup.withTransport(sharing(options)));
    }

    static Consumer<BindOptions.Builder> sharing(Consumer<BindOptions.Builder> options) {
        return builder -> options.accept(builder.shared(true));
    }
}
