package dev.sallyport.internal.tls.boringssl;

import io.netty.handler.ssl.OpenSsl;
import org.jspecify.annotations.Nullable;

/** Whether BoringSSL's native library is there. Loading it takes tens of milliseconds, once a process. */
public final class BoringSsl {
    private BoringSsl() {}

    /** {@return why BoringSSL cannot be used here, or null when it can} */
    public static @Nullable Throwable unavailabilityCause() {
        return Loaded.CAUSE;
    }

    private static final class Loaded {
        static final @Nullable Throwable CAUSE = cause();

        private static @Nullable Throwable cause() {
            if (!OpenSsl.isAvailable()) {
                return OpenSsl.unavailabilityCause();
            }
            String version = OpenSsl.versionString();
            if (!version.contains("BoringSSL")) {
                return new UnsupportedOperationException("the native TLS library is " + version + ", not BoringSSL");
            }
            return null;
        }
    }
}
