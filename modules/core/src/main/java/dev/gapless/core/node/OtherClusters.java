package dev.gapless.core.node;

import dev.gapless.core.Departure;
import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.member.Membership;
import dev.gapless.core.wire.GiveWay;
import dev.gapless.core.wire.HandedOver;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Who;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks for other clusters with the same id (rule M4). The oldest members of both ask each other, and are sure of it after a while. The
 * larger cluster stays, and tells the other one to give way; what that one's members published is told here, once it was handed over. If it
 * does not give way, everybody here is told that something is missed. Not thread-safe.
 */
final class OtherClusters {
    private static final int MOST = 8;
    /** A tick that comes so many intervals late: this node stood still, and may know less than the others. */
    private static final int LATE = 3;
    /** So many times the grace: who does not speak for its cluster remembers another one, should it be the next to speak. */
    private static final int MEMORY = 7;

    private final NodeSettings self;
    private final OtherClusterSettings settings;
    private final Membership membership;
    private final Seniority seniority;
    private final Memory memory;
    private final Outbox outbox;
    private final Strangers strangers;
    private final GivingWay givingWay;
    private final MuteSeeds muteSeeds;
    /** By the uid of its oldest member. */
    private final Map<Long, SeenCluster> others = new TreeMap<>();
    /** The oldest members of those that had to do with this one, by what another member said. */
    private final Set<Long> vouchedFor = new HashSet<>();

    private Now tick;

    OtherClusters(
            NodeSettings self,
            OtherClusterSettings settings,
            Membership membership,
            Seniority seniority,
            Memory memory,
            NodeLogs logs,
            Outbox outbox,
            Now now) {
        this.self = self;
        this.settings = settings;
        this.membership = membership;
        this.seniority = seniority;
        this.memory = memory;
        this.outbox = outbox;
        this.strangers = new Strangers(settings, self.pingNs(), now.ns());
        this.givingWay = new GivingWay(self, settings, membership, memory, logs, outbox);
        this.muteSeeds = new MuteSeeds(settings, membership, memory, outbox);
        this.tick = now;
    }

    /** A process that its cluster has removed speaks for none, whatever it still sees. */
    private boolean isMember() {
        return membership.isUp() && membership.contains(self.uid());
    }

    private boolean speaksForCluster() {
        return isMember() && seniority.isOldest(membership.lives());
    }

    /** A member went without a farewell: it may live on. */
    void lost(long uid, String node, String address, Now now) {
        strangers.sighted(address, now.ns());
        muteSeeds.lost(uid, node, address);
    }

    /** Somebody listens at an address that was asked. */
    void listens(String address, Now now) {
        muteSeeds.listens(address, now);
    }

    // ------------------------------------------------------------------ time

    /** Once an interval. */
    void onTime(Now now) {
        boolean late = now.ns() - tick.ns() > LATE * self.pingNs();
        tick = now;
        muteSeeds.onTime(speaksForCluster() && !givingWay.hasBegun(), late, now);
        if (givingWay.hasBegun()) {
            givingWay.onTime(now);
        } else if (speaksForCluster()) {
            if (late) {
                others.values().stream()
                        .filter(other -> !other.isCertain())
                        .forEach(other -> other.isHeardAnew(now.ns()));
            }
            ask(now);
            others.values().removeIf(other -> isOver(other, now));
        } else {
            others.values().forEach(other -> other.isHeardAnew(now.ns()));
            others.values().removeIf(other -> isForgotten(other, now));
        }
    }

    /** Who speaks has told of it long ago, unless it did not hear of it. */
    private boolean isForgotten(SeenCluster other, Now now) {
        boolean forgotten = now.ns() - other.heardNs > MEMORY * settings.graceNs();
        if (forgotten && !wasToldOf(other)) {
            memory.addOtherCluster(other.said.oldestUid(), membership.lives(), now);
        }
        return forgotten;
    }

    /** Has another member, which spoke when this cluster was heard, told of it? */
    private boolean wasToldOf(SeenCluster other) {
        return memory.wasToldOf(other.said.members(), other.heardMs, 3 * settings.graceNs() / 1_000_000);
    }

    /** This node leaves, and does not wait for what another cluster does: everybody is told now, or remembers it from now on. */
    void leaves(Now now) {
        if (givingWay.hasBegun()) {
            return;
        }
        boolean speaks = speaksForCluster();
        for (SeenCluster other : others.values()) {
            if (!speaks && !wasToldOf(other)) {
                tell(other.said, membership.lives());
            } else if (speaks && !other.handedOver) {
                memory.addOtherCluster(
                        other.said.oldestUid(), membership.lives(), now); // it may have published until then
            }
        }
    }

    private void tell(Who who, Set<Long> members) {
        for (long member : members) {
            if (member != self.uid()) {
                outbox.send(member, who.toldTo(member));
            }
        }
    }

    private void ask(Now now) {
        strangers
                .due(membership.addresses(), now.ns())
                .forEach(question -> outbox.add(
                        new Effect.SendTo(question.address(), who(question.toUid(), question.number(), false))));
    }

    private Who who(long toUid, long number, boolean answer) {
        Set<Long> lives = membership.lives();
        long oldest = seniority.oldest(lives);
        return new Who(
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
                lives,
                memory.histories());
    }

    /** Is it not seen any more, or did it not give way in time? Then everybody here is told, unless it handed over what it had. */
    private boolean isOver(SeenCluster other, Now now) {
        boolean gone = now.ns() - other.heardNs > 2 * settings.graceNs();
        boolean stays = now.ns() - other.sinceNs() > graces(other) * settings.graceNs();
        boolean wasTold = other.whileAnotherSpoke && wasToldOf(other);
        if (!other.handedOver && (gone || (stays && !other.told)) && !wasTold) {
            memory.addOtherCluster(other.said.oldestUid(), membership.lives(), now);
            other.told = true;
            if (!gone && !other.isCertain()) {
                outbox.add(described(other));
            }
        }
        if (gone) {
            outbox.add(new Effect.OtherClusterGone(nameOf(other), other.handedOver));
        }
        return gone;
    }

    /** So many before everybody is told: that one may be certain later than this one, or its oldest member may hear nothing of this one. */
    private int graces(SeenCluster other) {
        return other.isCertain() && (!settings.givesWay() || stays(other.said)) ? 2 : 6;
    }

    /** Those that there are. */
    List<Effect.OtherCluster> certain() {
        return others.values().stream()
                .filter(other -> other.isCertain() || other.told)
                .map(this::described)
                .toList();
    }

    /** Seed nodes that listen and say nothing, of which everybody was told. */
    List<String> muteSeeds() {
        return muteSeeds.told();
    }

    private Effect.OtherCluster described(SeenCluster other) {
        return new Effect.OtherCluster(nameOf(other), other.said.members().size(), !stays(other.said));
    }

    private static String nameOf(SeenCluster other) {
        return other.said.node() + " at " + other.said.address();
    }

    // ------------------------------------------------------------------ messages

    /** What somebody says who is no member, or what the oldest member says to all. {@return whether it was of this rule} */
    boolean onMessage(NodeMessage message, Now now) {
        boolean forSelf = message.toUid() == self.uid();
        if (message instanceof Who who) {
            if (who.isFor(self.uid())) {
                muteSeeds.isHeard(who.address(), now);
                onWho(who, now);
            }
        } else if (message instanceof GiveWay giveWay) {
            if (forSelf) {
                onGiveWay(giveWay, now);
            }
        } else if (message instanceof HandedOver handedOver) {
            if (forSelf) {
                givingWay.onHandedOver(handedOver);
            }
        } else if (message instanceof HistoryPart part && !membership.contains(part.fromUid())) {
            if (forSelf) {
                onPart(part, now);
            }
        } else {
            return false;
        }
        return true;
    }

    private void onWho(Who who, Now now) {
        Set<Long> lives = membership.lives();
        if (!who.clusterId().equals(settings.clusterId())
                || !isMember()
                || lives.contains(who.fromUid())
                || who.fromUid() == self.uid()) {
            return;
        }
        if (!who.answer()) {
            if (who.toUid() == Who.SEED_NODE) {
                strangers.asksSeedNode(who.address(), now.ns());
            }
            outbox.add(new Effect.SendTo(who.address(), who(who.fromUid(), who.number(), true)));
        }
        boolean answers = who.answer() && strangers.answered(who.number(), now.ns());
        if (!Collections.disjoint(who.members(), lives)) {
            others.remove(who.oldestUid()); // one of the two has not heard the news
        } else if (givingWay.hasBegun()) {
            return;
        } else if (who.isOfOldest()) {
            boolean isNew = !others.containsKey(who.fromUid());
            SeenCluster other = heard(who, now);
            if (other != null && !speaksForCluster() && !who.isToldTo()) {
                tell(who, isNew ? lives : Set.of(seniority.oldest(lives))); // which may not hear it themselves
            }
            if (other != null && answers && speaksForCluster()) {
                onExchange(other, who, now);
            } else if (!who.answer() && (other == null || other.exchanges == 0)) {
                strangers.sighted(who.address(), now.ns());
            }
        } else {
            if (isRelated(who)) {
                partFrom(who.histories(), now);
                if (vouchedFor.size() < 10 * MOST) {
                    vouchedFor.add(who.oldestUid());
                }
            }
            if (speaksForCluster()) {
                strangers.sighted(who.oldestAddress(), now.ns());
            }
        }
    }

    private void partFrom(Set<Long> histories, Now now) {
        memory.partFrom(histories, speaksForCluster() ? membership.lives() : Set.of(), now);
    }

    /** From now on everybody is told if that cluster is gone; also by another member, should this one be gone before. */
    private @Nullable SeenCluster heard(Who who, Now now) {
        SeenCluster other = others.get(who.fromUid());
        if (other == null) {
            boolean related = who.isToldTo() || isRelated(who); // whoever tells of it has found it so
            if (others.size() >= MOST || !related) {
                return null;
            }
            other = new SeenCluster(who, now.ns());
            others.put(who.fromUid(), other);
        }
        other.said = who;
        other.heardNs = now.ns();
        other.heardMs = memory.timeMs(now);
        other.whileAnotherSpoke = !speaksForCluster();
        partFrom(who.histories(), now);
        return other;
    }

    /** The oldest member of another cluster has answered. */
    private void onExchange(SeenCluster other, Who who, Now now) {
        tell(who, membership.lives());
        if (other.exchanges == 0 || now.ns() - other.countedNs >= strangers.intervalNs()) {
            other.countedNs = now.ns();
            if (!other.isCertain() && ++other.exchanges == SeenCluster.EXCHANGES) {
                other.certainNs = now.ns();
                outbox.add(described(other));
            }
        }
        if (other.isCertain() && stays(who) && !other.handedOver) {
            other.toldToGiveWayNs = now.ns();
            GiveWay giveWay = new GiveWay(
                    self.uid(), who.fromUid(), settings.address(), self.startedMs(), membership.lives(), who.members());
            outbox.add(new Effect.SendTo(who.address(), giveWay));
        }
    }

    /** Or has an address of this cluster been given to somebody else, who happens to have the same id? */
    private boolean isRelated(Who who) {
        Set<String> itsNames = Set.of(who.node(), who.address()); // whoever never said a name goes by its address
        return strangers.isSeedNode(who.address())
                || vouchedFor.contains(who.oldestUid())
                || memory.view().departures().stream().anyMatch(departure -> itsNames.contains(departure.node()))
                || membership.hasOneCalled(itsNames);
    }

    /** Does this node's cluster stay, and not that one? Of two equal ones that whose oldest member was started earlier. */
    private boolean stays(Who who) {
        return GivingWay.isLess(
                who.members(), who.startedMs(), who.fromUid(), membership.lives(), self.startedMs(), self.uid());
    }

    private void onGiveWay(GiveWay giveWay, Now now) {
        Set<Long> lives = membership.lives();
        if (!settings.givesWay() || !isMember()) {
            return;
        }
        if (giveWay.fromUid() == seniority.oldest(lives) && giveWay.fromUid() != self.uid()) {
            givingWay.follow(giveWay);
            return;
        }
        SeenCluster other = others.get(giveWay.fromUid());
        boolean decidesItself =
                other != null && other.toldToGiveWayNs != null && now.ns() - other.toldToGiveWayNs < settings.graceNs();
        boolean agrees = giveWay.giveWay().equals(lives)
                && Collections.disjoint(giveWay.stay(), lives)
                && GivingWay.isLess(
                        lives, self.startedMs(), self.uid(), giveWay.stay(), giveWay.startedMs(), giveWay.fromUid());
        if (seniority.isOldest(lives) && agrees && !decidesItself) {
            givingWay.begin(giveWay, now);
        }
    }

    /** The parts of one attempt count as a whole. They come again, with whoever joined meanwhile, until this node has said that it has them. */
    private void onPart(HistoryPart part, Now now) {
        SeenCluster other = others.get(part.fromUid());
        if (other == null || !other.isCertain() || !speaksForCluster()) {
            return;
        }
        other.heardNs = now.ns();
        if (other.isWholeWith(part)) {
            takeOver(other, now);
            outbox.add(
                    new Effect.SendTo(other.said.address(), new HandedOver(self.uid(), part.fromUid(), part.number())));
        }
    }

    private void takeOver(SeenCluster other, Now now) {
        List<Departure> departures = new ArrayList<>();
        for (HistoryPart part : other.parts) {
            memory.heardTime(part.fromUid(), part.timeMs(), now);
            departures.addAll(part.departures());
        }
        departures.removeIf(
                departure -> membership.contains(departure.uid()) || !other.handedOverUids.add(departure.uid()));
        if (other.handedOver && departures.isEmpty()) {
            return;
        }
        other.handedOver = true;
        if (memory.takeFromOtherCluster(departures, membership.lives(), now)) {
            memory.addOtherCluster(other.said.oldestUid(), membership.lives(), now);
        }
        HistoryPart last = other.parts.get(other.parts.size() - 1);
        partFrom(last.horizons().keySet(), now);
    }
}
