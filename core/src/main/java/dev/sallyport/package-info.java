/**
 * TLS server sockets: bind a port, and take connections that have finished their handshake. An echo server is
 *
 * {@snippet :
 * public static void main(String[] args) throws IOException {
 *     int port = args.length > 0 ? Integer.parseInt(args[0]) : 8443;
 *     var context = SecurityContext.selfSigned();
 *     var server = SecureServerSocket.open("localhost", port, context);
 *     System.out.println("listening on port " + server.port());
 *     server.serve(socket -> socket.inputStream().transferTo(socket.outputStream()))
 *             .join();
 * }
 * }
 *
 * <p>A {@link dev.sallyport.SecurityContext} has the certificates of the server, and those that it trusts:
 * {@link dev.sallyport.SecurityContext#fromPem fromPem} where it has a real certificate.
 * {@link dev.sallyport.BindOptions} says how it listens, and has a bound for everything that could pile up.
 * {@link dev.sallyport.HandshakeInfo} is what was negotiated. A handshake that fails throws no exception: a
 * {@link dev.sallyport.ServerObserver} is told of it.
 *
 * <h2>Which layer</h2>
 *
 * <ul>
 *   <li>{@link dev.sallyport.SecureServerSocket} and {@link dev.sallyport.SecureSocket}, for nearly everybody. With
 *       <b>threads</b>, virtual ones where the JDK has them, {@link dev.sallyport.SecureServerSocket#serve serve} and the
 *       streams are the least code, and the easiest to get right. Choose <b>futures</b>
 *       ({@link dev.sallyport.SecureServerSocket#acceptAsync acceptAsync},
 *       {@link dev.sallyport.SecureSocket#readAsync readAsync}) before JDK 21 with very many connections, or where the code
 *       around is made of them; <b>{@link java.util.concurrent.Flow}</b>
 *       ({@link dev.sallyport.SecureServerSocket#connections connections},
 *       {@link dev.sallyport.SecureSocket#incoming incoming}) to join a reactive library. Each is one way at a time for the
 *       connections of a server, one for reading and one for writing; none is a wrapper over another.
 *   <li>{@link dev.sallyport.RawSecureServerSocket} and {@link dev.sallyport.RawSecureSocket}, on which the others are
 *       built: calls that never block, and events that tell when to make them. For an event loop or a protocol machine of
 *       your own.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * <ul>
 *   <li>Any thread may call any method, unless its class says otherwise. Builders are for one thread.
 *   <li>Handlers, futures that have to wait and Flow signals run on {@link dev.sallyport.BindOptions#executor}, one at a
 *       time and in order for each connection. By default they may block: each task has a thread of its own while it runs.
 *   <li>Raw events come on the same executor. The one-shots ({@link dev.sallyport.RawSecureSocket#whenReadable
 *       whenReadable} and its like) and the accept filter run on the event loop, and must not block.
 *   <li>Waiting threads can be interrupted: an {@code accept} ends, a blocked read or write aborts its connection.
 * </ul>
 *
 * <p>Null is allowed only where a type says {@code @Nullable}.
 */
@NullMarked
package dev.sallyport;

import org.jspecify.annotations.NullMarked;
