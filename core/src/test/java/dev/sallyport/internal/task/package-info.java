@NullMarked
package dev.sallyport.internal.task;

import org.jspecify.annotations.NullMarked;
