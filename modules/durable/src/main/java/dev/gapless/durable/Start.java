package dev.gapless.durable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A start of a node, as its store remembers it: the incarnation's uid, which topics it has that are durable (their CRC-32C), and when that
 * was, in milliseconds since 1970; 8 bytes each, big-endian. Immutable.
 */
final class Start {
    /** A start that says nothing, and behind which none before counts: no text has that CRC. */
    static final byte[] NOBODY =
            ByteBuffer.allocate(3 * Long.BYTES).putLong(0).putLong(-1).array();

    private final long uid;
    private final long durable;

    /** That of an incarnation of which this text names the durable topics. */
    Start(long uid, String durable) {
        CRC32C sum = new CRC32C();
        sum.update(durable.getBytes(StandardCharsets.UTF_8));
        this.uid = uid;
        this.durable = sum.getValue();
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(uid)
                .putLong(durable)
                .putLong(System.currentTimeMillis())
                .array();
    }

    /** Is it the last of these already, as its write was done and said to have failed? */
    boolean isLastOf(List<byte[]> starts) {
        return !starts.isEmpty()
                && ByteBuffer.wrap(starts.get(starts.size() - 1)).getLong() == uid;
    }

    /** The incarnations of the starts before this one, the oldest first, since the same topics are durable. */
    List<Long> before(List<byte[]> starts) {
        List<Long> before = new ArrayList<>();
        for (byte[] bytes : starts) {
            ByteBuffer its = ByteBuffer.wrap(bytes);
            long other = its.getLong();
            if (its.getLong() != durable) {
                before.clear();
            } else if (other != uid) {
                before.add(other);
            }
        }
        return before;
    }
}
