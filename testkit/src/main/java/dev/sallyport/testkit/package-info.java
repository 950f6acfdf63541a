/**
 * What the tests of a TLS server need around it: a certificate authority with every kind of identity, clients that
 * behave, clients that do not, and checks that nothing is left over.
 *
 * <p>Nothing here knows the server under test: it is met over the loopback interface only. The tests of one JVM are
 * expected to run one after the other, because {@link dev.sallyport.testkit.LeakCheck} looks at the whole process.
 */
@NullMarked
package dev.sallyport.testkit;

import org.jspecify.annotations.NullMarked;
