package dev.gapless.simulation.oracle;

import dev.gapless.core.Epoch;

/** Which stream something is of, and what every message and every announcement of a stream has to keep. */
final class JudgedStreams {
    private final Truth truth;
    private final Observer observer;

    JudgedStreams(Truth truth, Observer observer) {
        this.truth = truth;
        this.observer = observer;
    }

    /** The node with this name, or at this address. */
    String nodeOf(String name) {
        int port = name.indexOf(':');
        String node = port < 0 ? name : name.substring(0, port);
        if (!truth.isNode(node)) {
            throw new Violation("G3: there is no node " + name);
        }
        return node;
    }

    /** The stream with this epoch, which must be of the node with this name, or of the incarnation at this address. */
    Truth.Incarnation of(Witness w, String name, Epoch epoch) {
        Truth.Incarnation incarnation = truth.incarnation(nodeOf(name), epoch);
        if (!incarnation.goesBy(name)) {
            fail(
                    w,
                    "G3",
                    epoch + " is no stream of " + name + ", but of " + incarnation.node + " at " + incarnation.address);
        }
        return incarnation;
    }

    /** Everything up to this sequence must have been given or announced, or not be due. */
    void nothingSkipped(Witness w, Truth.Incarnation incarnation, long sequence, String when) {
        Long behind = w.dueBehind(incarnation);
        if (behind == null || behind >= sequence) {
            return;
        }
        if (incarnation.isLostBehind(behind)) {
            observer.count("limit: a store went back, and the reader had heard of nothing behind that", 1);
            return;
        }
        if (w.unremembered.contains(incarnation.epoch)) {
            observer.count("limit: positions alone, and nobody remembers the stream", 1);
            return;
        }
        if (w.earliest && w.of(incarnation).got() == 0 && incarnation.hasNoAnswerOf(behind + 1)) {
            // Whoever begins with the oldest begins where the ring does once its log is open again.
            observer.count("limit: what nobody was told is published fell out of a ring before its log was open", 1);
            return;
        }
        if (w.isUnheard(incarnation, behind + 1)) {
            // Nothing that anybody of the reader's cluster got came from there since: no rule could tell.
            observer.count("limit: a cluster that was over before another one had a word of it", 1);
            return;
        }
        fail(w, "G1", incarnation + ":" + (behind + 1) + " to " + sequence + " is neither given nor announced " + when);
    }

    /** Is anything due that others have a claim to, and that somebody here could know of? */
    static boolean lacks(Witness w, Truth.Incarnation incarnation) {
        Long behind = w.dueBehind(incarnation);
        return behind != null
                && behind < incarnation.owed()
                && !incarnation.isLostBehind(behind)
                && !w.unremembered.contains(incarnation.epoch)
                && !w.isUnheard(incarnation, behind + 1);
    }

    /** A stream whose end was announced does not go on. */
    static void goesOn(Witness w, Truth.Incarnation incarnation) {
        if (w.isAtItsEnd(incarnation)) {
            fail(w, "G2", incarnation + " goes on, and the subscription was told that it ended");
        }
    }

    /**
     * A stream ends once. One that a token names may be taken for lost, answer after all, and end then; and the feed that whoever comes from
     * the past joins may still wait for one that the members remember. What its node's store has lost since then is announced once more.
     */
    void checkAnnouncedOnce(Witness w, Epoch epoch) {
        boolean lacks = truth.hasLostOf(epoch)
                || truth.claimsTooMuch(w, epoch); // the store, of what the subscription takes for read
        int most = (w.comesFromThePast() ? 2 : 1) + (lacks ? 1 : 0);
        if (w.ends.merge(epoch, 1, Integer::sum) > most) {
            fail(w, "G2", "is told again that " + epoch + " ended");
        }
    }

    static void fail(Witness w, String guarantee, String what) {
        throw new Violation(guarantee + ": " + w + ": " + what);
    }
}
