package dev.gapless.simulation.schedule;

import dev.gapless.simulation.oracle.Violation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Processes that drop what the other one sends, as each has removed the other, and how long one sees the other listen without a word. */
final class Silences {
    private final Schedule schedule;
    private final Set<Set<Long>> mute = new HashSet<>();
    /** By who asks, and the address that is asked. */
    private final Map<Long, Map<String, Span>> spans = new HashMap<>();

    private boolean peopleKnow;

    /** From when to when somebody listened, and nothing was heard: without a break of a grace, which must count, and of three, which may. */
    private record Span(long mustSinceNs, long maySinceNs, long untilNs) {
        boolean mustCount(long ns) {
            return untilNs - mustSinceNs >= ns;
        }

        boolean mayCount(long ns) {
            return untilNs - maySinceNs >= ns;
        }

        Span standsStill() {
            return new Span(Long.MAX_VALUE, maySinceNs, untilNs);
        }

        Span until(long nowNs, long graceNs) {
            return new Span(
                    nowNs - untilNs <= graceNs ? Math.min(mustSinceNs, nowNs) : nowNs,
                    nowNs - untilNs <= 3 * graceNs ? maySinceNs : nowNs,
                    nowNs);
        }
    }

    Silences(Schedule schedule) {
        this.schedule = schedule;
    }

    /** These have removed those. */
    void areMute(Set<Long> uids, Set<Long> others) {
        uids.forEach(uid -> others.forEach(other -> mute.add(Set.of(uid, other))));
    }

    /** Does neither hear the other one? */
    boolean areMute(long uid, long otherUid) {
        return uid != otherUid && mute.contains(Set.of(uid, otherUid));
    }

    /** A process is told that somebody listens at this address. After six graces it has to tell, at the latest, whatever its clock is like. */
    void listens(NodeProcess process, String address) {
        long nowNs = schedule.timeline().nowNs();
        Map<String, Span> of = spans.computeIfAbsent(process.uid(), uid -> new HashMap<>());
        Span span = of.getOrDefault(address, new Span(nowNs, nowNs, nowNs)).until(nowNs, graceNs());
        of.put(address, span);
        Host host = schedule.hostAt(address);
        NodeProcess there = host.process();
        if (there != null
                && areMute(process.uid(), there.uid())
                && process.heard().sawTheEndOf(there.uid())
                && schedule.clusters().isSeedNode(host)
                && span.mustCount(15 * graceNs() / 2)) {
            schedule.counts().add("clusters: heard to be silent");
            schedule.clusters().isSilent(process.uid(), there.uid());
        }
    }

    /** A process has a word from this address. */
    void isHeard(long uid, String address) {
        spans.getOrDefault(uid, new HashMap<>()).remove(address);
    }

    /** A process stands still: it may have missed a word. If it is so for a moment only, it goes on counting. */
    void standsStill(long uid) {
        spans.getOrDefault(uid, new HashMap<>()).replaceAll((address, span) -> span.standsStill());
    }

    /** A process tells its cluster, and people. The first one after six graces tells of others that are silent for five, too. */
    void isTold(NodeProcess process, String address) {
        Span span = spans.getOrDefault(process.uid(), Map.of()).get(address);
        if (span == null
                || !span.mayCount(9 * graceNs() / 2)
                || !schedule.clusters().isSeedNode(schedule.hostAt(address))) {
            throw new Violation("M4: " + process.host() + " takes " + address + " for silent, and has found " + span);
        }
        NodeProcess there = schedule.hostAt(address).process();
        boolean needed = there != null && areMute(process.uid(), there.uid());
        schedule.counts().add(needed ? "clusters: told to be silent" : "clusters: told to be silent, needlessly");
        schedule.clusters().isToldOfSilence(process.uid());
        peopleKnow = true;
    }

    /** People are told that there is another cluster, of which something was heard: perhaps from others than those that are mute. */
    void tellPeople() {
        peopleKnow = true;
    }

    /** Were people told, and is it for them to end one of two clusters, whose oldest members may never hear each other? */
    boolean arePeopleToAct() {
        return peopleKnow && !mute.isEmpty();
    }

    private long graceNs() {
        Profile.SeveralClusters several = schedule.profile().several();
        return several == null ? Long.MAX_VALUE : several.graceNs();
    }
}
