package dev.sallyport.internal.wire;

import io.netty.util.internal.logging.InternalLoggerFactory;

/** Netty's own logging, without which none of its classes loads. */
public final class NettyLogging {
    private NettyLogging() {}

    /**
     * Fails where it has nothing to log by.
     *
     * @throws UnsupportedOperationException in a run-time image without {@code java.logging} and any other logging library
     */
    public static void check() {
        try {
            InternalLoggerFactory.getDefaultFactory();
        } catch (NoClassDefFoundError missing) {
            throw new UnsupportedOperationException(
                    "this run-time image has no module java.logging, which Netty needs: make it with jlink --add-modules"
                            + " java.logging",
                    missing);
        }
    }
}
