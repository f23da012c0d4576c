package dev.gapless.core.place;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription stands in each producer of its topic, by the producer's slot. Immutable: a change copies the few places around it, and
 * shares the others, since there may be thousands of subscriptions to hundreds of producers.
 */
public final class Places {
    /** As many are copied for a change. */
    private static final int CHUNK = 8;

    private static final @Nullable ProducerPlace[] EMPTY_CHUNK = new ProducerPlace[CHUNK];

    /** In no producer. */
    public static final Places NONE = new Places(new ProducerPlace[0][], Beside.NOTHING);

    /**
     * A subscription stands at several positions of a producer: an application states them, or others came behind where it stood. It goes on from one, and
     * has yet to be told what it misses by that.
     *
     * @param entries the others, as a token has them
     * @param gaps what it is told
     */
    public record Beside(List<CursorToken.Entry> entries, List<Gap> gaps) {
        static final Beside NOTHING = new Beside(List.of(), List.of());

        public Beside {
            entries = List.copyOf(entries);
            gaps = List.copyOf(gaps);
        }

        private Beside behind(Beside told) {
            return new Beside(
                    entries.subList(told.entries.size(), entries.size()), gaps.subList(told.gaps.size(), gaps.size()));
        }

        private Beside and(Beside other) {
            List<CursorToken.Entry> all = new ArrayList<>(entries);
            all.addAll(other.entries);
            List<Gap> told = new ArrayList<>(gaps);
            told.addAll(other.gaps);
            return new Beside(all, told);
        }
    }

    private final @Nullable ProducerPlace[][] chunks;
    private final Beside beside;

    private Places(@Nullable ProducerPlace[][] chunks, Beside beside) {
        this.chunks = chunks;
        this.beside = beside;
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
        return new Places(all, beside);
    }

    /** What was stated beside these places, and is yet to be told. */
    public Beside beside() {
        return beside;
    }

    /** The same, and this is to be told, too. */
    public Places with(Beside more) {
        return new Places(chunks, beside.and(more));
    }

    /** The same, where that was told: what came behind it is still to be told. */
    public Places without(Beside told) {
        return told.equals(Beside.NOTHING) ? this : new Places(chunks, beside.behind(told));
    }

    /** All slots with places are below this. */
    public int slots() {
        return chunks.length * CHUNK;
    }

    @Override
    public String toString() {
        List<String> all = new ArrayList<>();
        for (int slot = 0; slot < slots(); slot++) {
            ProducerPlace place = get(slot);
            if (place != null) {
                all.add(slot + ": " + place);
            }
        }
        return all + (beside.equals(Beside.NOTHING) ? "" : " " + beside);
    }
}
