import org.jspecify.annotations.NullMarked;

/** The numbers of a server as meters of Micrometer. */
@NullMarked
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"
}) // Micrometer is no module, but has a name for one
module dev.sallyport.micrometer {
    exports dev.sallyport.micrometer;

    requires transitive dev.sallyport;
    requires transitive micrometer.core;
    requires static org.jspecify;
}
