package dev.gapless.simulation.schedule;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What the simulation and its judges take for the members of several clusters. */
class ClustersTest {
    private static final int MOST_SEEDS = 300;

    private static LongStream seeds() {
        return LongStream.rangeClosed(1, MOST_SEEDS)
                .filter(seed ->
                        Profile.of(new SplittableRandom(seed).split(), seed).clusters());
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
