package dev.gapless.simulation.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** A seed says it all: not the thread, nor the process, nor what ran before. */
class DeterminismTest {
    private static final int SEEDS = 12;
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
    void aScheduleWithoutFaultsIsAnotherOneUnlessThereAreNone() {
        List<String> lines = new ArrayList<>();
        Simulator.trace(1, new TreeSet<>(), lines::add);
        assertNotEquals(trace(1), lines);
        assertTrue(lines.stream().noneMatch(line -> line.contains("FAULT")), lines::toString);
    }

    @Test
    void aTraceIsNoWiderThanAScreenAndNamesLivesInsteadOfNumbers() {
        for (String line : trace(3)) {
            assertTrue(line.length() <= WIDEST, line);
            assertTrue(!EPOCH.matcher(line).find(), line);
        }
    }
}
