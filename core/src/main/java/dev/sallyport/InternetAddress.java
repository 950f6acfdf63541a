package dev.sallyport;

import dev.sallyport.internal.names.AddressLiteral;
import dev.sallyport.internal.names.HostText;
import dev.sallyport.internal.task.DefaultExecutor;
import dev.sallyport.internal.task.Dispatcher;
import dev.sallyport.internal.task.ExecutorFuture;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Addresses to bind, and ways to get one. The addresses themselves are {@link InetAddress}.
 *
 * {@snippet :
 * InetAddress first = InternetAddress.lookup("localhost", StandardProtocolFamily.INET)
 *         .join()
 *         .get(0);
 * var server = SecureServerSocket.open(first, port, context);
 * }
 *
 * <p>Any thread may call any method; none blocks. Futures complete on a thread of this library, a virtual one where the
 * JDK has them, or at once on the caller's.
 */
public final class InternetAddress {
    /** {@code 127.0.0.1}: connections of this machine over IPv4. */
    public static final InetAddress LOOPBACK_IPV4 = literalOf("127.0.0.1");

    /** {@code ::1}: connections of this machine over IPv6. */
    public static final InetAddress LOOPBACK_IPV6 = literalOf("::1");

    /** {@code 0.0.0.0}: connections of everybody, over IPv4 only. */
    public static final InetAddress ANY_IPV4 = literalOf("0.0.0.0");

    /** {@code ::}: connections of everybody, over IPv6 and, without {@link BindOptions#v6Only()}, IPv4. */
    public static final InetAddress ANY_IPV6 = literalOf("::");

    private InternetAddress() {}

    /**
     * Looks up all addresses of a host, in the resolver's order. A numeric address is its own and only answer, and no
     * resolver is asked. Runs elsewhere: on a thread of this library's default executor.
     *
     * @param host a host name or a numeric address
     * @return the addresses, at least one, unmodifiable; fails with {@link UnknownHostException} when there are none,
     *     or when {@code host} looks like a numeric address and is none, such as {@code 1.2.3}
     */
    public static CompletableFuture<List<InetAddress>> lookup(String host) {
        return lookupAll(host, null);
    }

    /**
     * The same as {@link #lookup(String)}, with the addresses of one family only.
     *
     * @param host a host name or a numeric address
     * @param family {@link StandardProtocolFamily#INET} for IPv4, {@link StandardProtocolFamily#INET6} for IPv6
     * @return the addresses, at least one, unmodifiable; fails with {@link UnknownHostException} when there are none
     * @throws IllegalArgumentException for {@link StandardProtocolFamily#UNIX}, which has no hosts
     */
    public static CompletableFuture<List<InetAddress>> lookup(String host, StandardProtocolFamily family) {
        Objects.requireNonNull(family, "family");
        if (family == StandardProtocolFamily.UNIX) {
            throw new IllegalArgumentException(
                    "family(UNIX): must be INET or INET6; Unix-domain sockets have no hosts");
        }
        return lookupAll(host, family);
    }

    /**
     * Reads a numeric address without asking anybody: {@code 192.0.2.1}, {@code 2001:db8::1}, {@code ::ffff:192.0.2.1}
     * (which the JDK takes for the IPv4 address in it), {@code fe80::1%eth0} or {@code fe80::1%2} (an interface of this
     * machine).
     *
     * @param address the text, without brackets
     * @return the address; null for host names and for what is not an address in the strict sense, such as
     *     {@code 1.2.3}, {@code 01.2.3.4} or a zone on an address that is not link-local
     */
    public static @Nullable InetAddress tryParse(String address) {
        return AddressLiteral.parse(Objects.requireNonNull(address, "address"));
    }

    private static CompletableFuture<List<InetAddress>> lookupAll(String host, @Nullable ProtocolFamily family) {
        Objects.requireNonNull(host, "host");
        ExecutorFuture<List<InetAddress>> answer = new ExecutorFuture<>(DefaultExecutor.instance());
        InetAddress literal = AddressLiteral.parseHost(host);
        if (literal != null) {
            complete(answer, host, family, literal);
        } else if (!HostText.mayBeName(host)) {
            answer.completeExceptionally(new UnknownHostException("lookup " + HostText.notAHost(host)));
        } else {
            Dispatcher.handTo(
                    DefaultExecutor.instance(), () -> ask(answer, host, family), answer::completeExceptionally);
        }
        return answer;
    }

    private static void ask(CompletableFuture<List<InetAddress>> answer, String host, @Nullable ProtocolFamily family) {
        try {
            complete(answer, host, family, InetAddress.getAllByName(host));
        } catch (Throwable e) {
            // whatever it is, somebody waits for the answer
            answer.completeExceptionally(e);
        }
    }

    private static void complete(
            CompletableFuture<List<InetAddress>> answer,
            String host,
            @Nullable ProtocolFamily family,
            InetAddress... found) {
        List<InetAddress> suitable =
                Arrays.stream(found).filter(each -> isOf(family, each)).toList();
        if (suitable.isEmpty()) {
            String wanted = family == StandardProtocolFamily.INET6 ? "IPv6" : "IPv4";
            answer.completeExceptionally(new UnknownHostException(host + ": has no " + wanted + " address"));
        } else {
            answer.complete(suitable);
        }
    }

    private static boolean isOf(@Nullable ProtocolFamily family, InetAddress address) {
        return family == null
                || (family == StandardProtocolFamily.INET6
                        ? address instanceof Inet6Address
                        : address instanceof Inet4Address);
    }

    private static InetAddress literalOf(String text) {
        return Objects.requireNonNull(AddressLiteral.parse(text), text);
    }
}
