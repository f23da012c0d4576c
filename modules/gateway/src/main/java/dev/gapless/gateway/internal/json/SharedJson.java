package dev.gapless.gateway.internal.json;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of messages that clients in step are given: made once, by the client that wants it first. It is kept by the indexes of the
 * messages, since these are what the subscriptions of a node have in common; what was begun first is forgotten first. Thread-safe.
 */
public final class SharedJson {
    private static final int OVERHEAD_BYTES = 512;

    private final long maxBytes;
    private final IdentityHashMap<byte[], ArrayJson> kept = new IdentityHashMap<>();
    private final Deque<ArrayJson> inOrder = new ArrayDeque<>();
    private long bytes;

    /** @param maxBytes how much JSON it keeps at most, with the arrays that it was made of; 0 for none */
    public SharedJson(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Is anything kept? */
    public boolean isOn() {
        return maxBytes > 0;
    }

    /**
     * The JSON of the messages of this index ({@link dev.gapless.core.log.Slice#index}). It may have been forgotten by the time that it is used; that does no harm.
     *
     * @param alone who wants it, if perhaps nobody else ever does; else null
     */
    public synchronized ArrayJson of(byte[] index, @Nullable Object alone) {
        ArrayJson known = kept.get(index);
        if (known != null) {
            known.wantedBy(alone);
            return known;
        }
        ArrayJson made = new ArrayJson(index, alone, this::charge);
        kept.put(index, made);
        inOrder.add(made);
        charge(made, index.length + OVERHEAD_BYTES);
        return made;
    }

    /** It has become larger by so much. */
    private synchronized void charge(ArrayJson to, int more) {
        if (kept.get(to.index()) != to) {
            return; // it was forgotten
        }
        to.charged += more;
        bytes += more;
        while (bytes > maxBytes && !inOrder.isEmpty()) {
            ArrayJson oldest = inOrder.remove();
            kept.remove(oldest.index());
            bytes -= oldest.charged;
        }
    }

    /** What is charged for what is kept. */
    synchronized long bytes() {
        return bytes;
    }
}
