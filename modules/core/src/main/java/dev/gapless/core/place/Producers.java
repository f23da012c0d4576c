package dev.gapless.core.place;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The producers of a topic, as a node knows them at one moment: each has a slot, by which subscriptions keep their places. Immutable, but for the
 * copies that it shows.
 */
public final class Producers {
    /** A topic without one. */
    public static final Producers NONE = new Producers(0, new KnownProducer[0], Map.of());

    private final long version;
    private final @Nullable KnownProducer[] bySlot;
    private final Map<Long, Integer> addresses;

    private Producers(long version, @Nullable KnownProducer[] bySlot, Map<Long, Integer> addresses) {
        this.version = version;
        this.bySlot = bySlot;
        this.addresses = addresses;
    }

    /** Rises with each change. */
    public long version() {
        return version;
    }

    /** All slots are below this. */
    public int slots() {
        return bySlot.length;
    }

    /** The producer with that slot; null if there is none. */
    public @Nullable KnownProducer get(int slot) {
        return slot < bySlot.length ? bySlot[slot] : null;
    }

    /** The slot in which an incarnation went by its address until its name was known; -1 if it never did. */
    public int addressSlot(long uid) {
        return addresses.getOrDefault(uid, -1);
    }

    /** The same, with that producer in that slot; null takes it away. */
    public Producers with(int slot, @Nullable KnownProducer producer) {
        @Nullable KnownProducer[] all = Arrays.copyOf(bySlot, Math.max(bySlot.length, slot + 1));
        all[slot] = producer;
        return new Producers(version + 1, all, addresses);
    }

    /** The same: an incarnation that went by its address in that slot is the other slot's producer, and nobody is in that slot. */
    public Producers named(long uid, int addressSlot, int slot, KnownProducer producer) {
        @Nullable KnownProducer[] all = bySlot.clone();
        all[addressSlot] = null;
        all[slot] = producer;
        Map<Long, Integer> more = new HashMap<>(addresses);
        more.put(uid, addressSlot);
        return new Producers(version + 1, all, Map.copyOf(more));
    }
}
