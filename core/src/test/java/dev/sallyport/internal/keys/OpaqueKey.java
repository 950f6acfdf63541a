package dev.sallyport.internal.keys;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.interfaces.ECPrivateKey;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A key as a hardware module has it: no encoding, no numbers, usable only through {@link Provider}. */
public final class OpaqueKey implements PrivateKey {
    private static final long serialVersionUID = 1;

    private final transient ECPrivateKey key;

    /** The names of the threads that signed, newest last. */
    public static final Queue<String> SIGNED_ON = new ConcurrentLinkedQueue<>();

    public OpaqueKey(ECPrivateKey key) {
        this.key = key;
    }

    @Override
    public String getAlgorithm() {
        return "EC";
    }

    @Override
    public @Nullable String getFormat() {
        return null;
    }

    @Override
    public byte @Nullable [] getEncoded() {
        return null;
    }

    public static final class Provider extends java.security.Provider {
        private static final long serialVersionUID = 1;

        public Provider() {
            super("Opaque", "1", "signs with opaque keys");
            Map<String, String> attributes = Map.of("SupportedKeyClasses", OpaqueKey.class.getName());
            putService(
                    new Service(this, "Signature", "SHA256withECDSA", Signing.class.getName(), List.of(), attributes));
        }
    }

    /** Loaded by the JDK by its name. */
    public static final class Signing extends SignatureSpi {
        private final Signature signature;

        public Signing() throws GeneralSecurityException {
            signature = Signature.getInstance("SHA256withECDSA", "SunEC");
        }

        @Override
        protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
            signature.initSign(((OpaqueKey) privateKey).key);
        }

        @Override
        protected void engineInitVerify(PublicKey publicKey) throws InvalidKeyException {
            throw new InvalidKeyException("signs only");
        }

        @Override
        protected void engineUpdate(byte b) throws SignatureException {
            signature.update(b);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) throws SignatureException {
            signature.update(bytes, offset, length);
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            SIGNED_ON.add(Thread.currentThread().getName());
            return signature.sign();
        }

        @Override
        protected boolean engineVerify(byte[] bytes) throws SignatureException {
            throw new SignatureException("signs only");
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException(name);
        }
    }
}
