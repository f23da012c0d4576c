package dev.gapless.core.node;

import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.member.Membership;
import dev.gapless.core.wire.GiveWay;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster gives way to another one (rule M4): its oldest member tells the others to leave, and leaves after them. Not thread-safe.
 */
final class GivingWay {
    private final NodeSettings self;
    private final OtherClusterSettings settings;
    private final Membership membership;
    private final Outbox outbox;
    private @Nullable GiveWay to;
    private long sinceNs;
    private boolean said;

    GivingWay(NodeSettings self, OtherClusterSettings settings, Membership membership, Outbox outbox) {
        this.self = self;
        this.settings = settings;
        this.membership = membership;
        this.outbox = outbox;
    }

    /** Is one cluster the one to give way: has it fewer members, or as many, and an oldest member that was started later? */
    static boolean isLess(
            Set<Long> members, long startedMs, long oldest, Set<Long> others, long otherStartedMs, long otherOldest) {
        if (members.size() != others.size()) {
            return members.size() < others.size();
        }
        return startedMs == otherStartedMs ? oldest > otherOldest : startedMs > otherStartedMs;
    }

    boolean hasBegun() {
        return to != null;
    }

    /** This node speaks for its cluster. Whom it gives way to may change until it has left. */
    void begin(GiveWay giveWay, Now now) {
        if (to == null) {
            sinceNs = now.ns();
        }
        to = giveWay;
        onTime(now);
    }

    /** The oldest member says so: this node leaves like any other. */
    void follow(GiveWay giveWay) {
        to = giveWay;
        leave(giveWay);
    }

    /** Once an interval. */
    void onTime(Now now) {
        GiveWay winner = to;
        if (winner == null || said) {
            return;
        }
        if (membership.incarnations().size() == 1 || now.ns() - sinceNs >= settings.graceNs()) {
            leave(winner);
            return;
        }
        for (long member : membership.incarnations()) {
            if (member != self.uid()) {
                outbox.send(
                        member,
                        new GiveWay(
                                self.uid(),
                                member,
                                winner.address(),
                                winner.startedMs(),
                                winner.stay(),
                                winner.giveWay()));
            }
        }
    }

    private void leave(GiveWay winner) {
        if (!said) {
            said = true;
            outbox.add(new Effect.GivesWay(winner.address()));
        }
    }
}
