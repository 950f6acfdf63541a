package dev.sallyport.cli;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code HOST:PORT}, an IPv6 address in brackets; or a port alone, for localhost. */
final class HostPortConverter implements ITypeConverter<InetSocketAddress> {
    private static final Pattern HOST_PORT = Pattern.compile("(?:(\\[[^]]+]|[^:\\[\\]]+):)?([0-9]{1,5})");

    @Override
    public InetSocketAddress convert(String text) {
        Matcher matcher = HOST_PORT.matcher(text);
        int port = matcher.matches() ? Integer.parseInt(matcher.group(2)) : -1;
        if (port < 0 || port > 65535) {
            throw new TypeConversionException(
                    "'" + text + "' is no HOST:PORT; write it like localhost:9090 or [::1]:9090");
        }
        String host = matcher.group(1) == null ? "localhost" : ListenAddress.withoutBrackets(matcher.group(1));
        return new InetSocketAddress(host, port);
    }
}
