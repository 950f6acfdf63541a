package dev.sallyport.cli;

import dev.sallyport.BindOptions;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.SecureServer;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.cli.handler.AsyncConnections;
import dev.sallyport.cli.handler.HttpPage;
import dev.sallyport.cli.stats.StatsServer;
import dev.sallyport.micrometer.ServerMetrics;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sallyport serve}: a server that runs until it is stopped. */
@Command(
        name = "serve",
        description =
                "Starts a TLS server. With no options: echo on localhost:8443, with a certificate made for this run.",
        versionProvider = ProgramVersion.class,
        abbreviateSynopsis = true,
        sortOptions = false)
final class ServeCommand implements Callable<Integer> {
    @Mixin(name = "Where to listen")
    private ListenOptions listen = new ListenOptions();

    @Mixin(name = "Who the server is; by default a certificate is made for this run")
    private IdentityOptions identity = new IdentityOptions();

    @Mixin(name = "What to negotiate")
    private TlsOptions tls = new TlsOptions();

    @Mixin(name = "What to do")
    private HandlerOptions handler = new HandlerOptions();

    @Mixin(name = "Other")
    private CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws IOException {
        listen.check();
        identity.check();
        tls.check();
        StderrLogger.verbose(common.verbose);
        SecureServer server = start(context());
        DrainAtExit.install(server, handler.drain);
        int statsPort = common.stats == null ? 0 : startStats(common.stats, server);
        new Banner(listen, identity, tls, handler, common).print(server, statsPort, System.out);
        server.onClosed().join();
        return 0;
    }

    /** It goes on until the program ends. */
    private static int startStats(InetSocketAddress address, SecureServer server) throws IOException {
        return StatsServer.start(address, new ServerMetrics(server, Tags.empty()))
                .port();
    }

    private SecurityContext context() throws IOException {
        SecurityContext.Builder context = identity.context(listen.address);
        tls.configure(context);
        identity.addNames(context, tls::configure);
        return context.build();
    }

    private SecureServer start(SecurityContext context) throws IOException {
        ConnectionLog log = new ConnectionLog(System.err, common.verbose);
        Consumer<BindOptions.Builder> options = builder -> {
            listen.configure(builder);
            tls.configure(builder);
            identity.configure(builder);
            handler.configure(builder);
            builder.observer(log);
        };
        if (handler.layer == Layer.RAW) {
            var server = RawSecureServerSocket.open(listen.address, listen.port, context, options);
            log.context(server::context);
            server.listen(handler.handler.raw(page(server)));
            return server;
        }
        var server = SecureServerSocket.open(listen.address, listen.port, context, options);
        log.context(server::context);
        if (handler.layer == Layer.ASYNC) {
            server.connections().subscribe(new AsyncConnections(handler.handler.async(page(server), log)));
        } else {
            server.serve(handler.handler.blocking(page(server)));
        }
        return server;
    }

    private HttpPage page(SecureServer server) {
        return new HttpPage(Banner.engine(server) + ", " + handler.description());
    }
}
