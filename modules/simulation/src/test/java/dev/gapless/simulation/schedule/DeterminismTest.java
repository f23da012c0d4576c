package dev.gapless.simulation.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A seed says it all: not the thread, nor the process, nor what ran before. */
class DeterminismTest {
    /** In the last of them somebody is ready without several others, which are a set. */
    private static final int SEEDS = 22;

    private static final long FAULTY = 3;
    private static final Pattern FAULT = Pattern.compile("FAULT (\\d+):");
    private static final int WIDEST = 160;
    private static final Pattern EPOCH = Pattern.compile("\\b(?=[0-9a-f]*[a-f])[0-9a-f]{14,16}\\b");

    /** Prints what {@link #digests} returns; run by the test in a process of its own. */
    public static void main(String[] args) {
        System.out.println(digests());
    }

    private static List<Long> digests() {
        List<Long> digests = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            CRC32C digest = new CRC32C();
            trace(seed).forEach(line -> digest.update(line.getBytes(StandardCharsets.UTF_8)));
            digests.add(digest.getValue());
        }
        return digests;
    }

    private static List<String> trace(long seed) {
        List<String> lines = new ArrayList<>();
        Simulator.trace(seed, null, lines::add);
        return lines;
    }

    @Test
    void aSeedGivesTheSameTraceOnEachThread() throws Exception {
        List<Long> expected = digests();
        assertEquals(SEEDS, new TreeSet<>(expected).size(), "different seeds, different schedules");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Callable<List<Long>> again = DeterminismTest::digests;
            for (var digests : threads.invokeAll(List.of(again, again))) {
                assertEquals(expected, digests.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aSeedGivesTheSameTraceInEachProcess() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-ea",
                        "-Dgapless.consumers=" + System.getProperty("gapless.consumers", ""),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        DeterminismTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), printed);
        assertEquals(digests().toString(), printed.strip());
    }

    @Test
    void onlyTheFaultsThatAreNamedTakePlace() {
        assertEquals(List.of(), faults(FAULTY, Set.of()));
        List<String> all = faults(FAULTY, null);
        assertTrue(all.size() > 2, all::toString);
        // Left out or not, the others are the same, at the same time.
        Matcher first = FAULT.matcher(all.get(0));
        assertTrue(first.find());
        assertEquals(all.subList(0, 1), faults(FAULTY, Set.of(Integer.valueOf(first.group(1)))));
    }

    private static List<String> faults(long seed, @Nullable Set<Integer> only) {
        List<String> lines = new ArrayList<>();
        Simulator.trace(seed, only, lines::add);
        return lines.stream().filter(line -> FAULT.matcher(line).find()).toList();
    }

    @Test
    void aTraceIsNoWiderThanAScreenAndNamesIncarnationsInsteadOfNumbers() {
        for (String line : trace(FAULTY)) {
            assertTrue(line.length() <= WIDEST, line);
            assertTrue(!EPOCH.matcher(line).find(), line);
        }
    }
}
