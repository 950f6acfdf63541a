/** As much of HTTP/1.1 as it takes to show a browser a page: nothing in it knows where the bytes come from. */
@NullMarked
package dev.sallyport.cli.http;

import org.jspecify.annotations.NullMarked;
