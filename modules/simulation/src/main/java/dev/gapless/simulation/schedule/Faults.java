package dev.gapless.simulation.schedule;

import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Ping;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What goes wrong, when, and that it ends. */
final class Faults {
    /** What is rare is lost more often than by chance. */
    private static final List<Class<?>> MESSAGES = List.of(
            Register.class,
            Registered.class,
            CursorExpired.class,
            Batch.class,
            Ack.class,
            Heartbeat.class,
            Gone.class,
            Ping.class);

    private final Schedule schedule;
    private final RandomGenerator later;
    private final List<Fault> plan = new ArrayList<>();
    private final List<Runnable> starts = new ArrayList<>();
    private final Set<Integer> struck = new TreeSet<>();
    private boolean over;
    private int reloadsToFail;
    private final SeveralClusters several;

    /** Plans them; {@code only} those with these numbers, unless it is null. */
    Faults(Schedule schedule, RandomGenerator random, @Nullable Set<Integer> only) {
        this.schedule = schedule;
        this.several = new SeveralClusters(schedule, this);
        this.later = new SplittableRandom(random.nextLong());
        if (!schedule.profile().faults()) {
            return;
        }
        long atNs = schedule.timeline().nowNs();
        long untilNs = atNs + schedule.profile().badTimesNs();
        for (int number = 1; ; number++) {
            atNs += 1 + random.nextLong(2 * schedule.profile().faultGapNs());
            Fault fault = new Fault(number, atNs, random.nextLong(), null);
            if (atNs >= untilNs) {
                planMore(number, random, only);
                return;
            }
            if (only == null || only.contains(number)) {
                plan.add(fault);
            }
        }
    }

    /** Long histories, chains, several clusters, and nodes that leave while a client goes from one to the other. */
    private void planMore(int first, RandomGenerator random, @Nullable Set<Integer> only) {
        Profile profile = schedule.profile();
        long gapNs = profile.longHistory() ? 1_300 * Profile.MS : Profile.SECOND;
        long atNs = schedule.timeline().nowNs() + 2 * Profile.SECOND;
        int number = first;
        while (profile.hasMoreFaults() && atNs < schedule.timeline().nowNs() + profile.badTimesNs()) {
            FaultKind kind = more(profile, random);
            Fault fault = new Fault(number, atNs, random.nextLong(), kind);
            if (only == null || only.contains(number)) {
                plan.add(fault);
            }
            number++;
            atNs += gapNs + random.nextLong(2 * Profile.SECOND);
        }
    }

    private static FaultKind more(Profile profile, RandomGenerator random) {
        if (profile.longHistory()) {
            return FaultKind.ANOTHER_LIFE;
        } else if (profile.chains()) {
            return FaultKind.CHAIN;
        }
        return profile.clusters() ? SeveralClusters.any(random) : FaultKind.LEAVE;
    }

    SeveralClusters several() {
        return several;
    }

    void begin() {
        plan.forEach(fault -> schedule.timeline().at(fault.atNs(), () -> strike(fault)));
    }

    /** The numbers of those that took place. */
    Set<Integer> struck() {
        return struck;
    }

    private void strike(Fault fault) {
        if (over) {
            return;
        }
        SplittableRandom random = new SplittableRandom(fault.seed());
        FaultKind kind = fault.kind() == null ? FaultKind.any(random) : fault.kind();
        Host one = schedule.hosts().get(random.nextInt(schedule.hosts().size()));
        Host other = schedule.hosts().get(random.nextInt(schedule.hosts().size()));
        if (schedule.profile().longHistory()) {
            one = kind == FaultKind.ANOTHER_LIFE ? schedule.hosts().get(0) : one;
            if (kind.ends() && isSteady(one) && random.nextInt(8) != 0) {
                return;
            }
        }
        String what = kind.strike(this, one, other, random);
        if (what != null) {
            struck.add(fault.number());
            schedule.counts().add("fault: " + kind);
            schedule.trace("*", () -> "FAULT " + fault.number() + ": " + kind + ", " + what);
        }
    }

    /** In a long history one node mostly lives through it. */
    private boolean isSteady(Host host) {
        return host.index() == schedule.hosts().size() - 1;
    }

    boolean areOver() {
        return over;
    }

    boolean isSingle() {
        return schedule.profile().single();
    }

    long nodesUp() {
        return schedule.nodesUp();
    }

    // ------------------------------------------------------------------ the network

    String lose(Host from, Host to, SplittableRandom random) {
        int packets = 1 + random.nextInt(8);
        if (random.nextBoolean()) {
            schedule.network().loseNext(from, to, packets);
            return packets + " packets from " + from + " to " + to;
        }
        int messages = 1 + packets / 4;
        List<Class<?>> kinds =
                schedule.profile().clusters() && random.nextBoolean() ? SeveralClusters.MESSAGES : MESSAGES;
        Class<?> kind = kinds.get(random.nextInt(kinds.size()));
        schedule.network().loseNext(from, to, messages, kind);
        return messages + " " + kind.getSimpleName() + " from " + from + " to " + to;
    }

    String reset(Host one, Host other) {
        schedule.network().reset(one, other);
        return "between " + one + " and " + other;
    }

    String cut(Host one, Host other, boolean both, SplittableRandom random) {
        long lastsNs = random.nextLong(12 * Profile.SECOND);
        schedule.network().cut(one, other);
        if (both) {
            schedule.network().cut(other, one);
        }
        after(2 * Profile.SECOND, () -> reachable(one, other, false));
        if (lastsNs > 6 * Profile.SECOND && random.nextBoolean()) {
            // Longer than a consumer takes to find its producer silent: that may forget the cursors then.
            after(6 * Profile.SECOND, () -> forget(one, other));
        }
        after(lastsNs, () -> {
            schedule.network().mend(one, other);
            if (both) {
                schedule.network().mend(other, one);
            }
            after(2 * Profile.SECOND, () -> reachable(one, other, true));
        });
        return "from " + one + " to " + other + " for " + lastsNs / Profile.MS + " ms";
    }

    private void forget(Host one, Host other) {
        NodeProcess forgotten = one.process();
        NodeProcess forgets = other.process();
        if (!over && forgotten != null && forgets != null && schedule.network().isCut(one, other)) {
            forgets.input(() -> forgets.node().forget(forgotten.uid()));
        }
    }

    String clog(Host from, Host to, SplittableRandom random) {
        long extraNs = random.nextLong(3 * Profile.SECOND);
        schedule.network().delay(from, to, extraNs);
        after(random.nextLong(8 * Profile.SECOND), () -> schedule.network().delay(from, to, 0));
        return from + " to " + to + " by " + extraNs / Profile.MS + " ms";
    }

    String contradict(Host one, Host other, SplittableRandom random) {
        reachable(one, other, false);
        after(random.nextLong(4 * Profile.SECOND), () -> reachable(one, other, true));
        return one + " and " + other + " take each other for unreachable";
    }

    private void reachable(Host one, Host other, boolean reachable) {
        NodeProcess a = one.process();
        NodeProcess b = other.process();
        if (a != null && b != null && !schedule.clusters().areTwo(a.uid(), b.uid())) {
            a.input(() -> a.reachability(b.uid(), reachable));
            b.input(() -> b.reachability(a.uid(), reachable));
        }
    }

    // ------------------------------------------------------------------ processes

    @Nullable String pause(NodeProcess process, SplittableRandom random) {
        if (process.isPaused()) {
            return null;
        }
        long lastsNs = random.nextLong(12 * Profile.SECOND);
        process.pause();
        after(3 * Profile.SECOND, () -> {
            if (process.isPaused()) {
                schedule.clusters().reachable(process.uid(), false);
            }
        });
        after(lastsNs, () -> goOn(process));
        return process.host() + " for " + lastsNs / Profile.MS + " ms";
    }

    private void goOn(NodeProcess process) {
        if (process.isPaused() && !process.isDead()) {
            schedule.clusters().reachable(process.uid(), true);
            process.goOn();
        }
    }

    /** It ends, and begins again as soon as it can. */
    String anotherIncarnation(NodeProcess process, SplittableRandom random) {
        end(process, 50 * Profile.MS + random.nextLong(Profile.SECOND), random);
        startAgain(process.host(), random.nextLong(300 * Profile.MS));
        return process.host().name();
    }

    /** It ends for good, and that is soon known. */
    String lose(NodeProcess process, SplittableRandom random) {
        end(process, 50 * Profile.MS + random.nextLong(300 * Profile.MS), random);
        return process.host().name();
    }

    @Nullable String chain(Host at, SplittableRandom random) {
        return schedule.chains().begin(at, random);
    }

    String restart(NodeProcess process, SplittableRandom random) {
        end(process, 500 * Profile.MS + random.nextLong(3 * Profile.SECOND), random);
        startAgain(process.host(), random.nextLong(4 * Profile.SECOND));
        return process.host().name();
    }

    String crash(NodeProcess process, SplittableRandom random) {
        end(process, 500 * Profile.MS + random.nextLong(5 * Profile.SECOND), random);
        if (random.nextInt(3) == 0) {
            return process.host() + " for good";
        }
        startAgain(process.host(), 8 * Profile.SECOND + random.nextLong(10 * Profile.SECOND));
        return process.host() + " for long";
    }

    String crashLater(NodeProcess process, SplittableRandom random) {
        int effects = random.nextInt(20);
        process.crashAfter(effects);
        return process.host() + " after " + effects + " effects";
    }

    /** A process has died in the middle of something. */
    void crashed(NodeProcess process) {
        if (process.isDead()) {
            return;
        }
        schedule.counts().add(process.node().isLeaving() ? "died: while leaving" : "died: between two effects");
        schedule.trace(process.host(), () -> "has crashed");
        SplittableRandom random = new SplittableRandom(later.nextLong());
        end(process, 500 * Profile.MS + random.nextLong(4 * Profile.SECOND), random);
        startAgain(process.host(), random.nextLong(12 * Profile.SECOND));
    }

    void end(NodeProcess process, long untilRemovedNs, RandomGenerator random) {
        process.subscribers().values().forEach(subscriber -> {
            if (subscriber.isOpen() && random.nextBoolean()) {
                schedule.workload().take(subscriber); // what it had stored with its rows
            }
        });
        schedule.stop(process);
        after(untilRemovedNs, () -> schedule.clusters().remove(process.uid()));
    }

    @Nullable String leave(NodeProcess process, SplittableRandom random) {
        if (!process.isUp() || process.isPaused() || process.node().isLeaving()) {
            return null;
        }
        boolean lastWords = process.node().producer() != null && random.nextBoolean();
        if (lastWords && random.nextBoolean()) {
            schedule.hosts().stream()
                    .filter(to -> to != process.host())
                    .forEach(to -> schedule.network().loseNext(process.host(), to, 1, Batch.class));
        }
        process.input(() -> {
            if (lastWords && process.host().mayProduce()) {
                schedule.workload().publish(process, 1, 0);
            }
            process.leave();
        });
        return process.host().name();
    }

    /** A process that leaves has drained, or its time for it is up. */
    void gone(NodeProcess process) {
        if (process.isDead() || process.isOutside()) {
            return;
        }
        SplittableRandom own = new SplittableRandom(process.uid() + 1); // nothing else depends on it
        if (schedule.profile().clusters() && own.nextBoolean()) {
            schedule.counts().add("died: a while after it was no member any more");
            Set<Long> members = schedule.clusters().of(process.uid()).uids();
            schedule.clusters().remove(process.uid());
            process.onRemoved(members, own);
            schedule.timeline().after(own.nextLong(3 * Profile.SECOND), () -> stops(process));
        } else {
            stops(process);
            after(later.nextLong(Profile.SECOND), () -> schedule.clusters().remove(process.uid()));
        }
    }

    private void stops(NodeProcess process) {
        if (process.isDead()) {
            return;
        }
        schedule.trace(process.host(), () -> "is gone");
        schedule.stop(process);
        if (process.gaveWay()) {
            startAgain(process.host(), later.nextLong(3 * Profile.SECOND));
        } else if (later.nextBoolean() || schedule.profile().travels()) {
            long most = schedule.profile().travels() ? 2 * Profile.SECOND : 20 * Profile.SECOND;
            startAgain(process.host(), later.nextLong(most));
        }
    }

    @Nullable String killWhileLeaving(NodeProcess process, SplittableRandom random) {
        String left = leave(process, random);
        if (left == null || process.isDead()) {
            return left == null ? null : left + " was quicker";
        }
        process.crashAfter(random.nextInt(12));
        return left;
    }

    /** Nobody hears of it for so long that it is taken off the members; then it ends itself. */
    String down(NodeProcess process, SplittableRandom random) {
        Host host = process.host();
        List<Host> others = schedule.hosts().stream().filter(o -> o != host).toList();
        others.forEach(other -> {
            schedule.network().cut(host, other);
            schedule.network().cut(other, host);
        });
        long downedNs = 3 * Profile.SECOND + random.nextLong(3 * Profile.SECOND);
        after(2 * Profile.SECOND, () -> schedule.clusters().reachable(process.uid(), false));
        after(downedNs, () -> schedule.clusters().remove(process.uid()));
        after(
                downedNs + random.nextLong(3 * Profile.SECOND),
                () -> others.forEach(other -> {
                    schedule.network().mend(host, other);
                    schedule.network().mend(other, host);
                }));
        after(downedNs + random.nextLong(4 * Profile.SECOND), () -> {
            if (!process.isDead()) {
                end(process, 0, random);
                startAgain(host, random.nextLong(6 * Profile.SECOND));
            }
        });
        return host.name();
    }

    /** Is nobody about to start, or to leave? */
    boolean nobodyIsComing() {
        return starts.isEmpty()
                && schedule.hosts().stream()
                        .map(Host::process)
                        .noneMatch(process -> process != null && process.node().isLeaving());
    }

    /** People end all others. */
    void restartAllBut(Members cluster) {
        for (Host host : schedule.hosts()) {
            NodeProcess process = host.process();
            if (process != null && !cluster.uids().contains(process.uid())) {
                schedule.clusters().willJoin(host, cluster);
                end(process, Profile.SECOND, later);
                startAgain(host, later.nextLong(Profile.SECOND));
            }
        }
    }

    void startAgain(Host host, long delayNs) {
        Runnable start = () -> schedule.start(host);
        starts.add(start);
        after(over ? Math.min(delayNs, Profile.SECOND) : delayNs, () -> {
            if (starts.remove(start)) {
                start.run();
            }
        });
    }

    // ------------------------------------------------------------------ clocks

    String jump(Host host, SplittableRandom random) {
        long most = random.nextInt(5) == 0 ? 86_400_000 : 4_000;
        host.clockSkewMs(random.nextLong(most) - most / 2);
        return host + " is wrong by " + host.clockSkewMs() + " ms";
    }

    // ------------------------------------------------------------------ reloads, and the end of it all

    /** How the next reload goes. */
    record ReloadPlan(long takesNs, boolean fails, boolean answersWithPositions) {}

    /** So many reloads that begin from now on fail. */
    void nextReloadsFail(int howMany) {
        reloadsToFail = howMany;
    }

    ReloadPlan nextReload(RandomGenerator random) {
        boolean bad = !over && schedule.profile().faults();
        boolean fails = bad && (random.nextInt(5) == 0 || reloadsToFail-- > 0);
        long most = bad && random.nextInt(5) == 0 ? 5 * Profile.SECOND : 50 * Profile.MS;
        long takesNs = over ? 10 * Profile.MS : random.nextLong(most);
        return new ReloadPlan(takesNs, fails, random.nextInt(4) == 0);
    }

    boolean haveEnded() {
        return over;
    }

    /** No more faults; those under way end now. Who was about to come back does so. */
    void end() {
        over = true;
        schedule.chains().end();
        schedule.clusters().end();
        schedule.network().heal();
        for (Host host : schedule.hosts()) {
            NodeProcess process = host.process();
            if (process != null) {
                schedule.clusters().reachable(process.uid(), true);
                goOn(process);
                process.crashAfter(Integer.MAX_VALUE);
            }
        }
        List.copyOf(starts).forEach(start -> after(later.nextLong(Profile.SECOND), start));
        starts.clear();
    }

    private void after(long delayNs, Runnable what) {
        schedule.timeline().after(delayNs, what);
    }
}
