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
    private @Nullable Carrier preview;

    /** Carries out what is wanted. What that leads to may come into the same outbox, behind the rest. */
    public interface Carrier {
        /** Send it to that life; a life that is no member gets nothing. */
        void send(long toUid, Packet packet);

        void carryOut(Effect effect);
    }

    /** From now on this one is shown each thing before it is put in, and may put in others, which come before that. */
    public void previewedBy(Carrier first) {
        preview = first;
    }

    /** Wants it sent to that life. */
    public void send(long toUid, Packet packet) {
        if (preview != null) {
            preview.send(toUid, packet);
        }
        put(toUid, packet);
    }

    public void add(Effect effect) {
        if (preview != null) {
            preview.carryOut(effect);
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
