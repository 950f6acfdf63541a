/** Where code that may block runs, and the futures that know it. Depends on nothing else here; anyone may use it. */
@NullMarked
package dev.sallyport.internal.task;

import org.jspecify.annotations.NullMarked;
