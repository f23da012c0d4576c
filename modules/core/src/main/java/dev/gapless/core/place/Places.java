package dev.gapless.core.place;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription stands in each producer of its topic, by the producer's slot. Immutable: a change copies the few places around it, and
 * shares the others, since there may be thousands of subscriptions to hundreds of producers.
 */
public final class Places {
    /** As many are copied for a change. */
    private static final int CHUNK = 16;

    private static final @Nullable ProducerPlace[] EMPTY_CHUNK = new ProducerPlace[CHUNK];

    /** In no producer. */
    public static final Places NONE = new Places(new ProducerPlace[0][]);

    private final @Nullable ProducerPlace[][] chunks;

    private Places(@Nullable ProducerPlace[][] chunks) {
        this.chunks = chunks;
    }

    /** The place in that slot's producer; null if the subscription has none. Any slot may be asked for. */
    public @Nullable ProducerPlace get(int slot) {
        int chunk = slot / CHUNK;
        return chunk < chunks.length ? chunks[chunk][slot % CHUNK] : null;
    }

    /** The same but for this one; null takes it away. */
    public Places with(int slot, @Nullable ProducerPlace place) {
        int chunk = slot / CHUNK;
        @Nullable ProducerPlace[][] all = Arrays.copyOf(chunks, Math.max(chunks.length, chunk + 1));
        Arrays.fill(all, Math.min(chunks.length, all.length), all.length, EMPTY_CHUNK);
        @Nullable ProducerPlace[] changed = all[chunk].clone();
        changed[slot % CHUNK] = place;
        all[chunk] = changed;
        return new Places(all);
    }

    /** All slots with places are below this. */
    public int slots() {
        return chunks.length * CHUNK;
    }
}
