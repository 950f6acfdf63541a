package dev.sallyport.internal.connection;

import java.time.Duration;

/**
 * The bounds of one connection.
 *
 * @param maxQueuedBytes how much ciphertext may wait for the kernel before {@code write} takes no more
 * @param writeTimeout how long the kernel may take none of it; zero for ever
 * @param idleTimeout how long nothing may be read or written; zero for ever
 * @param allowTruncation whether FIN without close_notify is a normal end
 */
public record ConnectionSettings(
        int maxQueuedBytes, Duration writeTimeout, Duration idleTimeout, boolean allowTruncation) {}
