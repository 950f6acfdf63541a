import org.jspecify.annotations.NullMarked;

/** TLS server sockets. Only {@code dev.sallyport} is API; no type of a dependency appears in it. */
@NullMarked
module dev.sallyport {
    exports dev.sallyport;

    requires static transitive org.jspecify;
    requires jdk.jfr;
    requires jdk.net;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.unix.common;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.classes.kqueue;
    requires io.netty.handler;
    requires io.netty.tcnative.classes.openssl;
}
