package dev.sallyport.internal.task;

/** What to tell of a native library that is not there. */
public final class NativeLibraries {
    private NativeLibraries() {}

    /** {@return the first line that says something: the outermost errors may only say that a class was not initialised} */
    public static String cause(Throwable failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            String message = one.getMessage();
            if (message != null) {
                return message.lines().findFirst().orElse("");
            }
        }
        return failure.toString();
    }

    /** {@return the usual cause on the way that this class was loaded, and what mends it} */
    public static String remedy() {
        Module here = NativeLibraries.class.getModule();
        if (!here.isNamed()) {
            return "is the jar with the native library of this system on the class path?";
        }
        boolean linked = ModuleLayer.boot()
                .configuration()
                .findModule(here.getName())
                .flatMap(module -> module.reference().location())
                .filter(location -> location.getScheme().equals("jrt"))
                .isPresent();
        return "modules with native libraries are found with java --add-modules "
                + (linked ? "ALL-SYSTEM" : "ALL-MODULE-PATH") + " --enable-native-access=io.netty.common";
    }
}
