package dev.sallyport;

/** How sockets are polled: which system interface tells the event loops that a socket is ready. */
public enum Transport {
    /** The best one this machine has: epoll on Linux, kqueue on macOS, else NIO. */
    AUTO,
    /** Linux epoll, through a small native library; has every option of {@link BindOptions}. */
    EPOLL,
    /** macOS and BSD kqueue, through a small native library. */
    KQUEUE,
    /** The JDK's own selectors; runs everywhere, but cannot bind with {@code v6Only}. */
    NIO
}
