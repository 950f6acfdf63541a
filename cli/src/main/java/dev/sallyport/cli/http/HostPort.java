package dev.sallyport.cli.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A host and port as one text, in the form that URLs have (RFC 3986, 3.2): IPv6 addresses stand in brackets. */
public final class HostPort {
    private HostPort() {}

    /** {@return {@code host:port}; the host may be in brackets already} */
    public static String of(String host, int port) {
        boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
        return (bare ? "[" + host + "]" : host) + ":" + port;
    }

    /** {@return the same, numeric, without asking a resolver} */
    public static String of(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            InetAddress numeric = inet.getAddress();
            return of(numeric == null ? inet.getHostString() : numeric.getHostAddress(), inet.getPort());
        }
        return address.toString();
    }
}
