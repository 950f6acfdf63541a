import org.jspecify.annotations.NullMarked;

/** A module of its own, so that the compiler refuses an example that reaches into the library's internals. */
@NullMarked
module dev.sallyport.examples {
    requires dev.sallyport;
    requires static org.jspecify;
}
