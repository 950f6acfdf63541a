package dev.sallyport.internal.connection;

import java.io.IOException;
import java.io.Serial;
import java.util.concurrent.locks.ReentrantLock;

/** The lock of one connection, and the steps that run with it held. Any thread. */
final class StateLock extends ReentrantLock {
    @Serial
    private static final long serialVersionUID = 1L;

    interface Step {
        void run() throws IOException;
    }

    interface Question<T> {
        T ask() throws IOException;
    }

    void holding(Runnable step) {
        lock();
        try {
            step.run();
        } finally {
            unlock();
        }
    }

    void trying(Step step) throws IOException {
        lock();
        try {
            step.run();
        } finally {
            unlock();
        }
    }

    <T> T asking(Question<T> question) throws IOException {
        lock();
        try {
            return question.ask();
        } finally {
            unlock();
        }
    }
}
