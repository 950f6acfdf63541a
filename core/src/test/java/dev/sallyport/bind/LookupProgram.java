package dev.sallyport.bind;

import dev.sallyport.InternetAddress;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A server that lives on its event loops. From the loop of its first connection it looks up {@value #HOST} and binds it; it
 * says what came of that. Each connection gets a byte. Ends when it is killed.
 */
public final class LookupProgram {
    public static final String HOST = "two.example";

    private final Transport transport;
    private final SecurityContext context = SecurityContext.selfSigned("localhost");
    private final SecureServerSocket server;
    private boolean first = true;

    private LookupProgram(Transport transport) throws IOException {
        this.transport = transport;
        server = SecureServerSocket.open(
                "127.0.0.1", 0, context, options -> options.transport(transport).executor(Runnable::run));
    }

    /** Arguments: transport. */
    public static void main(String[] args) throws IOException {
        LookupProgram program = new LookupProgram(Transport.valueOf(args[0]));
        program.acceptNext();
        System.out.println(program.server.port());
    }

    private void acceptNext() {
        server.acceptAsync().whenComplete((socket, failure) -> {
            if (socket != null) {
                if (first) {
                    first = false;
                    lookUp();
                }
                socket.writeAsync(ByteBuffer.allocate(1)).whenComplete((nothing, gone) -> socket.close());
                acceptNext();
            }
        });
    }

    private void lookUp() {
        System.out.println("looking up on " + Thread.currentThread().getName());
        SecureServerSocket.bind(
                        HOST,
                        0,
                        context,
                        options -> options.transport(transport).executor(Runnable::run))
                .whenComplete((bound, failure) -> System.out.println("bound "
                        + (bound == null
                                ? failure
                                : bound.localAddress().toString().replaceAll(":.*", ""))));
        InternetAddress.lookup(HOST)
                .whenComplete((all, failure) -> System.out.println("found " + (all == null ? failure : all)));
    }
}
