package dev.sallyport.internal.tls.boringssl;

import java.util.List;
import java.util.Map;

/** Key exchange groups: BoringSSL has names of its own for those that have others with IANA, which are the ones users see. */
final class BoringSslGroups {
    private static final List<String> DEFAULTS = List.of("X25519MLKEM768", "X25519", "P-256", "P-384");
    private static final Map<String, String> NATIVE_BY_IANA =
            Map.of("x25519", "X25519", "secp256r1", "P-256", "secp384r1", "P-384", "secp521r1", "P-521");

    private BoringSslGroups() {}

    /** {@return BoringSSL's names of these groups; of the defaults when there are none} */
    static List<String> nativeNames(List<String> wanted) {
        return wanted.isEmpty()
                ? DEFAULTS
                : wanted.stream()
                        .map(name -> NATIVE_BY_IANA.getOrDefault(name, name))
                        .toList();
    }

    /** {@return IANA's name of a group, given BoringSSL's} */
    static String ianaName(String nativeName) {
        return NATIVE_BY_IANA.entrySet().stream()
                .filter(names -> names.getValue().equals(nativeName))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(nativeName);
    }
}
