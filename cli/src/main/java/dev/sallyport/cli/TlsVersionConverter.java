package dev.sallyport.cli;

import dev.sallyport.TlsVersion;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 1.2} and {@code 1.3}, with or without the {@code TLSv} that the JDK puts before them. */
final class TlsVersionConverter implements ITypeConverter<TlsVersion> {
    @Override
    public TlsVersion convert(String text) {
        for (TlsVersion version : TlsVersion.values()) {
            String name = version.protocolName();
            if (name.equalsIgnoreCase(text) || name.equals("TLSv" + text)) {
                return version;
            }
        }
        throw new TypeConversionException("'" + text + "' is no version of TLS that exists here; it is 1.2 or 1.3");
    }
}
