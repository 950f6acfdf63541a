/**
 * A TLS 1.3 client that keeps the rules only as far as a test lets it, and what it does to servers: {@link
 * dev.sallyport.testkit.hostile.ScriptedTlsClient} is the client, and the classes whose names end in {@code Cases} are lists of what
 * it does, each with how a server should take it.
 */
@NullMarked
package dev.sallyport.testkit.hostile;

import org.jspecify.annotations.NullMarked;
