package dev.gapless.simulation.schedule;

import dev.gapless.core.wire.ClusterProbe;
import dev.gapless.core.wire.GiveWay;
import dev.gapless.core.wire.HistoryPart;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Faults of which a cluster becomes two (rule M4). */
final class SeveralClusters {
    static final List<Class<?>> MESSAGES = List.of(ClusterProbe.class, GiveWay.class, HistoryPart.class);

    private static final long LOOKS_EVERY_NS = 200 * Profile.MS;
    private static final int LOOKS = 40;

    private final Schedule schedule;
    private final Faults faults;

    SeveralClusters(Schedule schedule, Faults faults) {
        this.schedule = schedule;
        this.faults = faults;
    }

    static FaultKind any(RandomGenerator random) {
        return switch (random.nextInt(5)) {
            case 0, 1 -> FaultKind.ISLAND;
            case 2 -> FaultKind.SPLIT;
            default -> FaultKind.VISIT;
        };
    }

    private void after(long delayNs, Runnable what) {
        schedule.timeline().after(delayNs, what);
    }

    /** It ends, one way or the other, and its next process joins nobody. */
    @Nullable String island(NodeProcess process, SplittableRandom random) {
        int most = random.nextInt(4) == 0 ? 2 : 1;
        if (schedule.clusters().living().size() > most) {
            return null;
        }
        Host host = process.host();
        schedule.clusters().willForm(host);
        if (random.nextInt(3) != 0 || faults.leave(process, random) == null) {
            faults.end(process, 500 * Profile.MS + random.nextLong(3 * Profile.SECOND), random);
            faults.startAgain(host, random.nextLong(Profile.SECOND));
        }
        boolean apart = random.nextBoolean();
        if (apart) {
            cut(Set.of(host), 2 * Profile.SECOND + random.nextLong(6 * Profile.SECOND));
        }
        return host + (apart ? ", which nobody hears for a while" : "");
    }

    private void cut(Set<Host> hosts, long lastsNs) {
        for (Host one : hosts) {
            for (Host other : schedule.hosts()) {
                if (!hosts.contains(other)) {
                    schedule.network().cut(one, other);
                    schedule.network().cut(other, one);
                    after(lastsNs, () -> {
                        schedule.network().mend(one, other);
                        schedule.network().mend(other, one);
                    });
                }
            }
        }
    }

    /** A process joins the smallest cluster, publishes there, and leaves, crashes, or stays. */
    @Nullable String visit(Host host, SplittableRandom random) {
        List<Members> living = schedule.clusters().living();
        if (living.size() < 2) {
            return null;
        }
        Members largest = schedule.clusters().largest(living);
        Members to = living.stream()
                .filter(cluster -> cluster != largest)
                .findFirst()
                .orElseThrow();
        NodeProcess process = host.process();
        if (process != null && !(largest.size() > 1 && largest.uids().contains(process.uid()))) {
            return null;
        }
        schedule.clusters().willJoin(host, to);
        if (process != null) {
            faults.end(process, 500 * Profile.MS + random.nextLong(Profile.SECOND), random);
        }
        faults.startAgain(host, random.nextLong(300 * Profile.MS));
        visits(host, to, LOOKS, random);
        return host + " comes to " + to;
    }

    private void visits(Host host, Members to, int looks, SplittableRandom random) {
        after(LOOKS_EVERY_NS, () -> {
            NodeProcess process = host.process();
            boolean isThere = process != null && process.isUp() && to.uids().contains(process.uid());
            if (faults.areOver() || looks == 0) {
                return;
            } else if (process == null || !isThere) {
                visits(host, to, looks - 1, random);
                return;
            }
            schedule.counts().add("clusters: a short incarnation on an island");
            if (host.mayProduce() && process.mayPublish() && !process.isPaused()) {
                int burst = 1 + random.nextInt(schedule.profile().burst());
                process.input(() -> schedule.workload().publish(process, burst, 0));
            }
            after(random.nextLong(Profile.SECOND), () -> goes(process, random));
        });
    }

    private void goes(NodeProcess process, SplittableRandom random) {
        if (process.isDead() || faults.areOver()) {
            return;
        }
        switch (random.nextInt(3)) {
            case 0 -> faults.leave(process, random);
            case 1 -> faults.restart(process, random);
            default -> schedule.trace(process.host(), () -> "stays");
        }
    }

    /** The members at some hosts and the others hear nothing of each other, and remove each other. */
    @Nullable String split(SplittableRandom random) {
        List<Members> living = schedule.clusters().living();
        Members cluster = living.isEmpty() ? null : schedule.clusters().largest(living);
        if (cluster == null || living.size() > 1 || cluster.size() < 2) {
            return null;
        }
        Set<Host> part = new HashSet<>();
        for (Host host : schedule.hosts()) {
            if (random.nextBoolean()) {
                part.add(host);
            }
        }
        long untilNs = Profile.SECOND + random.nextLong(3 * Profile.SECOND);
        cut(part, untilNs + random.nextLong(5 * Profile.SECOND));
        after(untilNs, () -> {
            long moving = cluster.hosts().stream()
                    .filter(host -> part.contains(host) && host.isUp())
                    .count();
            if (!faults.areOver()
                    && schedule.clusters().living().size() == 1
                    && moving > 0
                    && moving < cluster.size()) {
                Members other = schedule.clusters().part(cluster, part);
                schedule.trace("*", () -> cluster + " and " + other + " have parted");
            }
        });
        return part + " and the others";
    }
}
