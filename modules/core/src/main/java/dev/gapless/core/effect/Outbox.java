package dev.gapless.core.effect;

import dev.gapless.core.wire.Packet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a node or a shard wants done, in order. Its driver drains it after each input. Sending a packet allocates nothing here.
 * Not thread-safe.
 */
public final class Outbox {
    private static final int AT_FIRST = 8;

    /** Packets and effects. Invariant: null outside of {@code done} to {@code size}. */
    private @Nullable Object[] entries = new Object[AT_FIRST];
    /** Where the packets go. */
    private long[] toUids = new long[AT_FIRST];

    private int done;
    private int size;
    private boolean draining;
    private @Nullable Listener listener;

    /** Carries out what is wanted. What that leads to may come into the same outbox, after the rest. */
    public interface Carrier {
        /** Send it to that incarnation; an incarnation that is no member gets nothing. */
        void send(long toUid, Packet packet);

        void carryOut(Effect effect);
    }

    /** Hears of each entry before it is put in. */
    public interface Listener {
        void sending(long toUid, Packet packet);

        default void adding(Effect effect) {}
    }

    /** Calls the listener before each entry is put in. What the listener itself puts in comes before that entry. */
    public void heardBy(Listener first) {
        listener = first;
    }

    /** Wants it sent to that incarnation. */
    public void send(long toUid, Packet packet) {
        if (listener != null) {
            listener.sending(toUid, packet);
        }
        put(toUid, packet);
    }

    public void add(Effect effect) {
        if (listener != null) {
            listener.adding(effect);
        }
        put(0, effect);
    }

    private void put(long toUid, Object entry) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, 2 * size);
            toUids = Arrays.copyOf(toUids, 2 * size);
        }
        entries[size] = entry;
        toUids[size++] = toUid;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Has everything carried out that is in it. If that throws, the rest is dropped. */
    public void drain(Carrier carrier) {
        if (draining) {
            return; // who is at it goes on
        }
        draining = true;
        try {
            while (done < size) {
                Object entry = entries[done];
                entries[done] = null;
                long toUid = toUids[done++];
                if (entry instanceof Packet packet) {
                    carrier.send(toUid, packet);
                } else if (entry instanceof Effect effect) {
                    carrier.carryOut(effect);
                }
            }
        } finally {
            Arrays.fill(entries, done, size, null);
            done = 0;
            size = 0;
            draining = false;
        }
    }
}
