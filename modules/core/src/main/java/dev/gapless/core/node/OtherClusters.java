package dev.gapless.core.node;

import dev.gapless.core.Now;
import dev.gapless.core.OtherCluster;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.member.History;
import dev.gapless.core.member.Membership;
import dev.gapless.core.wire.ClusterProbe;
import dev.gapless.core.wire.GiveWay;
import dev.gapless.core.wire.NodeMessage;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks for other clusters with the same id (rule M4). The oldest members of both ask each other, and are sure of it after a while. The
 * larger cluster stays, and tells the other one to give way. What is known of another cluster is in the history that all members share, so
 * that it outlives whoever heard; the oldest member announces to everybody that something is missed. Not thread-safe.
 */
final class OtherClusters {
    private static final int MOST_VOUCHED_FOR = 80;
    /** A tick that comes so many intervals late: this node stood still, and may know less than the others. */
    private static final int LATE = 3;
    /** So many graces in which nobody hears it, and it is gone. */
    private static final int SILENCE = 2;
    /** So many graces for which it is heard, and it is announced though it is not certain. */
    private static final int PATIENCE = 6;

    private final NodeSettings self;
    private final OtherClusterSettings settings;
    private final Membership membership;
    private final Seniority seniority;
    private final HistoryReplication memory;
    private final Outbox outbox;
    private final ClusterProbes strangers;
    private final GivingWay givingWay;
    private final SilentSeeds silentSeeds;
    /** Those that are open, by the uid of the oldest member. */
    private final Map<Long, ClusterSighting> others = new TreeMap<>();
    /** The oldest members of those that had to do with this one, by what another member said. */
    private final Set<Long> vouchedFor = new HashSet<>();

    private Now tick;

    OtherClusters(
            NodeSettings self,
            OtherClusterSettings settings,
            Membership membership,
            Seniority seniority,
            HistoryReplication memory,
            Outbox outbox,
            Now now) {
        this.self = self;
        this.settings = settings;
        this.membership = membership;
        this.seniority = seniority;
        this.memory = memory;
        this.outbox = outbox;
        this.strangers = new ClusterProbes(settings, self.pingNs(), now.ns());
        this.givingWay = new GivingWay(self, settings, membership, outbox);
        this.silentSeeds = new SilentSeeds(settings, membership, outbox);
        this.tick = now;
    }

    /** A process that its cluster has removed speaks for none, whatever it still sees. */
    private boolean isMember() {
        return membership.isUp() && membership.contains(self.uid());
    }

    private boolean isCoordinator() {
        return isMember() && seniority.isOldest(membership.incarnations());
    }

    /** A member went without a farewell: it may live on. */
    void lost(String node, String address, Now now) {
        strangers.sighted(address, now.ns());
        silentSeeds.lost(node, address);
    }

    /** Somebody listens at an address that was asked. */
    void listens(String address, Now now) {
        silentSeeds.listens(address, now);
    }

    // ------------------------------------------------------------------ time

    private History history() {
        return memory.history();
    }

    /** Whatever came, the history may know another cluster, or another word of one. */
    private void learn(Now now) {
        others.keySet().removeIf(oldestUid -> {
            OtherCluster known = history().cluster(oldestUid);
            return known == null || !known.isOpen();
        });
        for (OtherCluster known : history().clusters()) {
            if (known.isOpen()) {
                others.computeIfAbsent(known.oldestUid(), uid -> new ClusterSighting(known.heardMs(), now.ns()))
                        .heardAt(known.heardMs(), now.ns());
            }
        }
    }

    /** Once an interval. */
    void onTime(Now now) {
        boolean late = now.ns() - tick.ns() > LATE * self.pingNs();
        tick = now;
        learn(now);
        silentSeeds.onTime(isCoordinator() && !givingWay.hasBegun(), late, now);
        if (givingWay.hasBegun()) {
            givingWay.onTime(now);
        } else if (isCoordinator()) {
            if (late) {
                others.values().forEach(other -> other.restart(now.ns()));
            }
            ask(now);
            others.forEach((oldestUid, seen) -> look(known(oldestUid), seen, now));
            learn(now);
        } else {
            others.values().forEach(other -> other.restart(now.ns()));
        }
    }

    private OtherCluster known(long oldestUid) {
        return Objects.requireNonNull(history().cluster(oldestUid), "open clusters are remembered");
    }

    /** Is it heard no more, or for long, though it is not certain? Then that is announced. */
    private void look(OtherCluster known, ClusterSighting seen, Now now) {
        if (seen.isSilentFor(SILENCE * settings.graceNs(), now.ns())) {
            memory.announce(known.gone(), membership.incarnations(), now);
            outbox.add(new Effect.OtherClusterGone(known.name()));
        } else if (known.stage() == OtherCluster.Stage.HEARD
                && seen.isSeenFor(PATIENCE * settings.graceNs(), now.ns())) {
            memory.announce(known.announced(OtherCluster.Stage.ANNOUNCED), membership.incarnations(), now);
            outbox.add(described(known, seen));
        }
    }

    /** This node leaves: what it alone may have heard others hear once more. */
    void leaves(Now now) {
        if (history().hasOpenCluster()) {
            memory.spread(membership.incarnations(), now);
        }
    }

    private void ask(Now now) {
        strangers
                .due(membership.addresses(), now.ns())
                .forEach(question -> outbox.add(
                        new Effect.SendTo(question.address(), who(question.toUid(), question.number(), false))));
    }

    private ClusterProbe who(long toUid, long number, boolean answer) {
        Set<Long> incarnations = membership.incarnations();
        long oldest = seniority.oldest(incarnations);
        return new ClusterProbe(
                self.uid(),
                toUid,
                number,
                answer,
                settings.clusterId(),
                self.name(),
                settings.address(),
                oldest,
                oldest == self.uid() ? settings.address() : membership.addressOf(oldest),
                self.startedMs(),
                incarnations);
    }

    /** Those that there are, if this node speaks for its cluster. */
    List<Effect.OtherCluster> certain() {
        return isCoordinator() ? known() : List.of();
    }

    /** Those that there are, by what the members remember together. */
    List<Effect.OtherCluster> known() {
        return history().clusters().stream()
                .filter(known -> known.isOpen() && known.stage() != OtherCluster.Stage.HEARD)
                .map(known -> described(known, others.get(known.oldestUid())))
                .toList();
    }

    /** Seed nodes that listen and say nothing, of which people were notified. */
    List<String> silentSeeds() {
        return silentSeeds.announced();
    }

    private Effect.OtherCluster described(OtherCluster known, @Nullable ClusterSighting seen) {
        ClusterProbe said = seen == null ? null : seen.said;
        boolean givesWay =
                said == null ? known.members() > membership.incarnations().size() : !stays(said);
        return new Effect.OtherCluster(known.name(), known.members(), givesWay);
    }

    private static String nameOf(ClusterProbe who) {
        return who.node() + " at " + who.address();
    }

    // ------------------------------------------------------------------ messages

    /** What somebody says who is no member, or what the oldest member says to all. {@return whether it was of this rule} */
    boolean onMessage(NodeMessage message, Now now) {
        boolean forSelf = message.toUid() == self.uid();
        if (message instanceof ClusterProbe who) {
            if (who.isFor(self.uid())) {
                silentSeeds.onHeard(who.address());
                onWho(who, now);
            }
        } else if (message instanceof GiveWay giveWay) {
            if (forSelf) {
                onGiveWay(giveWay, now);
            }
        } else {
            return false;
        }
        return true;
    }

    private void onWho(ClusterProbe who, Now now) {
        Set<Long> incarnations = membership.incarnations();
        if (!who.clusterId().equals(settings.clusterId())
                || !isMember()
                || incarnations.contains(who.fromUid())
                || who.fromUid() == self.uid()) {
            return;
        }
        if (!who.answer()) {
            if (who.toUid() == ClusterProbe.SEED_NODE) {
                strangers.asksSeedNode(who.address(), now.ns());
            }
            outbox.add(new Effect.SendTo(who.address(), who(who.fromUid(), who.number(), true)));
        }
        boolean answers = who.answer() && strangers.answered(who.number(), now.ns());
        if (!Collections.disjoint(who.members(), incarnations) || givingWay.hasBegun()) {
            return; // one of the two has not heard the news
        }
        if (who.isOfOldest()) {
            ClusterSighting other = heard(who, now);
            if (other != null && answers && isCoordinator()) {
                onExchange(other, who, now);
            } else if (!who.answer() && (other == null || other.isUncounted())) {
                strangers.sighted(who.address(), now.ns());
            }
        } else {
            if (isRelated(who) && vouchedFor.size() < MOST_VOUCHED_FOR) {
                vouchedFor.add(who.oldestUid());
            }
            if (isCoordinator()) {
                strangers.sighted(who.oldestAddress(), now.ns());
            }
        }
    }

    /** From now on it is announced if that cluster is gone; also by another member, should this one be gone before. */
    private @Nullable ClusterSighting heard(ClusterProbe who, Now now) {
        long uid = who.fromUid();
        OtherCluster known = history().cluster(uid);
        boolean isOpen = known != null && known.isOpen();
        if (!isOpen && !isRelated(who)) {
            return null;
        }
        long timeMs = memory.timeMs(now);
        OtherCluster once = known == null
                ? new OtherCluster(uid, nameOf(who), who.members().size(), timeMs)
                : known.heard(nameOf(who), who.members().size(), timeMs);
        if (!memory.hear(once)) {
            return null;
        }
        Set<Long> incarnations = membership.incarnations();
        memory.spread(
                isOpen && !isCoordinator() ? Set.of(seniority.oldest(incarnations)) : incarnations,
                now); // it may not hear it itself
        learn(now);
        ClusterSighting other = Objects.requireNonNull(others.get(uid), "it was heard");
        other.said = who;
        return other;
    }

    /** The oldest member of another cluster has answered. */
    private void onExchange(ClusterSighting other, ClusterProbe who, Now now) {
        if (other.counts(strangers.intervalNs(), now.ns())) {
            OtherCluster known = known(who.fromUid());
            if (known.stage() != OtherCluster.Stage.CERTAIN) {
                memory.announce(known.announced(OtherCluster.Stage.CERTAIN), membership.incarnations(), now);
            }
            outbox.add(described(known, other));
        }
        if (other.isCertain() && stays(who)) {
            other.askedToGiveWayNs = now.ns();
            GiveWay giveWay = new GiveWay(
                    self.uid(),
                    who.fromUid(),
                    settings.address(),
                    self.startedMs(),
                    membership.incarnations(),
                    who.members());
            outbox.add(new Effect.SendTo(who.address(), giveWay));
        }
    }

    /** Or has an address of this cluster been given to somebody else, who happens to have the same id? */
    private boolean isRelated(ClusterProbe who) {
        Set<String> itsNames = Set.of(who.node(), who.address()); // whoever never said a name goes by its address
        return strangers.isSeedNode(who.address())
                || vouchedFor.contains(who.oldestUid())
                || history().departures().stream().anyMatch(departure -> itsNames.contains(departure.node()))
                || membership.hasOneCalled(itsNames);
    }

    /** Does this node's cluster stay, and not that one? Of two equal ones that whose oldest member was started earlier. */
    private boolean stays(ClusterProbe who) {
        return GivingWay.isLess(
                who.members(), who.startedMs(), who.fromUid(), membership.incarnations(), self.startedMs(), self.uid());
    }

    private void onGiveWay(GiveWay giveWay, Now now) {
        Set<Long> incarnations = membership.incarnations();
        if (!settings.givesWay() || !isMember()) {
            return;
        }
        if (giveWay.fromUid() == seniority.oldest(incarnations) && giveWay.fromUid() != self.uid()) {
            givingWay.follow(giveWay);
            return;
        }
        ClusterSighting other = others.get(giveWay.fromUid());
        boolean decidesItself = other != null
                && other.askedToGiveWayNs != null
                && now.ns() - other.askedToGiveWayNs < settings.graceNs();
        boolean agrees = giveWay.giveWay().equals(incarnations)
                && Collections.disjoint(giveWay.stay(), incarnations)
                && GivingWay.isLess(
                        incarnations,
                        self.startedMs(),
                        self.uid(),
                        giveWay.stay(),
                        giveWay.startedMs(),
                        giveWay.fromUid());
        if (seniority.isOldest(incarnations) && agrees && !decidesItself) {
            givingWay.begin(giveWay, now);
        }
    }
}
