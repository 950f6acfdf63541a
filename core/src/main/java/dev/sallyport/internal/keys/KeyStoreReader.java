package dev.sallyport.internal.keys;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Takes identities out of keystores: every entry with a private key; trusted certificates and secret keys are passed over. */
final class KeyStoreReader {
    private KeyStoreReader() {}

    static List<Identity> read(Source source, char @Nullable [] password) throws IOException {
        try (PemBlocks blocks = PemBlocks.read(source, "keystore")) {
            PemBlock block = blocks.iterator().next();
            if (!block.content().isKeyStore()) {
                throw block.place()
                        .refuse("is " + block.content().description()
                                + " where a keystore (PKCS#12 or JKS) is expected; give it as chain and key");
            }
            return all(block.place(), load(block, password), password);
        }
    }

    static List<Identity> all(Origin place, KeyStore store, char @Nullable [] password) throws SSLException {
        List<Identity> identities = new ArrayList<>();
        for (Entry entry : entries(place, store, password)) {
            identities.add(IdentityCheck.identity(entry.place(), entry.key(), entry.place(), entry.chain()));
        }
        return List.copyOf(identities);
    }

    /** {@return what a keystore has that must not have two, not checked yet} */
    static Entry only(PemBlock block, char @Nullable [] password) throws SSLException {
        List<Entry> entries = entries(block.place(), load(block, password), password);
        if (entries.size() > 1) {
            throw block.place()
                    .refuse("has " + entries.size() + " private keys, so it is not clear which to take;"
                            + " give it as a keystore, or leave one in it");
        }
        return entries.get(0);
    }

    private static List<Entry> entries(Origin place, KeyStore store, char @Nullable [] password) throws SSLException {
        List<Entry> entries = new ArrayList<>();
        int others = 0;
        for (String alias : aliases(place, store)) {
            Origin at = place.entry(alias);
            Entry entry = at.parse("cannot be taken out of the keystore", () -> entry(at, store, alias, password));
            if (entry != null) {
                entries.add(entry);
            } else {
                others++;
            }
        }
        if (entries.isEmpty()) {
            String has =
                    others == 0 ? "it is empty" : "only " + others + (others == 1 ? " other entry" : " other entries");
            throw place.refuse("has no private key, " + has + "; give the keystore that has the key"
                    + (others == 0 ? "" : ", or this one as trusted certificates"));
        }
        return entries;
    }

    private static List<String> aliases(Origin place, KeyStore store) throws SSLException {
        try {
            return Collections.list(store.aliases());
        } catch (KeyStoreException e) {
            throw place.refuse("was not loaded; call its load method first", e);
        }
    }

    private static @Nullable Entry entry(Origin place, KeyStore store, String alias, char @Nullable [] password)
            throws SSLException, GeneralSecurityException {
        if (!store.entryInstanceOf(alias, KeyStore.PrivateKeyEntry.class)) {
            return null;
        }
        Key key;
        try {
            key = store.getKey(alias, password);
        } catch (UnrecoverableKeyException e) {
            throw place.refuse(
                    "its key has another password than the one given; give both the same with 'keytool -keypasswd'", e);
        }
        if (!(key instanceof PrivateKey privateKey)) {
            throw place.refuse("has no private key");
        }
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate certificate : store.getCertificateChain(alias)) {
            if (!(certificate instanceof X509Certificate x509)) {
                throw place.refuse("has a certificate that is not X.509");
            }
            chain.add(x509);
        }
        return new Entry(place, privateKey, chain);
    }

    private static KeyStore load(PemBlock block, char @Nullable [] password) throws SSLException {
        Origin place = block.place();
        if (password == null) {
            throw place.refuse("is " + block.content().description() + ", but no password was given; use fromKeyStore,"
                    + " or keyStore(...) on the builder, and give the password");
        }
        if (block.content() == BlobKind.JCEKS) {
            throw place.refuse("is a JCEKS keystore, which is not supported; convert it with 'keytool -importkeystore"
                    + " -srcstoretype JCEKS -deststoretype PKCS12'");
        }
        return place.parse("is " + block.content().description() + " that is damaged; copy it again", () -> {
            KeyStore store = KeyStore.getInstance(block.content().name());
            try {
                store.load(new ByteArrayInputStream(block.bytes()), password);
            } catch (IOException e) {
                if (e.getCause() instanceof UnrecoverableKeyException) {
                    throw place.refuse("cannot be opened: the password is wrong (or the content is damaged)", e);
                }
                throw e;
            }
            return store;
        });
    }

    record Entry(Origin place, PrivateKey key, List<X509Certificate> chain) {}
}
