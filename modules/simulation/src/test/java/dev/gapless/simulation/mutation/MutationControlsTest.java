package dev.gapless.simulation.mutation;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.gapless.core.node.ShardSettings;
import dev.gapless.simulation.mutation.Judge.Mandate;
import dev.gapless.simulation.mutation.Mutant.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Plants faults into the real sources of the core, one at a time, and has each judged in a process of its own: by scenarios,
 * exploration and simulation. {@code -Dmutation=NAME} does it for that one alone, and looks for the fewest faults of the
 * network, the clocks and the processes that show it. {@code -Dplanted.share=0/3} takes each third one from the first on.
 */
@Isolated
class MutationControlsTest {
    private static final int AT_ONCE = 2;
    private static final long LAST_SEED = 2_000;
    /** Many times what the core takes without a fault, which {@link #theCoreItselfPasses} holds to a half of it. */
    private static final long AT_MOST_SECONDS = 300;

    /** The list of the design: none of them may be left out. */
    private static final String FAULTS_OF_THE_DESIGN = """
            restartSilent batchBelievedBeforeRegistered gapIgnored heartbeatWithoutSent noHeartbeat
            heartbeatNotAcked silenceIgnored producersFirstMissing lateNever readyEarly
            tokenUnresolvedTakenAsEmpty unresolvedForgotten noTargetUid olderSessionIgnoredAcrossLives
            sessionReuse trustRegistered overrunSilent serveOverwritten staleAckConfirms expiryNeverBack
            overrunWhereDifferent baseIgnoresExpiries overrunOfOneProducerOnly
            expiriesHandedOverWithoutSkipping tokenAheadOfReload goneTrusted publishWhileDraining
            exitTakenAsClean registerLatestAgain expiryUnconfirmedNotRepeated joinBehindAnyProducer
            joinReadsBaseAndOldestApart joinAtHead expiryNotCutOnJoin noFilterAtJoin noSessionCheck
            expiryFromZero windowNeverReturned
            """;

    @Test
    @DisplayName("Each fault of the design is among those that are planted")
    void eachFaultOfTheDesignIsPlanted() throws IOException {
        assumeFalse(ShardSettings.isByPlaces(), "they are planted by their harm");
        Set<String> planted = new HashSet<>();
        for (Mutation mutation : Mutations.all()) {
            for (String name : mutation.name().split("\\+", -1)) {
                assertTrue(planted.add(name), name + " is there twice");
            }
            assertFalse(mutation.breaks().isEmpty(), mutation.name() + " does not say what it breaks");
        }
        List<String> missing = new ArrayList<>(List.of(FAULTS_OF_THE_DESIGN.split("\\s+", -1)));
        missing.removeAll(planted);
        missing.remove("");
        assertEquals(List.of(), missing);
    }

    @Test
    @DisplayName("Each fault finds its place in the sources, and compiles")
    void eachFaultCanBePlanted() throws IOException {
        List<String> lost = new ArrayList<>();
        for (Mutation mutation : Mutations.all()) {
            try {
                Mutant.of(mutation);
            } catch (IllegalStateException e) {
                lost.add(mutation.name() + ": " + e.getMessage());
            }
        }
        assertEquals(List.of(), lost);
    }

    @Tag("thorough")
    @Test
    @DisplayName("The core without any of them passes what is to notice them")
    void theCoreItselfPasses() throws Exception {
        List<String> named = Mutations.all().stream()
                .flatMap(mutation -> mutation.named().stream())
                .distinct()
                .toList();
        List<Callable<Verdict>> halves = new ArrayList<>();
        for (int i = 1; i <= AT_ONCE; i++) {
            Mutant none = Mutant.none("none" + i);
            Mandate mandate = new Mandate(i, LAST_SEED, AT_ONCE, true, i == 1 ? named : List.of());
            halves.add(() -> none.judge(mandate, AT_MOST_SECONDS));
        }
        for (Verdict verdict : inParallel(halves)) {
            assertEquals("", verdict.killer() + verdict.what());
            assertTrue(verdict.seconds() < AT_MOST_SECONDS / 2.0, "too slow for this limit: " + verdict.seconds());
        }
    }

    @Tag("thorough")
    @Test
    @DisplayName("Each planted fault is noticed")
    void eachPlantedFaultIsNoticed() throws Exception {
        String only = System.getProperty("mutation");
        String[] share = System.getProperty("planted.share", "0/1").split("/", 2);
        int first = Integer.parseInt(share[0]);
        int step = Integer.parseInt(share[1]);
        List<Mutation> all = Mutations.all();
        List<Mutation> mutations = IntStream.range(0, all.size())
                .filter(i -> i % step == first)
                .mapToObj(all::get)
                .filter(mutation ->
                        only == null || Arrays.asList(only.split(",", -1)).contains(mutation.name()))
                .toList();
        assertFalse(mutations.isEmpty(), "there is no " + only);
        Map<String, Callable<Verdict>> trials = new LinkedHashMap<>();
        for (Mutation mutation : mutations) {
            trials.put(mutation.name(), () -> trial(mutation, only != null));
        }
        List<Verdict> verdicts = inParallel(List.copyOf(trials.values()));
        List<Executable> noticed = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            Mutation mutation = mutations.get(i);
            Verdict verdict = verdicts.get(i);
            noticed.add(() -> assertTrue(verdict.isKilled(), mutation.name() + " survived: " + mutation.breaks()));
        }
        assertAll(noticed);
    }

    private static Verdict trial(Mutation mutation, boolean fewestFaults) throws Exception {
        Mandate mandate = new Mandate(1, LAST_SEED, 1, fewestFaults, mutation.named());
        Verdict verdict;
        try {
            verdict = Mutant.of(mutation).judge(mandate, AT_MOST_SECONDS);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(mutation.name() + ": " + e.getMessage(), e);
        }
        String killer = verdict.isKilled() ? verdict.killer() : "SURVIVED";
        System.out.printf(
                Locale.ROOT, "%-34s %-12s %5.1f s  %s%n", mutation.name(), killer, verdict.seconds(), verdict.what());
        return verdict;
    }

    private static <T> List<T> inParallel(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
