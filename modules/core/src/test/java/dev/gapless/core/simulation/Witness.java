package dev.gapless.core.simulation;

import dev.gapless.core.Gap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one subscription was given and told, per producing node. A subscription that is resumed elsewhere goes on with a copy
 * of the witness of the one that its token was taken from.
 */
final class Witness {
    private final long id;
    private final String origin;

    /** Up to where everything was given or told; nothing behind it may come again. */
    final Map<String, Place> got = new HashMap<>();
    /** All that was published behind this must still come, or be told. At a closed end the same as {@link #got}. */
    final Map<String, Place> due = new HashMap<>();
    /** Begins with what was published at this time or later; or null. */
    Long sinceMs;

    boolean resumed;
    boolean earliest;
    boolean ready;
    /** Nodes of which something was given. */
    final Set<String> begun = new HashSet<>();

    List<Gap> pending;
    /** What had been published when the reload that is under way began. */
    final Map<String, Place> whenReloadBegan = new HashMap<>();
    /** Where it was resumed from tokens. */
    final List<Handover> handovers = new ArrayList<>();

    /** Who took a token and when, and who resumed it. */
    record Handover(Node taker, long taken, Node reader, long resumed) {

        /** Rule T2 is not built: a life that neither of them ever heard of is neither given nor told. */
        boolean missed(long uid) {
            return !taker.knewBefore(uid, taken) && !reader.knewSince(uid, resumed);
        }
    }

    Witness(long id, String origin) {
        this.id = id;
        this.origin = origin;
    }

    long id() {
        return id;
    }

    /** The witness of a subscription that is resumed where this one is now. */
    Witness copy(long newId, String how) {
        Witness copy = new Witness(newId, how);
        copy.got.putAll(got);
        copy.due.putAll(due);
        copy.sinceMs = sinceMs;
        copy.ready = ready;
        copy.resumed = true;
        copy.handovers.addAll(handovers);
        return copy;
    }

    String describe() {
        return "got " + got + " due " + due + (ready ? "" : ", not ready")
                + (pending == null ? "" : " pending " + pending);
    }

    @Override
    public String toString() {
        return "s" + id + " (" + origin + ")";
    }
}
