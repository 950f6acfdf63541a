package dev.sallyport.internal.wire;

import dev.sallyport.Transport;
import dev.sallyport.internal.names.AddressText;
import dev.sallyport.internal.task.NativeLibraries;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The transports of this machine, and listening sockets on them. Any thread. */
public final class Transports {
    private static final int AVOIDED_PORT = 65_535; // some browsers refuse it

    private static final boolean LINUX = system().startsWith("linux");

    private Transports() {}

    /** Opens a listening socket; {@link #openElsewhere} may do it twice. */
    @FunctionalInterface
    interface Opener {
        ListenWire open() throws IOException;
    }

    /** What AUTO is: found, and logged, once a process. */
    private static final class Best {
        static final Transport TRANSPORT = choose();

        private static Transport choose() {
            Transport wanted = ofThisSystem();
            Throwable missing = unavailability(wanted);
            if (missing != null) {
                Loop.LOG.log(
                        Level.WARNING,
                        "transport nio instead of " + name(wanted) + ": " + NativeLibraries.cause(missing) + "; "
                                + NativeLibraries.remedy());
                Loop.LOG.log(Level.DEBUG, "why " + name(wanted) + " does not work here", missing);
            }
            Transport taken = missing == null ? wanted : Transport.NIO;
            Loop.LOG.log(Level.INFO, "transport {0}", name(taken));
            return taken;
        }

        private static Transport ofThisSystem() {
            if (LINUX) {
                return Transport.EPOLL;
            }
            return system().startsWith("mac") ? Transport.KQUEUE : Transport.NIO;
        }
    }

    /**
     * {@return the transport that a wish becomes: never {@link Transport#AUTO}}
     *
     * @throws UnsupportedOperationException when the one wanted does not work here: says why, and names those that do
     */
    public static Transport resolve(Transport wanted) {
        if (wanted == Transport.AUTO) {
            return Best.TRANSPORT;
        }
        Throwable missing = unavailability(wanted);
        if (missing != null) {
            Transport best = Best.TRANSPORT;
            throw new UnsupportedOperationException(
                    "transport " + name(wanted) + " does not work here (" + NativeLibraries.cause(missing)
                            + "); available: " + (best == Transport.NIO ? "nio" : name(best) + ", nio"),
                    missing);
        }
        return wanted;
    }

    /**
     * Binds an address and listens on it. Port 0 is one that the system chooses, but never 65535.
     *
     * @throws java.net.BindException when the system refuses: names the address and the port
     * @throws UnknownHostException when the address has not been looked up
     * @throws UnsupportedOperationException when the transport does not work here, or cannot do what the settings ask
     */
    public static ListenWire open(Transport transport, SocketAddress address, ListenSettings settings)
            throws IOException {
        checkAddress(address);
        Transport resolved = resolve(transport);
        checkV6Only(resolved, address, settings);
        ListenSettings possible = LINUX ? settings : settings.withoutReusePort();
        Opener opener = () -> openOn(resolved, address, possible);
        boolean anyPort = address instanceof InetSocketAddress internet && internet.getPort() == 0;
        return anyPort ? openElsewhere(opener) : opener.open();
    }

    /** Opens on a port of the system's choice, and on another one when it chose badly: the first is held meanwhile. */
    static ListenWire openElsewhere(Opener opener) throws IOException {
        ListenWire first = opener.open();
        if (!(first.localAddress() instanceof InetSocketAddress bound) || bound.getPort() != AVOIDED_PORT) {
            return first;
        }
        try {
            return opener.open();
        } finally {
            first.release();
        }
    }

    private static ListenWire openOn(Transport transport, SocketAddress address, ListenSettings settings)
            throws IOException {
        Loop loop;
        try {
            loop = LoopGroup.acquire(transport);
        } catch (IOException failure) {
            throw OsErrors.cannotBind(address, failure);
        }
        ListenWire wire = null;
        try {
            wire = switch (transport) {
                case EPOLL -> EpollListenWire.open(loop, address, settings);
                case KQUEUE -> KQueueListenWire.open(loop, address, settings);
                case NIO -> NioListenWire.open(loop, address, settings);
                case AUTO -> throw new IllegalArgumentException("not resolved");
            };
            return wire;
        } finally {
            if (wire == null) {
                loop.release();
            }
        }
    }

    private static void checkAddress(SocketAddress address) throws UnknownHostException {
        if (address instanceof InetSocketAddress internet) {
            if (internet.isUnresolved()) {
                throw new UnknownHostException(internet.getHostString());
            }
        } else if (!(address instanceof UnixDomainSocketAddress)) {
            throw new IllegalArgumentException("address of type "
                    + address.getClass().getName() + ": InetSocketAddress and UnixDomainSocketAddress can be bound");
        }
    }

    private static void checkV6Only(Transport transport, SocketAddress address, ListenSettings settings) {
        if (transport == Transport.NIO
                && settings.v6Only()
                && address instanceof InetSocketAddress internet
                && internet.getAddress() instanceof Inet6Address) {
            throw new UnsupportedOperationException("bind " + AddressText.of(address)
                    + ": v6Only needs transport epoll (Linux) or kqueue (macOS); the channels of nio cannot be set so");
        }
    }

    /** {@return what makes the handlers of a transport that {@link #resolve} has let pass} */
    static IoHandlerFactory handlerFactory(Transport transport) {
        return switch (transport) {
            case EPOLL -> EpollIoHandler.newFactory();
            case KQUEUE -> KQueueIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
            case AUTO -> throw new IllegalArgumentException("not resolved");
        };
    }

    private static @Nullable Throwable unavailability(Transport transport) {
        return switch (transport) {
            case EPOLL -> Epoll.unavailabilityCause();
            case KQUEUE -> KQueue.unavailabilityCause();
            case NIO -> null;
            case AUTO -> throw new IllegalArgumentException("not resolved");
        };
    }

    private static String system() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    }

    private static String name(Transport transport) {
        return transport.name().toLowerCase(Locale.ROOT);
    }
}
