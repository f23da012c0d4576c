package dev.gapless.simulation.schedule;

import dev.gapless.core.delivery.Opening;
import dev.gapless.simulation.oracle.Witness;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Faults that strike one after the other within moments, and the first of them just when something happens in the protocol: what needs
 * several rare things at once is drawn on purpose. A chain waits for its {@link Moment} at one node, and strikes once.
 */
final class FaultChains {
    /** The longest wait for a moment. */
    private static final long ARMED_NS = 8 * Profile.SECOND;

    private final Schedule schedule;
    private final List<Chain> armed = new ArrayList<>();

    /** When the protocol is where timing matters. */
    enum Moment {
        /** A feed has got an expiry. */
        MISSED,
        /** A feed has got the end of a producer that is lost. */
        LOST,
        /** A cursor was moved. */
        EXPIRED,
        READY,
        OPENED,
        RELOADS,
        RELOADED,
        JOINED,
        REMOVED,
        APPEARED
    }

    /** What strikes, from the first to the last. */
    enum Blow {
        /** The subscriptions of the node stand still. */
        FREEZE,
        /** Everybody else publishes more than a ring holds. */
        FLOOD,
        /** A third node ends and begins again: everybody hears news of members. */
        NEWS,
        /** The other one ends and begins again. */
        RESTART,
        /** The other one ends for good. */
        LOSE,
        LEAVE,
        /** The node dies in what it does next. */
        CRASH,
        PAUSE,
        RESET,
        CUT,
        /** Tokens are taken, and resumed elsewhere, and taken there again. */
        RELAY,
        /** The next reloads of the node fail. */
        FAIL,
        CLOCK_BACK,
        SINCE
    }

    private record Chain(Moment moment, Host at, Host other, List<Blow> blows, SplittableRandom random, long untilNs) {}

    FaultChains(Schedule schedule) {
        this.schedule = schedule;
    }

    /** Begins one, and returns what it is. */
    @Nullable String begin(Host at, SplittableRandom random) {
        List<Host> others = schedule.hosts().stream()
                .filter(host -> host != at && host.isUp())
                .toList();
        if (!at.isUp() || others.isEmpty()) {
            return null;
        }
        Host other = others.get(random.nextInt(others.size()));
        return switch (random.nextInt(5)) {
            case 0 -> unreadEnd(at, other, random);
            case 1 -> silentStart(at, other, random);
            default -> any(at, other, random);
        };
    }

    private String any(Host at, Host other, SplittableRandom random) {
        Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
        List<Blow> blows = new ArrayList<>();
        for (int left = 2 + random.nextInt(4); left > 0; left--) {
            blows.add(Blow.values()[random.nextInt(Blow.values().length)]);
        }
        arm(moment, at, other, blows, random);
        return "at " + at + " with " + other + " when " + moment + ": " + blows;
    }

    /** A producer is lost, and its end overwritten before the subscriptions read it, and everybody hears of another member. */
    private String unreadEnd(Host at, Host other, SplittableRandom random) {
        arm(Moment.LOST, at, other, List.of(Blow.FREEZE, Blow.FLOOD, Blow.NEWS), random);
        strike(Blow.LOSE, at, other, random.split());
        return "the end of " + other + " is overwritten at " + at;
    }

    /** A subscription becomes ready without a node whose clock is behind and that publishes meanwhile. */
    private String silentStart(Host at, Host other, SplittableRandom random) {
        long lastsNs = schedule.settings().readyTimeoutNs() + random.nextLong(2 * Profile.SECOND);
        schedule.network().cut(at, other);
        schedule.network().cut(other, at);
        schedule.timeline().after(lastsNs, () -> {
            schedule.network().mend(at, other);
            schedule.network().mend(other, at);
        });
        strike(Blow.CLOCK_BACK, at, other, random.split());
        strike(Blow.SINCE, at, other, random.split());
        arm(Moment.READY, at, other, List.of(Blow.FLOOD), random);
        return at + " begins without " + other + ", whose clock is behind";
    }

    private void arm(Moment moment, Host at, Host other, List<Blow> blows, SplittableRandom random) {
        armed.add(new Chain(
                moment, at, other, blows, random.split(), schedule.timeline().nowNs() + ARMED_NS));
    }

    /** Something happens at this node: whatever waits for it strikes, once this is over. */
    void happens(Moment moment, Host at) {
        if (armed.isEmpty()) {
            return;
        }
        for (Chain chain : List.copyOf(armed)) {
            if (chain.untilNs < schedule.timeline().nowNs()) {
                armed.remove(chain);
            } else if (chain.moment == moment && chain.at == at) {
                armed.remove(chain);
                strike(chain);
            }
        }
    }

    void end() {
        armed.clear();
    }

    private void strike(Chain chain) {
        schedule.counts().add("chain: " + chain.moment);
        long delayNs = 0;
        for (Blow blow : chain.blows) {
            SplittableRandom random = chain.random.split();
            if (blow == Blow.FREEZE && delayNs == 0) {
                strike(blow, chain.at, chain.other, random);
            } else {
                schedule.timeline().after(delayNs, () -> strike(blow, chain.at, chain.other, random));
            }
            delayNs += soon(chain.random);
        }
    }

    /** At once, within a message's way, within a second. */
    private static long soon(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextLong(Profile.MS);
            case 2 -> random.nextLong(50 * Profile.MS);
            default -> random.nextLong(Profile.SECOND);
        };
    }

    // ------------------------------------------------------------------ what strikes

    private void strike(Blow blow, Host at, Host other, SplittableRandom random) {
        if (schedule.faults().areOver()) {
            return;
        }
        schedule.counts().add("chain: " + blow);
        schedule.trace(at, () -> "chain: " + blow + ", " + other);
        Faults faults = schedule.faults();
        NodeProcess here = at.process();
        NodeProcess there = other.process();
        switch (blow) {
            case FREEZE -> freeze(here, random);
            case FLOOD -> flood(at, random);
            case NEWS -> third(at, other, random, false);
            case RESTART -> again(there, random);
            case LOSE -> third(at, other, random, true);
            case LEAVE -> ifThere(there, faults::leave, random);
            case CRASH -> ifThere(here, faults::crashLater, random);
            case PAUSE -> ifThere(here, faults::pause, random);
            case RESET -> faults.reset(at, other);
            case CUT -> faults.cut(at, other, random.nextBoolean(), random);
            case RELAY -> relay(here, 1 + random.nextInt(6), random);
            case FAIL -> faults.nextReloadsFail(1 + random.nextInt(3));
            case CLOCK_BACK -> other.clockSkewMs(other.clockSkewMs() - 1_000 - random.nextLong(9_000));
            case SINCE -> since(here, random);
        }
    }

    private interface OfProcess {
        @Nullable String strike(NodeProcess process, SplittableRandom random);
    }

    private void ifThere(@Nullable NodeProcess process, OfProcess blow, SplittableRandom random) {
        if (process != null && !process.isDead() && schedule.nodesUp() > 1) {
            blow.strike(process, random);
        }
    }

    private void freeze(@Nullable NodeProcess process, SplittableRandom random) {
        if (process != null) {
            long untilNs = schedule.timeline().nowNs() + Profile.SECOND + random.nextLong(10 * Profile.SECOND);
            process.subscribers().values().forEach(subscriber -> subscriber.freeze(untilNs));
        }
    }

    private void flood(Host but, SplittableRandom random) {
        int most = Math.min(40, schedule.settings().bufferMessages() + 2);
        for (Host host : schedule.hosts()) {
            NodeProcess process = host.process();
            if (host != but && process != null && host.produces() && host.mayProduce() && process.mayPublish()) {
                int burst = 1 + random.nextInt(most);
                process.input(() -> schedule.workload().publish(process, burst, 0));
            }
        }
    }

    private void again(@Nullable NodeProcess process, SplittableRandom random) {
        if (process != null && schedule.nodesUp() > 1) {
            schedule.faults().anotherIncarnation(process, random);
        }
    }

    /** Ends a node that is neither of the two, for a moment; or the other of them, for good. */
    private void third(Host at, Host other, SplittableRandom random, boolean forGood) {
        if (forGood) {
            ifThere(other.process(), schedule.faults()::lose, random);
            return;
        }
        List<Host> others = schedule.hosts().stream()
                .filter(host -> host != at && host != other)
                .toList();
        if (!others.isEmpty()) {
            again(others.get(random.nextInt(others.size())).process(), random);
        }
    }

    private void relay(@Nullable NodeProcess process, int times, SplittableRandom random) {
        if (process == null || process.isDead() || times == 0) {
            return;
        }
        Subscriber taken = process.subscribers().values().stream()
                .filter(Subscriber::isOpen)
                .reduce((one, later) -> later)
                .orElse(null);
        List<Host> up = schedule.hosts().stream()
                .filter(host -> host.consumes() && host.isUp())
                .toList();
        if (taken == null || up.isEmpty()) {
            return;
        }
        NodeProcess next = up.get(random.nextInt(up.size())).process();
        schedule.workload().take(taken);
        if (next != null && next.isUp()) {
            next.input(() -> schedule.workload().resumeNewest(next));
            SplittableRandom more = random.split();
            schedule.timeline().after(soon(random), () -> relay(next, times - 1, more));
        }
    }

    private void since(@Nullable NodeProcess process, SplittableRandom random) {
        if (process != null && process.isUp() && process.host().consumes()) {
            long sinceMs = schedule.timeline().nowMs() - random.nextLong(500);
            process.input(() ->
                    schedule.workload().open(process, new Opening.Since(sinceMs), id -> Witness.since(id, sinceMs)));
        }
    }
}
