package dev.sallyport.internal.tls;

import dev.sallyport.internal.hello.ReceivedHello;
import javax.net.ssl.SSLException;

/**
 * Key material made ready for one provider, one list of protocols and one client-certificate mode; never changed once it
 * has made its first driver. Counted: whoever made it holds it, so does every driver, and every handshake that has chosen it
 * and waits for its turn; what is native is freed when the last has released it. Any thread.
 */
public interface TlsContext {
    /**
     * {@return a driver for a server connection whose hello has been read, but not yet given to the driver}
     *
     * @param hello what the client said
     * @throws SSLException when the context has been released
     */
    TlsDriver newDriver(ReceivedHello hello) throws SSLException;

    /** {@return whether a driver of this kind would go on with the server name that the client sends} */
    boolean takesNameOf(ReceivedHello hello);

    /** {@return whether a driver keeps, until its handshake is done, many times the bytes that a hello has} */
    boolean multipliesHello();

    /** Holds it once more, for one who already has it; to be released. */
    void retain();

    /** Ends one hold; after the last no new driver can be made. */
    void release();
}
