package dev.gapless.gateway.internal.json;

import dev.gapless.Payload;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.internal.wire.Codec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * Shows the rows of tables as their messages are shown: what their serializer writes, as JSON. What was shown lately is kept, since all clients
 * of a table are shown the same rows. Thread-safe.
 */
public final class RowJson {
    /** A larger one is made for each client. */
    private static final int LARGEST_KEPT = 16 << 10;

    /** A table has what it has: what is published is bounded where that is done. */
    private static final TopicSettings UNBOUNDED = TopicSettings.DEFAULTS.with(draft -> {
        draft.maxMessageBytes = Integer.MAX_VALUE;
        draft.bufferBytes = Long.MAX_VALUE;
    });

    private final Codec codec;
    private final PayloadJson payloads;
    private final long most;
    private final Budget budget;
    /** Those that were not asked for longest come first. Guarded by itself. */
    private final Map<Same, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true);

    private long keptBytes;

    /** That object, and no other that equals it. */
    private record Same(Object row) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Same same && same.row == row;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(row);
        }
    }

    /**
     * @param most so many bytes of JSON are kept
     * @param budget has them for as long as nobody else wants them
     */
    public RowJson(ActorSystem system, PayloadJson payloads, long most, Budget budget) {
        this.codec = Codec.of(system);
        this.payloads = payloads;
        this.most = most;
        this.budget = budget;
        budget.addCache(this::shrink);
    }

    /**
     * What is shown of a row.
     *
     * @param row null if its key was deleted
     * @param mostBytes of a larger one only that is told, and of one that is larger than the gateway shows
     */
    public ShownRow show(String topic, @Nullable Object row, long mostBytes) {
        if (row == null) {
            return new ShownRow.Deleted();
        }
        Same same = new Same(row);
        byte[] data = known(same);
        if (data == null) {
            try {
                Payload payload = payload(topic, row);
                long bytes = payloads.plainLength(payload);
                if (bytes > payloads.mostBytes()) {
                    return new ShownRow.Withheld(bytes);
                }
                data = json(payload);
            } catch (RuntimeException e) {
                return new ShownRow.Undecodable(Reasons.of(e));
            }
            if (data.length <= Math.min(LARGEST_KEPT, most)) {
                keep(same, data);
            }
        }
        return data.length > mostBytes ? new ShownRow.Withheld(data.length) : new ShownRow.Json(data);
    }

    private byte @Nullable [] known(Same row) {
        synchronized (kept) {
            return kept.get(row);
        }
    }

    private Payload payload(String topic, Object row) {
        Content content = codec.encode(topic, row, null, Map.of(), null, UNBOUNDED);
        return new Payload(content.format().serializerId(), content.format().manifest(), content.bytes());
    }

    private byte[] json(Payload payload) {
        Bytes bytes = new Bytes();
        MessageJson.tree(payloads.shown(payload), bytes);
        return bytes.toBytes();
    }

    private void keep(Same same, byte[] made) {
        synchronized (kept) {
            byte[] before = kept.put(same, made);
            count(made.length - (before == null ? 0 : before.length));
            shrink();
        }
    }

    private void shrink() {
        synchronized (kept) {
            var oldest = kept.entrySet().iterator();
            while ((keptBytes > most || budget.isFull()) && oldest.hasNext()) {
                count(-oldest.next().getValue().length);
                oldest.remove();
            }
        }
    }

    private void count(int change) {
        keptBytes += change;
        budget.cache(Share.JSON_CACHE, change);
    }
}
