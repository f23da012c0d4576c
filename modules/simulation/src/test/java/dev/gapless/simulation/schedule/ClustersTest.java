package dev.gapless.simulation.schedule;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What the simulation and its judges take for the members of several clusters. */
class ClustersTest {
    private static final int MOST_SEEDS = 300;
    private static final Pattern UP = Pattern.compile(" *[0-9.]+  (n\\d) +is up");
    private static final Pattern SEES = Pattern.compile(" *[0-9.]+  (n\\d) +sees (n\\d)\\.1 joining");

    private static LongStream seeds() {
        return LongStream.rangeClosed(1, MOST_SEEDS)
                .filter(seed ->
                        Profile.of(new SplittableRandom(seed).split(), seed).clusters());
    }

    @Test
    void nobodyIsUpBeforeAllOthersHaveSeenItJoining() {
        assertTrue(seeds().count() > 10);
        seeds().forEach(seed -> {
            List<String> lines = new ArrayList<>();
            Simulator.trace(seed, Set.of(), lines::add);
            isSeenFirst(seed, lines);
        });
    }

    private static void isSeenFirst(long seed, List<String> lines) {
        Set<String> up = new HashSet<>();
        Map<String, Set<String>> seenBy = new HashMap<>();
        for (String line : lines) {
            Matcher sees = SEES.matcher(line);
            Matcher isUp = UP.matcher(line);
            if (sees.matches()) {
                seenBy.computeIfAbsent(sees.group(2), node -> new HashSet<>()).add(sees.group(1));
            } else if (isUp.matches() && up.add(isUp.group(1))) {
                Set<String> others = new HashSet<>(up);
                others.remove(isUp.group(1));
                others.removeAll(seenBy.getOrDefault(isUp.group(1), Set.of()));
                assertTrue(others.isEmpty(), () -> "seed " + seed + ", not seen by " + others + ": " + line);
            }
        }
    }

    /** Not if that one still takes somebody here for a member of its own. */
    @Test
    void aClusterIsHeardOfOnceItsOldestMemberKnowsThatThereAreTwo() {
        Schedule schedule = new Schedule(seeds().findFirst().orElseThrow(), Set.of(), null);
        schedule.hosts().forEach(host -> {
            schedule.truth().node(host.name());
            schedule.start(host);
        });
        schedule.timeline().runUntil(20 * Profile.SECOND);
        Clusters clusters = schedule.clusters();
        Host alone = schedule.hosts().get(0);
        long other = uid(alone);
        long reader = uid(schedule.hosts().get(1));
        clusters.part(clusters.of(other), Set.of(alone));
        clusters.meet(reader, other, Set.of(other, reader));
        assertTrue(clusters.others(reader).isStranger(other));
        clusters.meet(reader, other, Set.of(other));
        assertFalse(clusters.others(reader).isStranger(other));
    }

    private static long uid(Host host) {
        NodeProcess process = host.process();
        assert process != null : host;
        return process.uid();
    }
}
