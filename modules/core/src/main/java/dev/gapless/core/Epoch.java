package dev.gapless.core;

import java.nio.charset.StandardCharsets;

/**
 * What tells the stream of one {@link dev.gapless.core.log.Log} from all others: 64 bits that follow from the incarnation of its node and the
 * topic, so that every member can name every member's stream.
 *
 * @param id any value but zero
 */
public record Epoch(long id) {
    /** Of the 64-bit hash FNV-1a (Fowler, Noll, Vo). */
    private static final long PRIME = 0x100000001B3L;

    /** That of the topic's log in this incarnation. */
    public static Epoch of(long uid, String topic) {
        long hash = HistoryId.mixed(uid);
        for (byte part : topic.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (part & 0xff)) * PRIME;
        }
        long id = HistoryId.mixed(hash);
        return new Epoch(id == 0 ? 1 : id);
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
