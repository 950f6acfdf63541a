package dev.sallyport.load;

import dev.sallyport.testkit.Payload;

/**
 * One connection of a fuzzer.
 *
 * @param number from which, with the run's seed, all of it follows
 * @param description what was done, for messages
 * @param sent what its client sends, of which a handler may see the beginning
 */
public record FuzzCase(int number, String description, Payload sent) {
    @Override
    public String toString() {
        return "case " + number + " (" + description + ")";
    }
}
