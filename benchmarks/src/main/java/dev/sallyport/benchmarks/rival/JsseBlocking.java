package dev.sallyport.benchmarks.rival;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** The JDK's {@code SSLServerSocket}, with a virtual thread a connection where the JDK has them. */
public final class JsseBlocking implements Rival {
    @Override
    public int start(Path chain, Path key, Work work) throws Exception {
        ExecutorService threads = virtualThreads();
        SSLServerSocket server = (SSLServerSocket) context(chain, key)
                .getServerSocketFactory()
                .createServerSocket(0, BACKLOG, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        Thread acceptor = new Thread(() -> accept(server, threads, work), "acceptor");
        acceptor.setDaemon(true);
        acceptor.start();
        return server.getLocalPort();
    }

    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        if (Runtime.version().feature() < 21) {
            return Executors.newCachedThreadPool();
        }
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    private static SSLContext context(Path chain, Path key) throws IOException, GeneralSecurityException {
        Certificate[] certificates;
        try (InputStream in = Files.newInputStream(chain)) {
            certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .toArray(new Certificate[0]);
        }
        byte[] encoded = Base64.getMimeDecoder().decode(Files.readString(key).replaceAll("-----[A-Z ]*-----", ""));
        PrivateKey privateKey = KeyFactory.getInstance(
                        certificates[0].getPublicKey().getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        char[] password = {};
        keys.setKeyEntry("server", privateKey, password, certificates);
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void accept(SSLServerSocket server, ExecutorService threads, Work work) {
        while (true) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> serve(socket, work));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void serve(Socket socket, Work work) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                if (work == Work.ECHO) {
                    out.write(chunk, 0, count);
                }
            }
        } catch (IOException e) {
            // the client is gone
        }
    }
}
