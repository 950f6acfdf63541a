package dev.sallyport.internal.wire;

/**
 * What a listening socket is opened with.
 *
 * @param backlog the length of the kernel's queue; 0 for the system's limit
 * @param v6Only whether an IPv6 socket refuses IPv4 connections
 * @param reusePort whether another process may bind the same address (SO_REUSEPORT); on Linux only, since elsewhere the
 *     kernel does not distribute connections among them
 */
public record ListenSettings(int backlog, boolean v6Only, boolean reusePort) {
    /** {@return the same without {@code reusePort}} */
    ListenSettings withoutReusePort() {
        return new ListenSettings(backlog, v6Only, false);
    }
}
