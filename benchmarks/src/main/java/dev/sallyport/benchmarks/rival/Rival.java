package dev.sallyport.benchmarks.rival;

import java.nio.file.Path;

/** A server on the loopback address. */
public interface Rival {
    /** Connections that may wait to be accepted: as many as come at once in the accept storm. */
    int BACKLOG = 8192;

    /**
     * What is read and written at once by those who keep a buffer for each connection: as much as those have who keep one
     * for all. It is smaller where memory is measured, since the buffer is the application's and not the library's.
     */
    int CHUNK_BYTES = Integer.getInteger("chunk", 64 * 1024);

    /**
     * Begins to serve.
     *
     * @param chain the certificate, PEM
     * @param key its key, PKCS#8 in PEM
     * @param work what to do with what is received
     * @return the port, chosen by the system
     * @throws Exception if it cannot
     */
    int start(Path chain, Path key, Work work) throws Exception;
}
