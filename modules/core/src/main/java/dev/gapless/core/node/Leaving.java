package dev.gapless.core.node;

import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToShard;
import java.util.Set;
import java.util.TreeSet;

/** How a node leaves: first its subscriptions end, in all shards, then its producers drain. Not thread-safe. */
final class Leaving {
    private final Outbox outbox;
    private final Runnable drained;
    /** The shards that have not failed. */
    private final Set<Integer> working = new TreeSet<>();

    private Step step = Step.NO;
    /** Is it to drain once its subscriptions have ended? Invariant: true after {@link Step#ENDED}. */
    private boolean drains;
    /** Which shards have still to answer the present step. Invariant: working ones, and none between two steps. */
    private final Set<Integer> unanswered = new TreeSet<>();

    private boolean complete = true;

    private enum Step {
        NO,
        SUBSCRIPTIONS_END,
        ENDED,
        PRODUCERS_DRAIN,
        LEFT
    }

    /**
     * @param drained called when the producers of all shards have drained, or their time for that ran out
     */
    Leaving(int shards, Outbox outbox, Runnable drained) {
        this.outbox = outbox;
        this.drained = drained;
        for (int shard = 0; shard < shards; shard++) {
            working.add(shard);
        }
    }

    /** In good order. */
    void leave() {
        drains = true;
        if (step == Step.NO) {
            end();
        } else if (step == Step.ENDED) {
            drain();
        }
    }

    /** There is nobody to drain for: the subscriptions end. */
    void end() {
        if (step == Step.NO) {
            begin(Step.SUBSCRIPTIONS_END, new ToShard.EndSubscriptions());
        }
    }

    private void drain() {
        begin(Step.PRODUCERS_DRAIN, new ToShard.Drain());
    }

    private void begin(Step next, ToShard message) {
        step = next;
        unanswered.addAll(working);
        outbox.add(new Effect.TellShards(message));
        if (unanswered.isEmpty()) {
            allAnswered();
        }
    }

    /** A shard has failed: it answers nothing any more. */
    void failed(int shard) {
        working.remove(shard);
        complete = false;
        answered(shard, true);
    }

    /** A shard has done what this step asks of it, all of it or not. */
    void answered(int shard, boolean all) {
        complete &= all;
        if (unanswered.remove(shard) && unanswered.isEmpty()) {
            allAnswered();
        }
    }

    private void allAnswered() {
        if (step == Step.SUBSCRIPTIONS_END) {
            step = Step.ENDED;
            if (drains) {
                drain();
            }
        } else if (step == Step.PRODUCERS_DRAIN) {
            step = Step.LEFT;
            drained.run();
            outbox.add(new Effect.Left(complete));
        }
    }

    /** The shards that have not failed. */
    Set<Integer> working() {
        return new TreeSet<>(working);
    }

    boolean hasBegun() {
        return step != Step.NO;
    }

    boolean isOver() {
        return step == Step.LEFT;
    }

    boolean invariant() {
        boolean asks = step == Step.SUBSCRIPTIONS_END || step == Step.PRODUCERS_DRAIN;
        return working.containsAll(unanswered)
                && (asks || unanswered.isEmpty())
                && (drains || step.compareTo(Step.ENDED) <= 0);
    }

    @Override
    public String toString() {
        return step + ", to answer: " + unanswered;
    }
}
