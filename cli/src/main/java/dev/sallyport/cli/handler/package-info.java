/** What the server does with a connection, each written on each of the library's three layers. */
@NullMarked
package dev.sallyport.cli.handler;

import org.jspecify.annotations.NullMarked;
