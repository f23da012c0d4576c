package dev.gapless.durable;

import dev.gapless.core.HistoryId;
import dev.gapless.core.KeptHistory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** This start of a node, as its store remembers it. Immutable. */
final class Start {
    /** A start that says nothing, and behind which none before counts: no text has that CRC. */
    static final byte[] NOBODY = new Event(0, -1, 0, HistoryId.UNKNOWN).toBytes();

    private final long uid;
    private final long durable;
    private final boolean single;

    /**
     * What is stored of a start: 8 bytes each, big-endian.
     *
     * @param uid the incarnation's
     * @param durable which topics it has that are durable: their CRC-32C
     * @param timeMs when that was, in milliseconds since 1970
     * @param historyId that of its cluster, if it is the only node there, and no other one may come; else {@link HistoryId#UNKNOWN}
     */
    private record Event(long uid, long durable, long timeMs, long historyId) {
        byte[] toBytes() {
            return ByteBuffer.allocate(4 * Long.BYTES)
                    .putLong(uid)
                    .putLong(durable)
                    .putLong(timeMs)
                    .putLong(historyId)
                    .array();
        }

        static Event of(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            return new Event(in.getLong(), in.getLong(), in.getLong(), in.getLong());
        }
    }

    /** That of an incarnation of which this text names the durable topics; {@code single} if no other node is, or may be, in its cluster. */
    Start(long uid, String durable, boolean single) {
        CRC32C sum = new CRC32C();
        sum.update(durable.getBytes(StandardCharsets.UTF_8));
        this.uid = uid;
        this.durable = sum.getValue();
        this.single = single;
    }

    /** What is to be stored of it behind these, at that time. */
    byte[] behind(List<byte[]> starts, long timeMs) {
        long before = starts.isEmpty()
                ? HistoryId.UNKNOWN
                : Event.of(starts.get(starts.size() - 1)).historyId();
        long first = before == HistoryId.UNKNOWN ? HistoryId.first(uid) : before;
        return new Event(uid, durable, timeMs, single ? first : HistoryId.UNKNOWN).toBytes();
    }

    /** Is it the last of these already, as its write was done and said to have failed? */
    boolean isLastOf(List<byte[]> starts) {
        return !starts.isEmpty() && Event.of(starts.get(starts.size() - 1)).uid() == uid;
    }

    /** The incarnations of the starts before this one, the oldest first, since the same topics are durable. */
    List<Long> before(List<byte[]> starts) {
        List<Long> before = new ArrayList<>();
        for (byte[] bytes : starts) {
            Event other = Event.of(bytes);
            if (other.durable() != durable) {
                before.clear();
            } else if (other.uid() != uid) {
                before.add(other.uid());
            }
        }
        return before;
    }

    /** The history of these starts, of which this is the last, up to the first one at which the node was the only one; null if it is not. */
    @Nullable KeptHistory history(List<byte[]> starts, String node) {
        long id = Event.of(starts.get(starts.size() - 1)).historyId();
        if (id == HistoryId.UNKNOWN) {
            return null;
        }
        List<KeptHistory.Started> its = new ArrayList<>();
        for (byte[] bytes : starts) {
            Event start = Event.of(bytes);
            if (start.historyId() == id) {
                its.add(new KeptHistory.Started(start.uid(), start.timeMs()));
            } else {
                its.clear();
            }
        }
        // Those before the first of these may have been forgotten, and had ended when it began.
        KeptHistory.Started first = its.get(0);
        long horizonMs = id == HistoryId.first(first.uid()) ? Long.MIN_VALUE : first.atMs();
        return KeptHistory.of(id, horizonMs, node, its);
    }
}
