package dev.sallyport.testkit.hostile;

import java.util.EnumSet;
import java.util.Set;

/**
 * One thing that a client may do to a server.
 *
 * @param name what it does
 * @param script how it does it, to a server that sends back what it receives
 * @param outcomes how the server may take it: more than one where a race of the network decides, or where a rule
 *     leaves it open
 */
public record HostileCase(String name, Script script, Set<Outcome> outcomes) {
    /** What a client does once it is connected; the connection is closed when it is over and the server has ended it. */
    @FunctionalInterface
    public interface Script {
        /** Runs to its end, whatever the server does. */
        void run(ScriptedTlsClient client) throws Exception;
    }

    static HostileCase of(String name, Outcome outcome, Script script) {
        return new HostileCase(name, script, Set.of(outcome));
    }

    static HostileCase of(String name, EnumSet<Outcome> outcomes, Script script) {
        return new HostileCase(name, script, Set.copyOf(outcomes));
    }

    @Override
    public String toString() {
        return name;
    }
}
