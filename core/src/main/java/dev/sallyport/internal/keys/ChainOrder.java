package dev.sallyport.internal.keys;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Puts a chain in the order of RFC 8446 4.4.2: the leaf, then what certifies it. Repeated certificates are dropped. */
final class ChainOrder {
    private final Set<X509Certificate> waiting;
    private final List<X509Certificate> chain = new ArrayList<>();

    private ChainOrder(List<X509Certificate> given) {
        this.waiting = new LinkedHashSet<>(given);
    }

    static List<X509Certificate> of(Origin place, List<X509Certificate> given, X509Certificate leaf)
            throws SSLException {
        ChainOrder order = new ChainOrder(given);
        order.append(leaf);
        if (!order.waiting.isEmpty()) {
            X509Certificate stray = order.waiting.iterator().next();
            X509Certificate last = order.chain.get(order.chain.size() - 1);
            throw place.refuse("certificate " + (given.indexOf(stray) + 1) + " of " + given.size() + " ("
                    + IdentityCheck.subject(stray)
                    + ") does not link to the others: it issued none of them; the chain ends at "
                    + IdentityCheck.subject(last) + ", issued by "
                    + Origin.printable(last.getIssuerX500Principal().getName())
                    + ": add what is missing between, or take the stray one out");
        }
        return List.copyOf(order.chain);
    }

    /**
     * Each pair is checked once. An issuer's issuers come before its siblings: of a cross-signed certificate there may be
     * two, of which both belong to the chain.
     */
    private void append(X509Certificate subject) {
        waiting.remove(subject);
        chain.add(subject);
        for (X509Certificate candidate : List.copyOf(waiting)) {
            if (waiting.contains(candidate) && issued(candidate, subject)) {
                append(candidate);
            }
        }
    }

    private static boolean issued(X509Certificate issuer, X509Certificate subject) {
        if (!issuer.getSubjectX500Principal().equals(subject.getIssuerX500Principal())) {
            return false;
        }
        try {
            subject.verify(issuer.getPublicKey());
            return true;
        } catch (NoSuchAlgorithmException e) {
            return true; // the names fit, and the signature is for clients to judge, who may know its algorithm
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }
}
