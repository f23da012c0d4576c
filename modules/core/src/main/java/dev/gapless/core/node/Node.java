package dev.gapless.core.node;

import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import dev.gapless.core.KeptHistory;
import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.log.Generation;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.member.Membership;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Ping;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of a node, but for its topics: who the members are and what they are called (M1, M2), who still answers (M3), and
 * how this node leaves. What concerns the topics it tells its {@link Shard}s.
 *
 * <p>Only members are believed: a Hello or a Ping of anybody else, or for another incarnation at this address, is dropped.
 *
 * <p>Not thread-safe: one input at a time, with the time; then the outbox is drained.
 */
public final class Node {
    private static final long NS_PER_MS = 1_000_000;

    private final NodeSettings settings;
    private final NodeLogs logs;
    private final Outbox outbox;
    private final Membership membership;
    private final HistoryReplication memory;
    private final FailureDetector failureDetector;
    private final Seniority seniority;
    /** For each member being forgotten, the shards that have not yet dropped its cursors. Invariant: of members alone, and no set is empty. */
    private final Map<Long, Set<Integer>> forgetting = new HashMap<>();

    private final long startedNs;
    private long pingDueNs;
    private long helloDueNs = Long.MAX_VALUE;
    /** How often members were asked for their names since one came. */
    private int hellos;

    private boolean nameTaken;
    /** This node shuts down and never published anything; each member that says Hello is told. */
    private boolean leavesWithNothing;

    /** Was the store asked for? */
    private boolean storeWanted;

    /** May it be used? */
    private boolean storeOpen;

    /** Had nothing used it before, and is it yet to be seen whether this node had another one? */
    private boolean storeIsNew;

    /** Whom this node has seen in its cluster before it was up itself, and whether that one is to be the only node there. */
    private final Map<Long, Boolean> company = new HashMap<>();

    private final Leaving leaving;
    private final @Nullable OtherClusters otherClusters;

    /**
     * A process that has just started, and is no member yet.
     *
     * @param logs closed when an older member has this node's name, and when this node has drained
     */
    public Node(NodeSettings settings, NodeLogs logs, Outbox outbox, Now now) {
        this.settings = settings;
        this.logs = logs;
        this.outbox = outbox;
        this.memory = new HistoryReplication(settings, outbox, now);
        this.seniority = new Seniority(settings);
        this.membership = new Membership(settings.uid(), settings.name(), memory.history());
        this.failureDetector =
                new FailureDetector(settings.uid(), settings.pingNs(), settings.cursorRetentionNs(), outbox);
        this.startedNs = now.ns();
        this.pingDueNs = now.ns() + settings.pingNs();
        this.leaving = new Leaving(settings.shards(), outbox, this::sayFarewell);
        OtherClusterSettings looks = settings.single() ? null : settings.otherClusters();
        this.otherClusters =
                looks == null ? null : new OtherClusters(settings, looks, membership, seniority, memory, outbox, now);
    }

    // ------------------------------------------------------------------ members

    /**
     * The cluster has this incarnation, which joins, is up, or goes. Call it for everybody before {@link #up}.
     *
     * @param single whether it is to be the only node of its cluster
     */
    public void met(long memberUid, boolean single) {
        if (memberUid != settings.uid() && !membership.isUp()) {
            company.put(memberUid, single);
        }
    }

    /** An incarnation joins: it may be up by its own view, and gone before this node hears so. */
    public void joining(long newcomerUid, String address) {
        membership.joining(newcomerUid, address);
    }

    /** A member appeared, this node included. */
    public void appeared(Joined member, Now now) {
        if (membership.contains(member.uid())) {
            return;
        }
        List<MemberEvent> events = membership.appeared(member.uid(), member.address(), memory.timeMs(now));
        seniority.joined(member);
        memory.joined(member.uid());
        changed(events);
        hellos = 0;
        askForNames(now);
        refuseNamesake();
    }

    /** Call once, when this node is up. Members seen so far are told to the shards now (C10). */
    public void up(Now now) {
        Optional<Long> refusal = company.entrySet().stream()
                .filter(other -> settings.single() || other.getValue())
                .map(Map.Entry::getKey)
                .findFirst();
        if (refusal.isPresent()) {
            outbox.add(new Effect.SingleNode(refusal.get()));
            leavesWithNothing();
            return;
        }
        company.clear();
        changed(membership.selfUp());
        remember(now);
        openStore();
    }

    /**
     * The store is opened once this node is a member under its name: an earlier incarnation that lives on is then no member any more, or an
     * older namesake makes this one end, before its store is taken from it.
     */
    private void openStore() {
        boolean isNamed = settings.name().equals(membership.nameOf(settings.uid()));
        if (settings.durable() && !storeWanted && !nameTaken && membership.isUp() && isNamed) {
            storeWanted = true;
            outbox.add(new Effect.OpenStore());
        }
    }

    /** The store may be used: this incarnation stands behind those that used it before. */
    public void storeOpened(Generation generation, Now now) {
        storeOpen = true;
        storeIsNew = generation.number() == 1;
        KeptHistory kept = generation.history();
        if (kept != null) {
            memory.begin(kept);
        }
        remember(now);
        tellShards(new ToShard.StoreOpened(generation));
    }

    /** A member was removed, or one that was joining. */
    public void removed(long memberUid, Now now) {
        company.remove(memberUid);
        if (membership.knows(memberUid)) {
            String address = membership.addressOf(memberUid);
            String node = membership.saidNameOf(memberUid);
            boolean left = membership.saysThatItLeaves(memberUid);
            changed(membership.removed(memberUid, memory.timeMs(now)));
            if (otherClusters != null && !left) {
                otherClusters.lost(node, address, now);
            }
            remember(now);
        }
    }

    /** A member can, or cannot, be reached, by the judgment of the cluster. */
    public void reachability(long memberUid, boolean reachable) {
        if (membership.contains(memberUid)) {
            tellShards(new ToShard.Reachability(memberUid, reachable));
        }
    }

    private void changed(List<MemberEvent> events) {
        Set<Long> incarnations = membership.incarnations();
        if (!failureDetector.unwatchAllBut(incarnations)) {
            memory.nobodyPings();
        }
        seniority.retain(incarnations);
        forgetting.keySet().retainAll(incarnations);
        memory.retain(incarnations);
        tellMembers(events);
        assert invariant() : leaving;
    }

    private void tellMembers(List<MemberEvent> events) {
        HistoryView history = memory.announced(membership::knows);
        MemberView view = new MemberView(
                membership.incarnations(), membership.newcomers(), membership.snapshot(), membership.isUp(), history);
        tellShards(new ToShard.Members(events, view));
    }

    // ------------------------------------------------------------------ incarnations that ended (rule T2)

    /** Begins a history, or asks a member for its own, unless this node has one, or may find it; tells the shards what is new. */
    private void remember(Now now) {
        boolean mayFind = settings.single() && settings.durable() && !storeOpen;
        if (membership.isUp() && !memory.history().isComplete() && !mayFind) {
            if (seniority.isOldest(membership.incarnations())) {
                memory.begin(now);
            } else {
                memory.ask(membership.named(), now);
            }
        }
        lookForEarlierStore();
        tellNews();
    }

    private void lookForEarlierStore() {
        if (storeIsNew && memory.history().isComplete()) {
            storeIsNew = false;
            boolean hasEarlier = memory.history().departures().stream()
                    .anyMatch(departure -> departure.uid() != settings.uid()
                            && departure.node().equals(settings.name()));
            if (hasEarlier) {
                outbox.add(new Effect.StoreIsNew());
            }
        }
    }

    private void tellNews() {
        if (memory.hasNews()) {
            tellMembers(List.of());
        }
    }

    /**
     * A message from a member, what one that is joining says of its end, or what a member of another cluster says (M4). Anything else,
     * or for another incarnation here, is dropped.
     */
    public void onMessage(NodeMessage message, Now now) {
        if (otherClusters != null && otherClusters.onMessage(message, now)) {
            tellNews();
            return;
        }
        boolean ends = message instanceof Farewell && membership.knows(message.fromUid());
        if (message.toUid() != settings.uid() || !(ends || membership.contains(message.fromUid()))) {
            return;
        }
        if (message instanceof Hello hello) {
            onHello(hello, now);
        } else if (message instanceof Ping ping) {
            failureDetector.onPing(ping, now.ns());
            memory.onPing(ping, now);
        } else if (message instanceof Farewell farewell) {
            membership.farewell(farewell);
        } else if (message instanceof AskHistory ask) {
            memory.answer(ask, membership.incarnationsAndNewcomers(), now);
        } else if (message instanceof HistoryPart part) {
            memory.take(part, membership::knows, now);
            tellNews();
        }
        assert invariant() : leaving;
    }

    /** A question to this address was delivered to somebody who listens there, and may not answer (rule M4). */
    public void listens(String address, Now now) {
        if (otherClusters != null) {
            otherClusters.listens(address, now);
        }
    }

    /** Takes a member's name. */
    private void onHello(Hello hello, Now now) {
        long from = hello.fromUid();
        outbox.add(new Effect.Introduced(from, hello.actors()));
        seniority.started(from, hello.startedMs());
        memory.heardTime(from, hello.timeMs(), now);
        if (!hello.answer()) {
            sayHello(from, true, now);
        }
        if (leavesWithNothing) {
            memory.sayFarewell(Map.of(), Set.of(from));
        }
        if (!membership.hasSaidItsName(from)) {
            changed(membership.heard(hello, memory.timeMs(now)));
            refuseNamesake();
            remember(now);
        }
    }

    /** Two members under one name would be one producer to everybody else: the younger one gives way. */
    private void refuseNamesake() {
        OptionalLong namesake = membership.namesake();
        if (namesake.isPresent() && !nameTaken && seniority.isOlder(namesake.getAsLong())) {
            nameTaken = true;
            outbox.add(new Effect.NameTaken(namesake.getAsLong()));
            leavesWithNothing();
        }
    }

    private void sayFarewell() {
        Map<Epoch, Long> published = logs.close();
        if (published != null) {
            memory.sayFarewell(published, membership.incarnations());
        }
    }

    /** This node goes. If it never published anything everybody is told so at once: its end is no loss. */
    private void leavesWithNothing() {
        Map<Epoch, Long> published = logs.close();
        if (published != null && published.isEmpty()) {
            leavesWithNothing = true;
            memory.sayFarewell(Map.of(), membership.incarnations());
        }
    }

    /**
     * Asks members for their names that have not said them. It does so by itself, ever more rarely; public for the simulation, which
     * repeats it when it likes.
     */
    public void askForNames(Now now) {
        boolean asked = false;
        for (long member : membership.incarnations()) {
            if (!membership.hasSaidItsName(member)) {
                sayHello(member, false, now);
                asked = true;
            }
        }
        helloDueNs = asked ? now.ns() + settings.helloBackoff().waitNs(hellos++) : Long.MAX_VALUE;
    }

    private void sayHello(long toUid, boolean answer, Now now) {
        outbox.send(
                toUid,
                new Hello(
                        settings.uid(),
                        toUid,
                        settings.name(),
                        settings.actors(),
                        answer,
                        settings.startedMs(),
                        memory.timeMs(now),
                        (now.ns() - startedNs) / NS_PER_MS,
                        settings.publishes()));
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
            leaving.answered(shard, true);
        } else if (message instanceof ToNode.Drained drained) {
            leaving.answered(shard, drained.complete());
        }
        assert invariant() : leaving;
    }

    /**
     * Has all shards drop that member's cursors. Later pings tell the member, which then registers again. Public for the simulation,
     * which does not wait for a silence.
     */
    public void forget(long silentUid) {
        if (membership.contains(silentUid) && forgetting.putIfAbsent(silentUid, leaving.working()) == null) {
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
            memory.onTime(now);
            if (otherClusters != null && !leaving.hasBegun()) {
                otherClusters.onTime(now);
            }
            remember(now);
            openStore();
            FailureDetector.Quiet quiet = failureDetector.onTime(
                    now.ns(), memory.timeMs(now), memory.history().digest());
            quiet.forgottenUids().forEach(this::forget);
            quiet.silentUids().forEach(silent -> tellShards(new ToShard.Silent(silent)));
        }
        assert invariant() : leaving;
    }

    // ------------------------------------------------------------------ leaving

    /** Leaves in good order: first its subscriptions end, in all shards, then its producers drain. */
    public void leave(Now now) {
        if (!membership.isUp()) {
            leavesWithNothing(); // rule P14: it has published nothing
        }
        if (otherClusters != null && !leaving.hasBegun()) {
            otherClusters.leaves(now);
        }
        leaving.leave();
    }

    /** This node is no member any more, and never will be again: its subscriptions end, and there is nobody to drain for. */
    public void end() {
        leaving.end();
    }

    /** A shard has failed: it answers nothing any more. */
    public void shardFailed(int shard) {
        List.copyOf(forgetting.keySet()).forEach(silent -> forgot(silent, shard));
        leaving.failed(shard);
        assert invariant() : leaving;
    }

    private void tellShards(ToShard message) {
        outbox.add(new Effect.TellShards(message));
    }

    private boolean invariant() {
        Set<Long> incarnations = membership.incarnations();
        return seniority.isOf(incarnations)
                && incarnations.containsAll(forgetting.keySet())
                && forgetting.values().stream().allMatch(leaving.working()::containsAll)
                && leaving.invariant();
    }

    // ------------------------------------------------------------------ who takes over for a node that is gone

    /** Is there another member of that name, or one that joins? */
    public boolean hasOneCalled(String name) {
        return membership.hasOneCalled(Set.of(name));
    }

    /** How many members are older than this one? Two nodes count differently. */
    public int olderMembers() {
        return seniority.older(membership.incarnations());
    }

    // ------------------------------------------------------------------ for people

    public long uid() {
        return settings.uid();
    }

    public boolean isUp() {
        return membership.isUp();
    }

    public boolean isLeaving() {
        return leaving.hasBegun();
    }

    /** Has it left in good order, or has its time for that run out? */
    public boolean hasLeft() {
        return leaving.isOver();
    }

    /** The other clusters that there are, as far as this node speaks for its own; none if it does not. */
    public List<Effect.OtherCluster> otherClusters() {
        return otherClusters == null ? List.of() : otherClusters.certain();
    }

    /** Other clusters with this one's id, by what the members remember together: all of them know it, not only the one that sees them. */
    public List<Effect.OtherCluster> knownClusters() {
        return otherClusters == null ? List.of() : otherClusters.known();
    }

    /** Seed nodes where members were lost, and where somebody listens and says nothing, as far as this node speaks for its cluster. */
    public List<String> silentSeeds() {
        return otherClusters == null ? List.of() : otherClusters.silentSeeds();
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
