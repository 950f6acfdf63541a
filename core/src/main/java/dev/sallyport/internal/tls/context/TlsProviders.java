package dev.sallyport.internal.tls.context;

import dev.sallyport.TlsProvider;
import dev.sallyport.internal.task.NativeLibraries;
import dev.sallyport.internal.tls.boringssl.BoringSsl;
import java.util.concurrent.atomic.AtomicBoolean;

/** Which of the two implementations is used. */
public final class TlsProviders {
    private static final System.Logger LOG = System.getLogger("dev.sallyport");
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private TlsProviders() {}

    /**
     * {@return what was asked for, AUTO made into one of the others}
     *
     * @throws UnsupportedOperationException when BoringSSL was asked for and is not there
     */
    public static TlsProvider resolve(TlsProvider wanted) {
        if (wanted == TlsProvider.JDK) {
            return TlsProvider.JDK;
        }
        Throwable missing = BoringSsl.unavailabilityCause();
        if (wanted == TlsProvider.BORINGSSL) {
            if (missing != null) {
                throw new UnsupportedOperationException(
                        "boringssl is not available here (" + NativeLibraries.cause(missing)
                                + "): use TlsProvider.AUTO or JDK; " + NativeLibraries.remedy(),
                        missing);
            }
            return TlsProvider.BORINGSSL;
        }
        if (TOLD.compareAndSet(false, true)) {
            if (missing == null) {
                LOG.log(System.Logger.Level.INFO, "tls provider boringssl");
            } else {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "tls provider jdk instead of boringssl, which is faster: " + NativeLibraries.cause(missing)
                                + "; " + NativeLibraries.remedy());
                LOG.log(System.Logger.Level.DEBUG, "why boringssl does not work here", missing);
            }
        }
        return missing == null ? TlsProvider.BORINGSSL : TlsProvider.JDK;
    }
}
