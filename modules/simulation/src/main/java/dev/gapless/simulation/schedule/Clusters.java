package dev.gapless.simulation.schedule;

import dev.gapless.core.node.OtherClusterSettings;
import dev.gapless.simulation.oracle.Heard;
import dev.gapless.simulation.oracle.Truth;
import dev.gapless.simulation.oracle.Violation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The clusters: one, unless a process forms another one, or members remove each other. Whoever gave way joins those that it gave way to,
 * or any other, and forms a cluster only if there is none.
 */
final class Clusters {
    private final Schedule schedule;
    private final RandomGenerator random;
    private final Truth truth;
    private final List<Members> all = new ArrayList<>();
    private final Map<Long, Members> byUid = new HashMap<>();
    private final Set<Long> removed = new HashSet<>();
    private final Map<Long, Integer> numbers = new HashMap<>();
    /** What the next process of a host does: it forms a cluster, or joins this one if it is still there. */
    private final Set<Host> form = new HashSet<>();

    private final Map<Host, Members> wanted = new HashMap<>();
    /** For each cluster which processes had a word of which others, and when the last. */
    private final Map<Members, Map<Members, Map<Long, Long>>> met = new HashMap<>();

    /** Those with a member that was asked by one that it had removed, or that had removed it. */
    private final Set<Members> estranged = new HashSet<>();

    private final Map<Long, Long> endedNs = new HashMap<>();
    /** Those that lived when their cluster removed them: each takes itself for a member of one, with those that it still sees. */
    private final Set<Long> outlived = new HashSet<>();

    /** From then on a process says nothing of those who join it. */
    private final Map<Long, Long> gaveWayNs = new HashMap<>();

    Clusters(Schedule schedule, RandomGenerator random, Truth truth) {
        this.schedule = schedule;
        this.random = random;
        this.truth = truth;
    }

    private Members found() {
        Members members = new Members(this, schedule, random, truth, all.size() + 1);
        all.add(members);
        return members;
    }

    // ------------------------------------------------------------------ who joins which

    /** A process that has started joins a cluster, or forms one. */
    void join(NodeProcess process) {
        Members cluster = choose(process.host(), process.uid());
        byUid.put(process.uid(), cluster);
        numbers.put(process.uid(), cluster.nextNumber());
        if (all.size() > 1) {
            schedule.trace(process.host(), () -> "joins " + cluster);
        }
        cluster.join(process);
    }

    private Members choose(Host host, long uid) {
        Members wants = wanted.remove(host);
        boolean forms = form.remove(host);
        if (all.isEmpty()) {
            return found();
        } else if (!schedule.profile().clusters()) {
            return all.get(0);
        }
        List<Members> living = living();
        if (forms || living.isEmpty()) {
            if (!living.isEmpty()) {
                schedule.counts().add("clusters: formed by a process that did not join");
            }
            return found();
        } else if (wants != null && living.contains(wants)) {
            return wants;
        }
        List<Long> before = host.before(uid, incarnation -> living.contains(byUid.get(incarnation)));
        boolean likeBefore = !before.isEmpty() && new SplittableRandom(uid).nextBoolean();
        return likeBefore ? of(before.get(before.size() - 1)) : largest(living);
    }

    /** The process that starts at this host next forms a cluster. */
    void willForm(Host host) {
        form.add(host);
    }

    /** The process that starts at this host next joins this cluster. */
    void willJoin(Host host, Members cluster) {
        form.remove(host);
        wanted.put(host, cluster);
    }

    /** The process that starts at this host next joins whoever is at this address now. */
    void willFollow(Host host, String address) {
        form.remove(host);
        NodeProcess there = schedule.hostAt(address).process();
        if (there != null && byUid.containsKey(there.uid())) {
            wanted.put(host, of(there.uid()));
        }
    }

    /** Those with a process that lives. */
    List<Members> living() {
        return all.stream().filter(members -> members.size() > 0).toList();
    }

    Members largest(List<Members> of) {
        return of.stream().max(Comparator.comparingInt(Members::size)).orElseThrow();
    }

    // ------------------------------------------------------------------ one cluster becomes two

    /** These hosts and the others of that cluster remove each other, and live on. */
    Members part(Members cluster, Set<Host> hosts) {
        schedule.counts().add("clusters: parted, both live on");
        Members part = found();
        cluster.moveTo(part, hosts);
        part.uids().forEach(uid -> byUid.put(uid, part));
        met.getOrDefault(cluster, Map.of())
                .forEach((other, by) ->
                        met.computeIfAbsent(part, of -> new HashMap<>()).put(other, new HashMap<>(by)));
        if (estranged.contains(cluster)) {
            estranged.add(part);
        }
        return part;
    }

    /** From now on nobody forms another one. */
    void end() {
        form.clear();
    }

    // ------------------------------------------------------------------ what one has heard of the other

    /**
     * A process has a word of the oldest member of another cluster. If that one still takes members of this cluster for its own, it has not
     * heard that there are two, and speaks for neither.
     */
    void meet(long uid, long otherUid, Set<Long> itsMembers) {
        Members one = byUid.get(uid);
        Members other = byUid.get(otherUid);
        if (one == null || other == null) {
            return;
        } else if (one == other) {
            estranged.add(one);
            return;
        }
        boolean speaks = Collections.disjoint(itsMembers, one.uids());
        long saidNs = Math.min(schedule.timeline().nowNs(), gaveWayNs.getOrDefault(otherUid, Long.MAX_VALUE));
        met.computeIfAbsent(one, of -> new HashMap<>())
                .computeIfAbsent(other, of -> new HashMap<>())
                .merge(uid, speaks ? saidNs : 0, Math::max);
    }

    void ended(NodeProcess process) {
        endedNs.put(process.uid(), schedule.timeline().nowNs());
    }

    /** When one of this cluster had a word of that one the last time, which was there long enough to tell; once that one is over. */
    private long heardUntilNs(@Nullable Members cluster, Members other) {
        return other.size() > 0 ? Long.MAX_VALUE : lastWordNs(cluster, other);
    }

    /** The same, whether it is over or not; 0 if nobody heard who could tell. */
    private long lastWordNs(@Nullable Members cluster, @Nullable Members other) {
        long lastNs = 0;
        for (Map.Entry<Long, Long> by : met.getOrDefault(cluster, Map.of())
                .getOrDefault(other, Map.of())
                .entrySet()) {
            boolean tells = endedNs.getOrDefault(by.getKey(), Long.MAX_VALUE)
                    > by.getValue() + schedule.profile().toTellOfAnotherNs();
            lastNs = tells ? Math.max(lastNs, by.getValue()) : lastNs;
        }
        return lastNs;
    }

    /** What this process's cluster has to do with others. */
    Heard.OtherClusters others(long uid) {
        return new Heard.OtherClusters() {
            @Override
            public boolean isElsewhere(long otherUid) {
                Members other = byUid.get(otherUid);
                Members own = byUid.get(uid);
                return other != null && own != null && other != own;
            }

            @Override
            public long heardUntilNs(long otherUid) {
                return isElsewhere(otherUid)
                        ? Clusters.this.heardUntilNs(byUid.get(uid), of(otherUid))
                        : Long.MAX_VALUE;
            }

            @Override
            public boolean areHeardOf() {
                Members own = byUid.get(uid);
                return met.containsKey(own) || estranged.contains(own);
            }

            @Override
            public boolean isStranger(long otherUid) {
                return byUid.containsKey(uid) && isElsewhere(otherUid) && lastWordNs(of(uid), of(otherUid)) == 0;
            }
        };
    }

    /** A process gives way: that is right only if there was another cluster, or somebody who takes itself for one. */
    void givesWay(NodeProcess process, String address) {
        gaveWayNs.putIfAbsent(process.uid(), schedule.timeline().nowNs());
        if (all.size() < 2) {
            if (!livedOnAt(address)) {
                throw new Violation(
                        "M4: " + process.host() + " gives way to " + address + ", and there is one cluster");
            }
            schedule.counts().add("clusters: a node gave way to one that was removed and lived on");
        }
    }

    /**
     * Is somebody at this address, or was lately, that its cluster had removed? That may have told another to give way (a known limit), which
     * takes its time.
     */
    private boolean livedOnAt(String address) {
        long latelyNs = schedule.timeline().nowNs() - schedule.profile().toTellOfAnotherNs();
        return outlived.stream()
                .filter(uid -> schedule.hostOf(uid).addressOf(uid).equals(address))
                .anyMatch(uid -> endedNs.getOrDefault(uid, Long.MAX_VALUE) > latelyNs);
    }

    /** How a process looks for other clusters; null if it does not. */
    @Nullable OtherClusterSettings settingsOf(Host host, long uid) {
        Profile.SeveralClusters several = schedule.profile().several();
        if (several == null) {
            return null;
        }
        Set<String> seeds = new HashSet<>();
        for (Host seed : schedule.hosts()) {
            if (seed.index()
                    != several.seedsLeftOut()) { // of two clusters one has but seed nodes, and the other asks those
                seeds.add(seed.seedAddress());
            }
        }
        return new OtherClusterSettings(Schedule.CLUSTER, host.addressOf(uid), seeds, !warns(uid), several.graceNs());
    }

    private boolean warns(long uid) {
        Profile.SeveralClusters several = schedule.profile().several();
        return several != null
                && several.warns()
                && new SplittableRandom(uid).split().nextInt(3) == 0;
    }

    /** Does a process live that does not give way? */
    boolean aNodeWarns() {
        return schedule.hosts().stream()
                .map(Host::process)
                .anyMatch(process -> process != null && warns(process.uid()));
    }

    // ------------------------------------------------------------------ of members, whichever cluster they are in

    Members of(long uid) {
        return Objects.requireNonNull(byUid.get(uid));
    }

    /** Are these members of two clusters? */
    boolean areTwo(long uid, long otherUid) {
        return byUid.containsKey(uid) && byUid.containsKey(otherUid) && of(uid) != of(otherUid);
    }

    /** As how manieth it joined. */
    long number(long uid) {
        return Objects.requireNonNull(numbers.get(uid));
    }

    /** Have the others given it up? */
    boolean wasRemoved(long uid) {
        return removed.contains(uid);
    }

    void onRemoved(long uid) {
        removed.add(uid);
        if (!endedNs.containsKey(uid)) {
            outlived.add(uid);
        }
        truth.onMemberGone(uid);
    }

    void remove(long uid) {
        Members cluster = byUid.get(uid);
        if (cluster != null) {
            cluster.remove(uid);
        }
    }

    /** This one is found to be unreachable, or not any more. */
    void reachable(long uid, boolean reachable) {
        Members cluster = byUid.get(uid);
        if (cluster != null) {
            cluster.reachable(uid, reachable);
        }
    }
}
