package dev.sallyport;

import dev.sallyport.internal.tls.context.LoadedContext;

/** What a few tests reach for behind the public types; all others use what a user has. */
public final class PackageAccess {
    private PackageAccess() {}

    /** {@return what was made of the material that a context was given} */
    public static LoadedContext loaded(SecurityContext context) {
        return context.loaded();
    }

    /** {@return the blocking face of a raw connection} */
    public static SecureSocket socketOf(RawSecureSocket raw) {
        return new SecureSocket(raw);
    }
}
