package dev.sallyport.internal.names;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Addresses as messages show them: {@code 127.0.0.1:8443}, {@code [fe80::1%eth0]:8443}, a path. Never asks a resolver. */
public final class AddressText {
    private AddressText() {}

    /** {@return the address for a message; of a host name that was looked up only the number} */
    public static String of(SocketAddress address) {
        if (address instanceof InetSocketAddress internet) {
            return internet.isUnresolved()
                    ? internet.getHostString() + ":" + internet.getPort()
                    : host(internet.getAddress()) + ":" + internet.getPort();
        }
        if (address instanceof UnixDomainSocketAddress local) {
            String path = local.getPath().toString();
            return path.isEmpty() ? "an unnamed Unix-domain socket" : path;
        }
        return address.toString();
    }

    /** {@return a call and whose socket it is on, for messages} */
    public static String call(String call, SocketAddress address) {
        return call + " " + of(address);
    }

    /** {@return the beginning of a message about a call} */
    public static String called(String call, SocketAddress address) {
        return call(call, address) + ": ";
    }

    private static String host(InetAddress address) {
        String text = NetUtil.toAddressString(address);
        if (!(address instanceof Inet6Address scoped)) {
            return text;
        }
        NetworkInterface device = scoped.getScopedInterface();
        if (device != null) {
            return "[" + text + "%" + device.getName() + "]";
        }
        return scoped.getScopeId() == 0 ? "[" + text + "]" : "[" + text + "%" + scoped.getScopeId() + "]";
    }
}
