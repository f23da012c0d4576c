package dev.gapless.core.node;

import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.member.Membership;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Ping;
import dev.gapless.core.wire.Withdrawal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * One life of a node, but for its topics: who the members are and what they are called (M1, M2), who still answers (M3), and
 * how this node leaves. What concerns the topics it tells its {@link Shard}s.
 *
 * <p>Only members are believed: a Hello or a Ping of anybody else, or for another life at this address, is dropped.
 *
 * <p>Not thread-safe: one input at a time, with the time; then the outbox is drained.
 */
public final class Node {
    private final NodeSettings settings;
    private final BooleanSupplier closeLogs;
    private final Outbox outbox;
    private final Membership membership;
    private final FailureDetector failureDetector;
    /** Invariant: of members alone. */
    private final Map<Long, Joined> joined = new HashMap<>();
    /** When members were started, as their Hellos say. Invariant: of members alone. */
    private final Map<Long, Long> startedMs = new HashMap<>();
    /** The shards that have not failed. */
    private final Set<Integer> working = new TreeSet<>();
    /** For each member being forgotten, the shards that have not yet dropped its cursors. Invariant: of members alone, and no set is empty. */
    private final Map<Long, Set<Integer>> forgetting = new HashMap<>();

    private long pingDueNs;
    private long helloDueNs = Long.MAX_VALUE;
    /** How often members were asked for their names since one came. */
    private int hellos;

    private boolean nameTaken;
    /** This node shuts down and never published anything; each member that says Hello is told. */
    private boolean withdrawn;

    private Leaving leaving = Leaving.NO;
    /** Is it to drain once its subscriptions have ended? Invariant: true after {@link Leaving#ENDED}. */
    private boolean drains;
    /** Which shards have still to answer the present step of leaving. Invariant: working ones, and none between two steps. */
    private final Set<Integer> unanswered = new TreeSet<>();

    private boolean complete = true;

    private enum Leaving {
        NO,
        SUBSCRIPTIONS_END,
        ENDED,
        PRODUCERS_DRAIN,
        LEFT
    }

    /**
     * A process that has just started, and is no member yet.
     *
     * @param closeLogs puts an end to publishing on this node, on any topic, and says whether anything ever was. Called when an
     *     older member has this node's name
     */
    public Node(NodeSettings settings, BooleanSupplier closeLogs, Outbox outbox, Now now) {
        this.settings = settings;
        this.closeLogs = closeLogs;
        this.outbox = outbox;
        this.membership = new Membership(settings.uid(), settings.name());
        this.failureDetector =
                new FailureDetector(settings.uid(), settings.pingNs(), settings.cursorRetentionNs(), outbox);
        this.pingDueNs = now.ns() + settings.pingNs();
        for (int shard = 0; shard < settings.shards(); shard++) {
            working.add(shard);
        }
    }

    // ------------------------------------------------------------------ members

    /** A member appeared, this node included. */
    public void appeared(Joined member, Now now) {
        if (membership.contains(member.uid())) {
            return;
        }
        List<MemberEvent> events = membership.appeared(member.uid(), member.address());
        joined.put(member.uid(), member);
        changed(events);
        hellos = 0;
        askForNames(now);
        refuseNamesake();
    }

    /** Call once, when this node is up. Members seen so far are told to the shards now (C10). */
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
        failureDetector.unwatchAllBut(lives);
        joined.keySet().retainAll(lives);
        startedMs.keySet().retainAll(lives);
        forgetting.keySet().retainAll(lives);
        tellShards(new ToShard.Members(events, new MemberView(lives, membership.snapshot(), membership.isUp())));
        assert invariant() : leaving;
    }

    /** A message from a member. One of anybody else, or for another life at this address, is dropped. */
    public void onMessage(NodeMessage message, Now now) {
        if (message.toUid() != settings.uid() || !membership.contains(message.fromUid())) {
            return;
        }
        if (message instanceof Hello hello) {
            onHello(hello);
        } else if (message instanceof Ping ping) {
            failureDetector.onPing(ping, now.ns());
        } else if (message instanceof Withdrawal) {
            changed(membership.withdrew(message.fromUid()));
        }
        assert invariant() : leaving;
    }

    /** Takes a member's name. */
    private void onHello(Hello hello) {
        long from = hello.fromUid();
        outbox.add(new Effect.Introduced(from, hello.hub()));
        startedMs.put(from, hello.startedMs());
        if (!hello.answer()) {
            sayHello(from, true);
        }
        if (withdrawn) {
            outbox.send(from, new Withdrawal(settings.uid(), from));
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
            withdraw();
        }
    }

    /** This node goes. If it never published anything nobody need wait for it, or take it for a loss. */
    private void withdraw() {
        if (closeLogs.getAsBoolean()) {
            return;
        }
        withdrawn = true;
        for (long member : membership.lives()) {
            if (member != settings.uid()) {
                outbox.send(member, new Withdrawal(settings.uid(), member));
            }
        }
    }

    /**
     * Is that member older than this node? Both come to the same answer. Members of one data center are numbered; between two the
     * nodes' own clocks decide.
     */
    private boolean isOlder(long otherUid) {
        Joined self = joined.get(settings.uid());
        Joined other = joined.get(otherUid);
        if (self == null || other == null) {
            return false; // this node has not appeared
        }
        int order = self.dataCenter().equals(other.dataCenter())
                ? Long.compare(other.number(), self.number())
                : Long.compare(startedMs.getOrDefault(otherUid, Long.MAX_VALUE), settings.startedMs());
        return order == 0 ? otherUid < settings.uid() : order < 0;
    }

    /**
     * Asks members for their names that have not said them. It does so by itself, ever more rarely; public for the simulation, which
     * repeats it when it likes.
     */
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
        outbox.send(
                toUid, new Hello(settings.uid(), toUid, settings.name(), settings.hub(), answer, settings.startedMs()));
    }

    // ------------------------------------------------------------------ pings

    /** What a shard has to tell; {@code shard} counts from 0. */
    public void onShard(int shard, ToNode message, Now now) {
        if (message instanceof ToNode.Watch watch) {
            if (membership.contains(watch.uid())) {
                failureDetector.watch(watch.uid(), now.ns());
            }
        } else if (message instanceof ToNode.Forgot forgot) {
            forgot(forgot.uid(), shard);
        } else if (message instanceof ToNode.SubscriptionsEnded) {
            answered(shard);
        } else if (message instanceof ToNode.Drained drained) {
            complete &= drained.complete();
            answered(shard);
        }
        assert invariant() : leaving;
    }

    /**
     * Has all shards drop that member's cursors. Later pings tell the member, which then registers again. Public for the simulation,
     * which does not wait for a silence.
     */
    public void forget(long silentUid) {
        if (membership.contains(silentUid) && forgetting.putIfAbsent(silentUid, new TreeSet<>(working)) == null) {
            outbox.add(new Effect.Forgetting(silentUid));
            tellShards(new ToShard.Forget(silentUid));
        }
    }

    /** Pings say so only after the last shard: whoever registers upon that must not lose its new cursor. */
    private void forgot(long silentUid, int shard) {
        Set<Integer> left = forgetting.get(silentUid);
        if (left != null && left.remove(shard) && left.isEmpty()) {
            forgetting.remove(silentUid);
            failureDetector.forgot(silentUid);
        }
    }

    // ------------------------------------------------------------------ time

    /** When {@link #onTime} is due, or {@code Long.MAX_VALUE}. */
    public long deadlineNs() {
        return helloDueNs == Long.MAX_VALUE || pingDueNs - helloDueNs < 0 ? pingDueNs : helloDueNs;
    }

    /** Does what is due. */
    public void onTime(Now now) {
        if (helloDueNs != Long.MAX_VALUE && helloDueNs - now.ns() <= 0) {
            askForNames(now);
        }
        if (pingDueNs - now.ns() <= 0) {
            pingDueNs = now.ns() + settings.pingNs();
            FailureDetector.Quiet quiet = failureDetector.onTime(now.ns());
            quiet.forgottenUids().forEach(this::forget);
            quiet.silentUids().forEach(silent -> tellShards(new ToShard.Silent(silent)));
        }
        assert invariant() : leaving;
    }

    // ------------------------------------------------------------------ leaving

    /** Leaves in good order: first its subscriptions end, in all shards, then its producers drain. */
    public void leave() {
        drains = true;
        if (leaving == Leaving.NO) {
            end();
        } else if (leaving == Leaving.ENDED) {
            drain();
        }
    }

    /** This node is no member any more, and never will be again: its subscriptions end, and there is nobody to drain for. */
    public void end() {
        if (leaving == Leaving.NO) {
            begin(Leaving.SUBSCRIPTIONS_END, new ToShard.EndSubscriptions());
        }
    }

    private void drain() {
        begin(Leaving.PRODUCERS_DRAIN, new ToShard.Drain());
    }

    private void begin(Leaving step, ToShard message) {
        leaving = step;
        unanswered.addAll(working);
        tellShards(message);
        if (unanswered.isEmpty()) {
            allAnswered();
        }
    }

    /** A shard has failed: it answers nothing any more. */
    public void shardFailed(int shard) {
        working.remove(shard);
        complete = false;
        List.copyOf(forgetting.keySet()).forEach(silent -> forgot(silent, shard));
        answered(shard);
        assert invariant() : leaving;
    }

    private void answered(int shard) {
        if (unanswered.remove(shard) && unanswered.isEmpty()) {
            allAnswered();
        }
    }

    private void allAnswered() {
        if (leaving == Leaving.SUBSCRIPTIONS_END) {
            leaving = Leaving.ENDED;
            if (drains) {
                drain();
            }
        } else if (leaving == Leaving.PRODUCERS_DRAIN) {
            leaving = Leaving.LEFT;
            outbox.add(new Effect.Left(complete));
        }
    }

    private void tellShards(ToShard message) {
        outbox.add(new Effect.TellShards(message));
    }

    private boolean invariant() {
        Set<Long> lives = membership.lives();
        boolean asks = leaving == Leaving.SUBSCRIPTIONS_END || leaving == Leaving.PRODUCERS_DRAIN;
        return lives.containsAll(joined.keySet())
                && lives.containsAll(startedMs.keySet())
                && lives.containsAll(forgetting.keySet())
                && forgetting.values().stream().allMatch(working::containsAll)
                && working.containsAll(unanswered)
                && (asks || unanswered.isEmpty())
                && (drains || leaving.compareTo(Leaving.ENDED) <= 0);
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
