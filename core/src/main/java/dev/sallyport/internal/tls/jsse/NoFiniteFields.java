package dev.sallyport.internal.tls.jsse;

import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes the groups over finite fields (RFC 7919) out of the JDK's defaults: of their shared secrets it cuts leading zeros, so
 * that one handshake in some 256 fails. Unlike names of groups, constraints can be set on every JDK.
 */
final class NoFiniteFields implements AlgorithmConstraints {
    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives, String algorithm, @Nullable AlgorithmParameters parameters) {
        return !algorithm.startsWith("ffdhe");
    }

    @Override
    public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
        return true;
    }

    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives, String algorithm, Key key, @Nullable AlgorithmParameters parameters) {
        return permits(primitives, algorithm, parameters);
    }
}
