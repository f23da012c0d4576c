package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * T_RETURN: rows of a source change, and the node that keeps them in a table, or by hand, is stopped for longer than the ring lasts. It has to
 * read all of them again.
 */
final class TableReturnRun extends OneRun {
    private static final int KEYS = 1_000_000;

    /** At which rows change while the node is stopped: the ring has a third of that. */
    private static final int AWAY_RATE = 40_000;

    private static final int RINGS = 3;
    private static final int RETURNS_BEFORE = 2;

    /** For orders to come. */
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(1);

    private static final Duration FILLING = Duration.ofMinutes(2);

    /** For the rows that are there, and those that are read. */
    private static final String HEAP = "-Xmx2g";

    /** Each subscription would wait for a time of its own, up to a second: no two could be compared. */
    private static final String NO_JITTER = "-Dgapless.reload-jitter=0s";

    TableReturnRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    /** What the node said. */
    private record Level(long atNs, long missed, long received, long reads, long beganNs, long readNs) {
        static Level parse(String line) {
            String[] words = line.split(" ", -1);
            return new Level(
                    Long.parseLong(words[0]),
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]),
                    Long.parseLong(words[4]),
                    Long.parseLong(words[5]));
        }
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        int keys = KEYS / plan.scale().topicsDivisor();
        String[] options = {"-Dgapless.overflow=expire", NO_JITTER, HEAP, ring(ringMessages())};
        Child publisher = children.start("publisher", options(options), BenchProcess.ROWS_PUBLISHER, keys);
        Child rows = children.start("node with rows", options(options), BenchProcess.ROWS_RETURN, peer.name(), keys);
        connect(List.of(publisher, rows));
        rows.order("open " + publisher.answer("source", PATIENCE));
        rows.answer("opened", FILLING);
        for (int i = 0; i < RETURNS_BEFORE; i++) {
            comeBack(publisher, rows, plan.warmUp().dividedBy(RETURNS_BEFORE));
        }
        Observation observation = new Observation(children);
        comeBack(publisher, rows, plan.measure());
        return observation.others();
    }

    /** @param settle how long it goes on after it is continued, at least */
    private void comeBack(Child publisher, Child rows, Duration settle)
            throws RunFailure, IOException, InterruptedException {
        rows.order("return");
        rows.answer("noted", PATIENCE);
        long stopNs = System.nanoTime() + SETTLE_NS;
        long continueNs = stopNs + plan.scale().stop().toNanos();
        int rate = workload.ratePerSecond();
        publisher.order("run " + stopNs + " " + rate + " " + continueNs + " " + AWAY_RATE + " " + rate);
        sleepUntil(stopNs);
        rows.signal("STOP");
        sleepUntil(continueNs);
        long continuedNs = System.nanoTime();
        rows.signal("CONT");
        Level level = Level.parse(rows.answer("level", PATIENCE));
        if (level.missed < ringMessages()) {
            throw new RunFailure("the ring held what the node missed, but for " + level.missed + " messages");
        }
        sleepUntil(continueNs + settle.toNanos());
        publisher.order("stop");
        rows.order("expect " + publisher.answer("published", PATIENCE));
        String problem = rows.answer("checked", PATIENCE);
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        figures.put(Figure.LEVEL, (level.atNs - continuedNs) / NS_PER_MS);
        figures.put(Figure.ANNOUNCED, (double) level.missed);
        figures.put(Figure.READS, (double) level.reads);
        figures.put(Figure.READ_BEGAN, (level.beganNs - continuedNs) / NS_PER_MS);
        figures.put(Figure.READ_TIME, level.readNs / NS_PER_MS);
        if (level.received >= 0) {
            figures.put(Figure.RECEIVED, (double) level.received);
        }
    }

    private long ringMessages() {
        return AWAY_RATE * plan.scale().stop().toMillis() / 1_000 / RINGS;
    }
}
