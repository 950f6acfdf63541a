package dev.sallyport.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/** SIGINT, through the JDK's unofficial interface to signals: there is no official one. */
final class Interrupt {
    private static final int STATUS = 130; // 128 + SIGINT, as a shell has it

    private Interrupt() {}

    /** From now on SIGINT halts the JVM; without this a second one would wait for the shutdown that the first began. */
    static void endsAtOnce() {
        try {
            // By reflection, because javac warns of the class by name, and nothing can silence it under -Werror.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler halt = (proxy, method, args) -> {
                Runtime.getRuntime().halt(STATUS);
                return null;
            };
            signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance("INT"),
                            Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, halt));
        } catch (ReflectiveOperationException e) {
            System.err.println("sallyport: a second Ctrl-C will not end the draining: " + ErrorLine.of(e));
        }
    }
}
