package dev.gapless.core.node;

import dev.gapless.core.Departure;
import dev.gapless.core.LogEnd;
import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.member.Membership;
import dev.gapless.core.wire.GiveWay;
import dev.gapless.core.wire.HandedOver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster gives way to another one (rule M4). Its oldest member tells the others to leave. Then it takes no more messages, hands over
 * which incarnations ended here and what they published, itself included, and leaves when that has arrived. Not thread-safe.
 */
final class GivingWay {
    /** So many times the grace, and it leaves though nobody has said that everything has arrived. */
    private static final int PATIENCE = 7;

    private final NodeSettings self;
    private final OtherClusterSettings settings;
    private final Membership membership;
    private final Memory memory;
    private final NodeLogs logs;
    private final Outbox outbox;
    private @Nullable GiveWay to;
    private long sinceNs;
    /** What this node published; null while it still takes messages. */
    private @Nullable Map<String, LogEnd> published;

    /** How often it was handed over. */
    private long attempts;

    private boolean said;

    GivingWay(
            NodeSettings self,
            OtherClusterSettings settings,
            Membership membership,
            Memory memory,
            NodeLogs logs,
            Outbox outbox) {
        this.self = self;
        this.settings = settings;
        this.membership = membership;
        this.memory = memory;
        this.logs = logs;
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
        long waitedNs = now.ns() - sinceNs;
        if (waitedNs > PATIENCE * settings.graceNs()) {
            leave(winner);
        } else if (published == null && membership.lives().size() > 1 && waitedNs < settings.graceNs()) {
            for (long member : membership.lives()) {
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
        } else {
            handOver(winner, now);
        }
    }

    private void handOver(GiveWay winner, Now now) {
        Map<String, LogEnd> ended = published == null ? logs.close() : published;
        published = ended;
        long timeMs = memory.timeMs(now);
        List<Departure> departures = new ArrayList<>(memory.view().departures());
        departures.addAll(membership.departures(timeMs));
        departures.add(new Departure(self.uid(), self.name(), timeMs, ended));
        if (!memory.isWhole()) {
            departures.add(Departure.ofAnotherCluster(~self.uid(), timeMs));
        }
        memory.parts(winner.fromUid(), ++attempts, departures, Set.of(), now)
                .forEach(part -> outbox.add(new Effect.SendTo(winner.address(), part)));
    }

    /** The other cluster has everything. */
    void onHandedOver(HandedOver handedOver) {
        GiveWay winner = to;
        if (winner != null && published != null && handedOver.fromUid() == winner.fromUid()) {
            leave(winner);
        }
    }

    private void leave(GiveWay winner) {
        if (!said) {
            said = true;
            outbox.add(new Effect.GivesWay(winner.address()));
        }
    }
}
