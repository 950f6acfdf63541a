/** The test kit's own tests: its clients against the JDK's TLS server, its leak check against classes that leak. */
@NullMarked
package dev.sallyport.testkit;

import org.jspecify.annotations.NullMarked;
