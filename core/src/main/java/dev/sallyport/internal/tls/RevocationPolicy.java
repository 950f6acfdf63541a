package dev.sallyport.internal.tls;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CRLException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.X509CRL;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How revocation is looked up in the path validation of the JDK.
 *
 * @param lists the lists; empty for OCSP
 * @param ocsp whether responders are asked
 * @param responder the one responder, or null for those that the certificates name
 * @param leafOnly whether only the client's own certificate is looked up
 * @param allowUnknown whether no answer is a good one
 */
public record RevocationPolicy(
        List<X509CRL> lists, boolean ocsp, @Nullable URI responder, boolean leafOnly, boolean allowUnknown) {
    /** Keeps a copy of the list. */
    public RevocationPolicy {
        lists = List.copyOf(lists);
    }

    void applyTo(PKIXBuilderParameters parameters) throws GeneralSecurityException {
        PKIXRevocationChecker checker =
                (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
        Set<Option> options = EnumSet.of(Option.NO_FALLBACK);
        if (!ocsp) {
            options.add(Option.PREFER_CRLS);
        }
        if (leafOnly) {
            options.add(Option.ONLY_END_ENTITY);
        }
        if (allowUnknown) {
            options.add(Option.SOFT_FAIL);
        }
        checker.setOptions(options);
        if (responder != null) {
            checker.setOcspResponder(responder);
        }
        parameters.addCertPathChecker(checker);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
    }

    /** Adds all that decides who is let in. */
    public void digest(MessageDigest digest) throws CRLException {
        digest.update((byte) (ocsp ? 1 : 0));
        digest.update((byte) (leafOnly ? 1 : 0));
        digest.update((byte) (allowUnknown ? 1 : 0));
        digest.update(String.valueOf(responder).getBytes(StandardCharsets.UTF_8));
        for (X509CRL list : lists) {
            digest.update(list.getEncoded());
        }
    }
}
