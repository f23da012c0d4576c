package dev.gapless.core.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The guarantees hold whatever goes wrong. {@code -Dgapless.simulation.seeds=1000..2000} runs other seeds than the normal
 * ones. A seed that fails is run again, with a trace.
 */
class SimulationTest {
    private static final int SEEDS = 200;
    private static final int LINES_SHOWN = 150;

    /** A run in which one of these never happens proves nothing about it. */
    private static final List<String> KINDS = List.of(
            "delivered",
            "expired: OVERRUN",
            "expired: POSITION_UNKNOWN",
            "expired: PRODUCER_LOST",
            "expired: PRODUCER_RESTARTED",
            "expired: REGISTERED_LATE",
            "producer left",
            "fault: clock set",
            "fault: crash",
            "fault: cursor forgotten",
            "fault: cut",
            "fault: cut in one direction",
            "fault: delay",
            "fault: frozen subscription",
            "fault: leave",
            "fault: loss",
            "fault: pause",
            "fault: reload fails",
            "fault: reset",
            "fault: restart",
            "fault: slow subscription",
            "joined",
            "packet carried into the next life",
            "publish waits",
            "publish refused: TimedOut",
            "ready without somebody",
            "reload answers with positions",
            "resumed elsewhere",
            "resumed in the same life",
            "runs without faults",
            "runs without faults, with backpressure",
            "subscribed: Earliest",
            "subscribed: Latest",
            "subscribed: Since",
            "subscription cancelled",
            "token taken during a reload");

    @Test
    @DisplayName("G1 to G7 hold under loss, resets, cuts, pauses, restarts, crashes, leaves and slow subscriptions")
    void theGuaranteesHoldWhateverGoesWrong() {
        String range = System.getProperty("gapless.simulation.seeds");
        Counts all = new Counts();
        if (range == null) {
            runAll(1, SEEDS, all);
            KINDS.forEach(kind -> assertTrue(all.of(kind) > 0, () -> "never happened: " + kind + "\n" + all));
        } else {
            int dots = range.indexOf("..");
            long first = Long.parseLong(dots < 0 ? range : range.substring(0, dots));
            runAll(first, dots < 0 ? first : Long.parseLong(range.substring(dots + 2)), all);
        }
        System.out.print(all);
    }

    private static void runAll(long first, long last, Counts all) {
        for (long seed = first; seed <= last; seed++) {
            all.add(run(seed));
        }
    }

    private static Counts run(long seed) {
        try {
            return new Simulation(seed, false).run();
        } catch (RuntimeException | AssertionError e) {
            return fail(describe(seed), e);
        }
    }

    /** The same seed once more, with a trace. */
    private static String describe(long seed) {
        Simulation again = new Simulation(seed, true);
        StringBuilder text = new StringBuilder();
        try {
            again.run();
        } catch (RuntimeException | AssertionError e) {
            text.append(e).append('\n');
        }
        List<String> lines = again.trace().lines();
        int from = Math.max(0, lines.size() - LINES_SHOWN);
        lines.subList(from, lines.size()).forEach(line -> text.append(line).append('\n'));
        again.hosts().stream()
                .filter(Host::isUp)
                .forEach(host -> text.append(host.node().describe()).append('\n'));
        text.append("Seed ").append(seed);
        text.append(". To run it again: mvn verify -pl modules/core -Dtest=SimulationTest -Dgapless.simulation.seeds=");
        return text.append(seed).append('\n').toString();
    }
}
