package dev.gapless.core.node;

import dev.gapless.core.Now;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.member.Membership;
import dev.gapless.core.member.Pulses;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.Pulse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One life of a node, but for its topics: who the members are and what they are called (M1, M2), who still answers (M3), and
 * how this node leaves. What concerns the topics it tells its {@link Shard}s.
 *
 * <p>Only members are believed: a Hello or a Pulse of anybody else, or for another life at this address, is dropped.
 *
 * <p>Not thread-safe: one input at a time, with the time; then the outbox is drained.
 */
public final class Node {
    private final NodeSettings settings;
    private final Outbox outbox;
    private final Membership membership;
    private final Pulses pulses;
    /** When each member joined, in the cluster's own order: the lower, the older. Invariant: of members alone. */
    private final Map<Long, Long> joined = new HashMap<>();
    /** How many shards have still to drop the cursors of a silent member. Invariant: of members alone, 1 to all shards. */
    private final Map<Long, Integer> forgetting = new HashMap<>();

    private long pulseDueNs;
    private long helloDueNs = Long.MAX_VALUE;
    /** How often members were asked for their names since one came. */
    private int hellos;

    private boolean nameTaken;
    private Leaving leaving = Leaving.NO;
    /** How many shards have still to answer the present step of leaving. */
    private int unanswered;

    private boolean complete = true;

    private enum Leaving {
        NO,
        SUBSCRIPTIONS_END,
        PRODUCERS_DRAIN,
        LEFT
    }

    /** A process that has just started, and is no member yet. */
    public Node(NodeSettings settings, Outbox outbox, Now now) {
        this.settings = settings;
        this.outbox = outbox;
        this.membership = new Membership(settings.uid(), settings.name());
        this.pulses = new Pulses(settings.uid(), settings.pulseNs(), settings.cursorRetentionNs());
        this.pulseDueNs = now.ns() + settings.pulseNs();
    }

    // ------------------------------------------------------------------ members

    /**
     * A member appeared, this node included.
     *
     * @param joinedAs when it joined, in the cluster's own order
     */
    public void appeared(long memberUid, String address, long joinedAs, Now now) {
        if (membership.contains(memberUid)) {
            return;
        }
        List<MemberEvent> events = membership.appeared(memberUid, address);
        joined.put(memberUid, joinedAs);
        changed(events);
        hellos = 0;
        askForNames(now);
        refuseNamesake();
    }

    /** This node is up, which it says once: what it heard until then, and what comes, counts from now on (rule C10). */
    public void up() {
        changed(membership.selfUp());
    }

    /** A member was removed. */
    public void removed(long memberUid) {
        if (membership.contains(memberUid)) {
            changed(membership.removed(memberUid));
        }
    }

    /** A member can, or cannot, be reached, by the judgment of the cluster. */
    public void reachability(long memberUid, boolean reachable) {
        if (membership.contains(memberUid)) {
            tellShards(new ToShard.Reachability(memberUid, reachable));
        }
    }

    private void changed(List<MemberEvent> events) {
        Set<Long> lives = membership.lives();
        pulses.unwatchAllBut(lives);
        joined.keySet().retainAll(lives);
        forgetting.keySet().retainAll(lives);
        tellShards(new ToShard.Members(events, new MemberView(lives, membership.snapshot(), membership.isUp())));
    }

    /** Takes a member's name. */
    public void onHello(Hello hello) {
        long from = hello.fromUid();
        if (hello.toUid() != settings.uid() || !membership.contains(from)) {
            return;
        }
        outbox.add(new Effect.Introduced(from, hello.hub()));
        if (!hello.answer()) {
            sayHello(from, true);
        }
        if (!membership.hasSaidItsName(from)) {
            changed(membership.heard(hello));
            refuseNamesake();
        }
    }

    /** Two members under one name would be one producer to everybody else: the younger one gives way. */
    private void refuseNamesake() {
        OptionalLong namesake = membership.namesake();
        if (namesake.isPresent() && !nameTaken && isOlder(namesake.getAsLong())) {
            nameTaken = true;
            outbox.add(new Effect.NameTaken(namesake.getAsLong()));
        }
    }

    /** Is that member older than this node? Both come to the same answer, also if they joined as the same. */
    private boolean isOlder(long other) {
        Long self = joined.get(settings.uid());
        if (self == null) {
            return false; // not up yet
        }
        int order = Long.compare(joined.getOrDefault(other, Long.MAX_VALUE), self);
        return order == 0 ? Long.compareUnsigned(other, settings.uid()) < 0 : order < 0;
    }

    /** Asks members for their names that have not said them; it does so by itself, ever more rarely. */
    public void askForNames(Now now) {
        boolean asked = false;
        for (long member : membership.lives()) {
            if (!membership.hasSaidItsName(member)) {
                sayHello(member, false);
                asked = true;
            }
        }
        helloDueNs = asked ? now.ns() + settings.helloBackoff().waitNs(hellos++) : Long.MAX_VALUE;
    }

    private void sayHello(long toUid, boolean answer) {
        outbox.send(toUid, new Hello(settings.uid(), toUid, settings.name(), settings.hub(), answer, 0));
    }

    // ------------------------------------------------------------------ pulses

    /** Takes a pulse. */
    public void onPulse(Pulse pulse, Now now) {
        if (membership.contains(pulse.fromUid())) {
            pulses.onPulse(pulse, now.ns());
        }
    }

    /** What a shard has to tell. */
    public void onShard(ToNode message, Now now) {
        if (message instanceof ToNode.Watch watch) {
            if (membership.contains(watch.uid())) {
                pulses.watch(watch.uid(), now.ns());
            }
        } else if (message instanceof ToNode.Forgot forgot) {
            forgot(forgot.uid());
        } else if (message instanceof ToNode.SubscriptionsEnded) {
            answered();
        } else if (message instanceof ToNode.Drained drained) {
            complete &= drained.complete();
            answered();
        }
    }

    /** Drops the cursors of that member. It learns so from the next pulse behind that, and registers again. */
    public void forget(long silentUid) {
        if (membership.contains(silentUid) && forgetting.putIfAbsent(silentUid, settings.shards()) == null) {
            outbox.add(new Effect.Forgetting(silentUid));
            tellShards(new ToShard.Forget(silentUid));
        }
    }

    /** Pulses say so only behind the last shard: whoever registers upon that must not lose its new cursor. */
    private void forgot(long silentUid) {
        Integer left = forgetting.computeIfPresent(silentUid, (uid, shards) -> shards - 1);
        if (left != null && left == 0) {
            forgetting.remove(silentUid);
            pulses.forgot(silentUid);
        }
    }

    // ------------------------------------------------------------------ time

    /** When {@link #onTime} is due, or {@code Long.MAX_VALUE}. */
    public long deadlineNs() {
        return helloDueNs == Long.MAX_VALUE || pulseDueNs - helloDueNs < 0 ? pulseDueNs : helloDueNs;
    }

    /** Does what is due. */
    public void onTime(Now now) {
        if (helloDueNs != Long.MAX_VALUE && helloDueNs - now.ns() <= 0) {
            askForNames(now);
        }
        if (pulseDueNs - now.ns() <= 0) {
            pulseDueNs = now.ns() + settings.pulseNs();
            Pulses.Due due = pulses.onTime(now.ns());
            due.pulses().forEach(pulse -> outbox.send(pulse.toUid(), pulse));
            due.forgottenUids().forEach(this::forget);
            due.silentUids().forEach(silent -> tellShards(new ToShard.Silent(silent)));
        }
    }

    // ------------------------------------------------------------------ leaving

    /** Leaves in good order: first its subscriptions end, in all shards, then its producers drain. */
    public void leave() {
        if (leaving == Leaving.NO) {
            leaving = Leaving.SUBSCRIPTIONS_END;
            unanswered = settings.shards();
            tellShards(new ToShard.EndSubscriptions());
        }
    }

    private void answered() {
        unanswered--;
        assert unanswered >= 0 : "a shard answered twice";
        if (unanswered > 0) {
            return;
        }
        if (leaving == Leaving.SUBSCRIPTIONS_END) {
            leaving = Leaving.PRODUCERS_DRAIN;
            unanswered = settings.shards();
            tellShards(new ToShard.Drain());
        } else if (leaving == Leaving.PRODUCERS_DRAIN) {
            leaving = Leaving.LEFT;
            outbox.add(new Effect.Left(complete));
        }
    }

    private void tellShards(ToShard message) {
        outbox.add(new Effect.TellShards(message));
    }

    // ------------------------------------------------------------------ for people

    public long uid() {
        return settings.uid();
    }

    public boolean isUp() {
        return membership.isUp();
    }

    public boolean isLeaving() {
        return leaving != Leaving.NO;
    }

    /** Has it left in good order, or has its time for that run out? */
    public boolean hasLeft() {
        return leaving == Leaving.LEFT;
    }

    /** The members that have said their names. */
    public Set<Long> named() {
        return membership.named();
    }

    /** Its name, or its address until it has said one; its number if it is no member. */
    public String nameOf(long memberUid) {
        String name = membership.nameOf(memberUid);
        return name == null ? Long.toHexString(memberUid) : name;
    }
}
