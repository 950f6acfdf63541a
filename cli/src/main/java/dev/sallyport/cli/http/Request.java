package dev.sallyport.cli.http;

/**
 * What a request's head says, as far as it matters here.
 *
 * @param method as sent; methods are case-sensitive (RFC 9110, 9.1)
 * @param target as sent, not decoded
 * @param keepAlive whether the client will use the connection for another request
 * @param hasBody whether content follows the head
 */
record Request(String method, String target, boolean keepAlive, boolean hasBody) {}
