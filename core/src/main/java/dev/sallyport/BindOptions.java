package dev.sallyport;

import dev.sallyport.internal.options.OptionCheck;
import dev.sallyport.internal.options.OptionValues;
import dev.sallyport.internal.options.ProtocolNames;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a server listens, who may connect, and what it bounds. Immutable: any thread may use it, for any number of servers.
 * The defaults are those of a good production server. What each is for is said at the {@link Builder}'s methods.
 */
public final class BindOptions {
    private static final BindOptions DEFAULTS = new BindOptions(new OptionValues());

    private final OptionValues values;

    private BindOptions(OptionValues values) {
        this.values = values;
    }

    /** {@return the options of a server that names none} */
    public static BindOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that begins with the defaults} */
    public static Builder builder() {
        return DEFAULTS.toBuilder();
    }

    /** {@return a builder that begins with these values} */
    public Builder toBuilder() {
        return new Builder(new OptionValues(values));
    }

    /** {@return the length of the kernel's queue of connections; 0 for the system's limit} */
    public int backlog() {
        return values.backlog;
    }

    /** {@return whether a socket on an IPv6 address refuses IPv4 connections} */
    public boolean v6Only() {
        return values.v6Only;
    }

    /** {@return whether clients are asked for a certificate, by this option or {@link #requireClientCertificate}} */
    public boolean requestClientCertificate() {
        return values.requestsClientCertificate();
    }

    /** {@return whether clients without a certificate are refused} */
    public boolean requireClientCertificate() {
        return values.requireClientCertificate;
    }

    /** {@return the ALPN protocols, most wanted first; empty for none, null where the context's count; unmodifiable} */
    public @Nullable List<String> supportedProtocols() {
        return values.supportedProtocols;
    }

    /** {@return whether other servers may bind the same address and get their share of its connections} */
    public boolean shared() {
        return values.shared;
    }

    /** {@return whether clients are refused with which no ALPN protocol is agreed on} */
    public boolean requireProtocol() {
        return values.requireProtocol;
    }

    /** {@return the time from accepting a connection to the end of its handshake} */
    public Duration handshakeTimeout() {
        return values.handshakeTimeout;
    }

    /** {@return the time in which a client must take some of the bytes that wait for it; zero for no limit} */
    public Duration writeTimeout() {
        return values.writeTimeout;
    }

    /** {@return the time in which a byte must move on a connection; zero for no limit} */
    public Duration idleTimeout() {
        return values.idleTimeout;
    }

    /** {@return how many connections may have finished their handshake} */
    public int maxConnections() {
        return values.maxConnections;
    }

    /** {@return how many handshakes may have begun and not be done} */
    public int maxPendingHandshakes() {
        return values.maxPendingHandshakes;
    }

    /** {@return how many connections may be open that have not sent a whole ClientHello} */
    public int maxSilentConnections() {
        return values.maxSilentConnections;
    }

    /** {@return how many connections may wait to be taken after their handshake} */
    public int acceptQueue() {
        return values.acceptQueue;
    }

    /** {@return how many encrypted bytes of one connection may wait for the system to take them} */
    public int maxQueuedBytes() {
        return values.maxQueuedBytes;
    }

    /** {@return whether changed files of the context are loaded while serving} */
    public boolean watchFiles() {
        return values.watchFiles;
    }

    /** {@return whether an end without close_notify counts as a normal one} */
    public boolean unsafeAllowTruncation() {
        return values.unsafeAllowTruncation;
    }

    /** {@return whether small writes leave at once instead of waiting for more (TCP_NODELAY)} */
    public boolean tcpNoDelay() {
        return values.tcpNoDelay;
    }

    /** {@return the options of the system for each connection, each with a value of its type; unmodifiable} */
    public Map<SocketOption<?>, Object> socketOptions() {
        return values.socketOptions;
    }

    /** {@return who may connect, by address} */
    public Predicate<? super SocketAddress> acceptFilter() {
        return values.acceptFilter();
    }

    /** {@return how sockets are polled, as asked for} */
    public Transport transport() {
        return values.transport;
    }

    /** {@return where handlers, futures and callbacks run} */
    public Executor executor() {
        return values.executor();
    }

    /** {@return the observer that is told what happens} */
    public ServerObserver observer() {
        return values.observer;
    }

    /** {@return the options that are not the defaults} */
    @Override
    public String toString() {
        return "BindOptions[" + values + "]";
    }

    /**
     * Collects options. Each method checks its value at once: a value out of range is an
     * {@link IllegalArgumentException} that names the option, the range and what to do, null is a
     * {@link NullPointerException}. Each method that sets something returns this builder. One thread at a time.
     */
    public static final class Builder {
        private final OptionValues values;

        private Builder(OptionValues values) {
            this.values = values;
        }

        /**
         * How many connections the kernel keeps that have not been accepted. Default 0, the system's limit. Lower it to
         * have clients turned away early rather than wait. The second backlog of a shared address is ignored.
         *
         * @param connections 0 or more; the system cuts what is above its limit
         */
        public Builder backlog(int connections) {
            values.backlog = OptionCheck.atLeast(0, "backlog", connections, "0 takes the system's limit");
            return this;
        }

        /**
         * Whether a socket on an IPv6 address, {@code ::} above all, refuses IPv4 connections. Default false. Set it to
         * bind {@code 0.0.0.0} to the same port separately. Means nothing on an IPv4 address; {@link Transport#NIO}
         * cannot do it.
         */
        public Builder v6Only(boolean v6Only) {
            values.v6Only = v6Only;
            return this;
        }

        /**
         * Whether clients are asked for a certificate. Default false. A client without one is accepted; one whose
         * certificate is not valid is refused. The context must say which certificates it trusts.
         */
        public Builder requestClientCertificate(boolean request) {
            values.requestClientCertificate = request;
            return this;
        }

        /** Whether clients without a certificate are refused. Default false. Implies {@link #requestClientCertificate}. */
        public Builder requireClientCertificate(boolean require) {
            values.requireClientCertificate = require;
            return this;
        }

        /**
         * The application protocols spoken (ALPN, RFC 7301). Default: not given, the context's list counts; once given,
         * it counts instead of the context's, also when empty. The first that the client offers as well is selected.
         *
         * @param protocols names in order of preference, such as {@code h2}, {@code http/1.1}; each 1 to 255 bytes in
         *     UTF-8, together at most 8,191 with a byte before each; none for no ALPN
         */
        public Builder supportedProtocols(String... protocols) {
            return supportedProtocols(Arrays.asList(OptionCheck.nonNull("supportedProtocols", "protocols", protocols)));
        }

        /** The same as {@link #supportedProtocols(String...)}; the list is copied. */
        public Builder supportedProtocols(List<String> protocols) {
            values.supportedProtocols = ProtocolNames.check(protocols);
            return this;
        }

        /**
         * Whether other servers of this process, and on Linux of other processes, may bind the same address and port,
         * each getting its share of the connections; all of them must say so. Default false. Set it to serve one port
         * from several places, or to start the next version of a program beside the one that ends.
         *
         * <p>What one of them has not delivered when it closes is given to the others of this process, as if it came to
         * them: their accept filter is asked, their bounds and timeouts hold. A connection whose handshake is done, or
         * under way, goes only to one with the same context, the same options for client certificates and protocols,
         * and the same socket options; where there is none it is closed.
         */
        public Builder shared(boolean shared) {
            values.shared = shared;
            return this;
        }

        /**
         * Whether a handshake fails when no ALPN protocol is agreed on. Default false: it goes on with none. Set it
         * where the protocol decides what the bytes mean, as RFC 9325 section 3.7 advises. Without protocols, here or
         * in each context that has an identity, bind refuses it.
         */
        public Builder requireProtocol(boolean require) {
            values.requireProtocol = require;
            return this;
        }

        /**
         * The time from accepting a connection to the end of its handshake. Default 10 s. Raise it for clients far away
         * or very slow; a longer one lets more silent connections pile up.
         *
         * @param timeout longer than zero, at most 36,500 days
         */
        public Builder handshakeTimeout(Duration timeout) {
            values.handshakeTimeout = OptionCheck.positive("handshakeTimeout", timeout);
            return this;
        }

        /**
         * The time in which a client must take at least something of what is being written to it, else the write fails
         * and the connection is reset. Default 60 s. Raise it for clients that pause on purpose. A socket can change
         * its own.
         *
         * @param timeout at most 36,500 days; zero for no limit
         */
        public Builder writeTimeout(Duration timeout) {
            values.writeTimeout = OptionCheck.timeout("writeTimeout", timeout);
            return this;
        }

        /**
         * The time in which something must move on a connection, else it is closed in order, and calls that wait fail
         * with a {@link java.net.SocketTimeoutException}. Default zero, off: only the application's protocol knows how
         * long silence is normal. Set it a little above that.
         *
         * <p>Every byte counts, in either direction: plaintext that is read or written, parts of records, what leaves
         * the queue, and, on TCP with epoll, what the peer's system confirms of that. On other transports a client that
         * takes slowly what the system has already been given is not seen; it still gets all of that.
         *
         * @param timeout at most 36,500 days; zero for no limit
         */
        public Builder idleTimeout(Duration timeout) {
            values.idleTimeout = OptionCheck.timeout("idleTimeout", timeout);
            return this;
        }

        /**
         * How many connections may have finished their handshake, or be about to; when they have, accepting pauses and
         * the kernel's backlog waits. Those that have not sent a whole ClientHello, and those that leave their
         * handshake unfinished, are bounded apart. Default 65,536, some 400 MiB while idle. Set it to what the machine
         * and the application can bear.
         *
         * @param connections 1 or more
         */
        public Builder maxConnections(int connections) {
            values.maxConnections =
                    OptionCheck.atLeast(1, "maxConnections", connections, "name the most that this server can bear");
            return this;
        }

        /**
         * How many handshakes may have begun and not be done. Most of them wait for their client; when one more begins,
         * the one of those that began first is dropped, once it has had a second. Default 4,096, more than a second's
         * work of a processor core, at some 15 KiB each 60 MiB. Raise it for many cores and distant clients.
         *
         * @param handshakes 1 or more
         */
        public Builder maxPendingHandshakes(int handshakes) {
            values.maxPendingHandshakes =
                    OptionCheck.atLeast(1, "maxPendingHandshakes", handshakes, "a few hundred for each core is usual");
            return this;
        }

        /**
         * How many connections may be open without a whole ClientHello; when one more comes, the one that has been
         * silent longest is dropped. Default 16,384, at 16 KiB each at most 256 MiB. Raise it where many slow
         * clients connect at once.
         *
         * @param connections 1 or more
         */
        public Builder maxSilentConnections(int connections) {
            values.maxSilentConnections =
                    OptionCheck.atLeast(1, "maxSilentConnections", connections, "every client is silent at first");
            return this;
        }

        /**
         * How many connections may wait to be taken after their handshake; when they do, accepting pauses. Default 128.
         * Raise it for bursts that are taken late, lower it to share a port more evenly.
         *
         * @param connections 1 or more
         */
        public Builder acceptQueue(int connections) {
            values.acceptQueue = OptionCheck.atLeast(1, "acceptQueue", connections, "one must fit, to be handed over");
            return this;
        }

        /**
         * How many encrypted bytes of one connection may wait for the system to take them; above it, writing blocks or
         * takes nothing. Default 1,048,576 (1 MiB). Lower it to bound the memory of slow clients, raise it for long
         * fast lines.
         *
         * @param bytes 16,384 (one record) or more
         */
        public Builder maxQueuedBytes(int bytes) {
            values.maxQueuedBytes = OptionCheck.atLeast(1 << 14, "maxQueuedBytes", bytes, "one record must fit");
            return this;
        }

        /**
         * Whether the files of the context are read again when they change, those of contexts for server names too.
         * Default false. They are looked at twice a second, by what the system says of them: written, replaced, or
         * reached by a link that leads elsewhere now, as the files of a mounted secret. When nothing changes between
         * two looks the context is built anew and replaces the old one, as with
         * {@link SecureServerSocket#replaceContext}; if that fails, the old one stays, and
         * {@link ServerObserver#contextReloadFailed} and the log say why. What a {@link ContextSelector} chooses is not
         * watched. Bind refuses it for a context that was not made from files.
         */
        public Builder watchFiles(boolean watch) {
            values.watchFiles = watch;
            return this;
        }

        /**
         * Whether an end without close_notify counts as a normal one instead of a {@link TruncatedStreamException}.
         * Default false. Unsafe: an attacker who cuts the connection then decides where the data ends. For protocols
         * that carry their own lengths, and peers that never send close_notify.
         */
        public Builder unsafeAllowTruncation(boolean allow) {
            values.unsafeAllowTruncation = allow;
            return this;
        }

        /**
         * Whether small writes leave at once instead of waiting for more (TCP_NODELAY). Default true. Unset it for
         * programs that write a few bytes at a time and care more for the number of packets than for delay.
         */
        public Builder tcpNoDelay(boolean noDelay) {
            values.tcpNoDelay = noDelay;
            return this;
        }

        /**
         * An option passed on to the system for each connection, such as
         * {@link java.net.StandardSocketOptions#SO_KEEPALIVE}. Default none, the system's own. Setting one again
         * replaces it. Whether the transport has it shows when binding.
         *
         * @param option which; not TCP_NODELAY, SO_REUSEADDR, SO_REUSEPORT or SO_LINGER, which other options decide
         */
        public <T> Builder socketOption(SocketOption<T> option, T value) {
            values.setSocketOption(option, value);
            return this;
        }

        /**
         * Who may connect, by address; others are closed at once, before any byte is read. Default everybody. Runs on
         * an event loop for each connection and must not block; one that throws refuses.
         *
         * @param filter true for those who may
         */
        public Builder acceptFilter(Predicate<? super SocketAddress> filter) {
            values.acceptFilter = OptionCheck.nonNull("acceptFilter", "filter", filter);
            return this;
        }

        /**
         * How sockets are polled. Default {@link Transport#AUTO}, the best there is. Name one to fail rather than fall
         * back.
         */
        public Builder transport(Transport transport) {
            values.transport = OptionCheck.nonNull("transport", "transport", transport);
            return this;
        }

        /**
         * Where handlers, futures, observers, selectors and certificate checks run. Default: a virtual thread each,
         * before JDK 21 a pool of the process. It is never shut down here; a connection whose task it refuses is
         * closed. {@code Runnable::run} runs them on the event loops, where nothing may block: fastest, for code that
         * never does.
         */
        public Builder executor(Executor executor) {
            values.executor = OptionCheck.nonNull("executor", "executor", executor);
            return this;
        }

        /** The observer that is told of failed handshakes, connections and limits. Default: one that does nothing. */
        public Builder observer(ServerObserver observer) {
            values.observer = OptionCheck.nonNull("observer", "observer", observer);
            return this;
        }

        /**
         * {@return the options; this builder can go on to build others}
         *
         * @throws IllegalArgumentException when two options contradict each other
         */
        public BindOptions build() {
            values.requireNoContradiction();
            return new BindOptions(new OptionValues(values));
        }
    }
}
