package dev.gapless.gateway.internal.publish;

import dev.gapless.gateway.internal.budget.Budget;
import java.util.concurrent.atomic.AtomicLong;

/** The ring of a topic that clients began: how much of the heap it may take. */
final class ClientRing {
    final String topic;
    /** Who began it. */
    final String owner;
    /** What it holds at most by its settings. */
    final long bufferBytes;

    private final Budget.Account account;
    /** What is being published to it. */
    final AtomicLong underWay = new AtomicLong();
    /** What it may hold, as far as its account has room. Written under the lock of {@link ClientRings}. */
    private volatile long most;
    /** Does its log know that it may hold no more? Under the lock of {@link ClientRings}. */
    boolean limited;

    ClientRing(String topic, String owner, long bufferBytes, Budget.Account account) {
        this.topic = topic;
        this.owner = owner;
        this.bufferBytes = bufferBytes;
        this.account = account;
    }

    long most() {
        return most;
    }

    /** It may hold so many bytes. {@return false if there is no room for them; then nothing has changed} */
    boolean set(long bytes) {
        boolean fits = account.set(ClientRings.TOPIC_BYTES + bytes);
        most = fits ? bytes : most;
        return fits;
    }

    /** It is none of the clients' any more. */
    void clear() {
        account.clear();
        most = Long.MAX_VALUE; // whoever has it yet is not bounded by it
    }
}
