package dev.sallyport.internal.tls.context;

import dev.sallyport.TlsVersion;
import dev.sallyport.internal.options.OptionCheck;
import dev.sallyport.internal.tls.CipherSuites;
import java.util.List;
import java.util.Objects;

/**
 * The cipher suites and key exchange groups that can be chosen among, by their IANA names: forward secret, and
 * authenticated encryption only. What the chosen provider lacks of them shows when binding.
 */
public final class TlsParameters {
    private static final List<String> GROUPS =
            List.of("X25519MLKEM768", "x25519", "secp256r1", "secp384r1", "secp521r1");

    private TlsParameters() {}

    public static List<String> cipherSuites(String... names) {
        List<String> suites = copy("cipherSuites", names);
        for (String suite : suites) {
            if (!CipherSuites.tls13().contains(suite) && !CipherSuites.tls12().contains(suite)) {
                throw OptionCheck.refused(
                        "cipherSuites", suite, "must be of " + CipherSuites.tls13() + " or " + CipherSuites.tls12());
            }
        }
        return suites;
    }

    public static List<String> namedGroups(String... names) {
        List<String> groups = copy("namedGroups", names);
        for (String group : groups) {
            if (!GROUPS.contains(group)) {
                throw OptionCheck.refused("namedGroups", group, "must be of " + GROUPS);
            }
        }
        return groups;
    }

    /** {@return whether a version could be spoken with these suites; an empty list is the defaults} */
    public static boolean serve(List<String> suites, TlsVersion version) {
        List<String> usable = version == TlsVersion.TLS_1_3 ? CipherSuites.tls13() : CipherSuites.tls12();
        return suites.isEmpty() || suites.stream().anyMatch(usable::contains);
    }

    /** {@return whether one of these suites is for TLS 1.2 and a key of this type} */
    public static boolean serve12(List<String> suites, String keyType) {
        String with = keyType.equals("RSA") ? "_RSA_" : "_ECDSA_";
        return suites.stream().anyMatch(suite -> CipherSuites.tls12().contains(suite) && suite.contains(with));
    }

    /** {@return whether TLS 1.2 could be spoken with these groups; an empty list is the defaults} */
    public static boolean groupsServe12(List<String> groups) {
        return groups.isEmpty() || groups.stream().anyMatch(group -> !group.equals("X25519MLKEM768"));
    }

    private static List<String> copy(String option, String... names) {
        if (Objects.requireNonNull(names, "names").length == 0) {
            throw new IllegalArgumentException(option + ": no name is given; leave it out for the defaults");
        }
        for (String name : names) {
            Objects.requireNonNull(name, "a name in names");
        }
        List<String> copy = List.of(names);
        if (copy.stream().distinct().count() != copy.size()) {
            throw OptionCheck.refused(option, copy, "must name each once; take out the second");
        }
        return copy;
    }
}
