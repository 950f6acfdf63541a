package dev.sallyport.internal.tls.boringssl;

import dev.sallyport.internal.tls.ClientAuth;
import dev.sallyport.internal.tls.RevocationPolicy;
import dev.sallyport.internal.tls.TlsConfig;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The session-id context: a digest of all that decides which clients are trusted. A session made under one policy is not
 * resumed under another, whoever shares the ticket keys; it is resumed under the same policy, whatever certificate the
 * server shows by then.
 */
final class SessionIdContext {
    private static final AtomicLong NEXT_ID = new AtomicLong();
    private static final Map<Object, Long> IDS = Collections.synchronizedMap(new WeakHashMap<>());

    private SessionIdContext() {}

    static byte[] digest(TlsConfig material, ClientAuth clientAuth) throws GeneralSecurityException {
        MessageDigest digest = sha256();
        digest.update(clientAuth.name().getBytes(StandardCharsets.US_ASCII));
        if (clientAuth != ClientAuth.NONE) {
            for (X509Certificate trusted : material.trusted()) {
                digest.update(sha256().digest(trusted.getEncoded()));
            }
            RevocationPolicy revocation = material.revocation();
            if (revocation != null) {
                revocation.digest(digest);
            }
            digest.update(("check " + id(material.check())).getBytes(StandardCharsets.US_ASCII));
            digest.update(("verifier " + id(material.verifier())).getBytes(StandardCharsets.US_ASCII));
        }
        return digest.digest();
    }

    /** {@return a number that no other object of this process has or had} */
    private static long id(@Nullable Object object) {
        return object == null ? -1 : IDS.computeIfAbsent(object, first -> NEXT_ID.getAndIncrement());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every java platform has SHA-256", impossible);
        }
    }
}
