package dev.gapless.core.effect;

import dev.gapless.core.log.Generation;
import dev.gapless.core.member.MemberEvent;
import java.util.List;

/** What a node tells each of its shards, in order. */
public sealed interface ToShard {

    /**
     * The members changed.
     *
     * @param events what happened; empty until this node is up, and then all that led to the present members
     * @param view the members from now on
     */
    record Members(List<MemberEvent> events, MemberView view) implements ToShard {
        public Members {
            events = List.copyOf(events);
        }
    }

    /** A member can, or cannot, be reached, by the judgment of the cluster. */
    record Reachability(long uid, boolean reachable) implements ToShard {}

    /**
     * Logs that are stored may use their store from now on.
     *
     * @param generation which incarnation of this node that is
     */
    record StoreOpened(Generation generation) implements ToShard {}

    /** No ping of that incarnation answers ours: what it answered before counts no more (rule C5). */
    record Silent(long uid) implements ToShard {}

    /**
     * No ping of that incarnation has answered ours for cursor-retention: its cursors are to be dropped. Answered by
     * {@link ToNode.Forgot}.
     */
    record Forget(long uid) implements ToShard {}

    /** The node leaves: its subscriptions end. Answered by {@link ToNode.SubscriptionsEnded}. */
    record EndSubscriptions() implements ToShard {}

    /** The node leaves: its producers drain (rule P7). Answered by {@link ToNode.Drained}. */
    record Drain() implements ToShard {}
}
