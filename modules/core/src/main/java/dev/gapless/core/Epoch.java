package dev.gapless.core;

import java.util.random.RandomGenerator;

/**
 * Identity of one {@link dev.gapless.core.log.Log}: 64 random bits. A log made anew has a new epoch, always, so that a
 * sequence number alone never passes for a position in it.
 *
 * @param id any value; zero is {@link #NONE}
 */
public record Epoch(long id) {

    /** The epoch of every log on a node that never publishes (publishing = off). */
    public static final Epoch NONE = new Epoch(0);

    /** A new one, of random bits. */
    public static Epoch random(RandomGenerator random) {
        long id = random.nextLong();
        return new Epoch(id == NONE.id ? 1 : id);
    }

    /** Reads what {@link #toString} wrote: 16 hexadecimal digits. */
    public static Epoch parse(String text) {
        if (text.length() != 16) {
            throw new IllegalArgumentException(
                    "An epoch has 16 hexadecimal digits, this has " + text.length() + ": " + text);
        }
        return new Epoch(Long.parseUnsignedLong(text, 16));
    }

    @Override
    public String toString() {
        String hex = Long.toHexString(id);
        return "0".repeat(16 - hex.length()) + hex;
    }
}
