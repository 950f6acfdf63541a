package dev.sallyport.internal.wire;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Addresses from numbers, without a resolver. */
final class Numeric {
    static final InetSocketAddress LOOPBACK_ANY_PORT = address("127.0.0.1", 0);

    private Numeric() {}

    static InetSocketAddress address(String number, int port) {
        return new InetSocketAddress(host(number), port);
    }

    static InetAddress host(String number) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(number);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException wrongLength) {
            throw new AssertionError(number, wrongLength);
        }
    }
}
