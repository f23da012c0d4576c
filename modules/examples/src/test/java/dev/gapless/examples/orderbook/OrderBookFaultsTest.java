package dev.gapless.examples.orderbook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Reason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Order books, by hand and as tables, that are killed, cut and overrun at random, and equal their source at every quiet moment. For some seconds, or as many
 * minutes as {@code -Dexamples.minutes} says; {@code -Dexamples.seed} repeats one run.
 */
@Tag("thorough")
@Tag("day0")
class OrderBookFaultsTest {
    private static final int QUIET_MOMENTS = 5;
    private static final int FAULTS_BETWEEN = 40;
    private static final Duration SHORT = Duration.ofSeconds(5);
    /** However slow the machine: enough for each fault to occur. */
    private static final int LEAST_RUNS = 3;

    @Test
    void equalsItsSourceAtEveryQuietMoment() throws Exception {
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        Map<Reason, Integer> expiries = new EnumMap<>(Reason.class);
        Long only = Long.getLong("examples.seed");
        long minutes = Long.getLong("examples.minutes", 0);
        Duration budget = minutes == 0 ? SHORT : Duration.ofMinutes(minutes);
        long untilNs = System.nanoTime() + budget.toNanos();
        long seed = only == null ? 1 : only;
        int quiet = 0;
        do {
            try (Market market = new Market(seed)) {
                for (int i = 0; i < QUIET_MOMENTS; i++) {
                    for (int fault = 0; fault < FAULTS_BETWEEN; fault++) {
                        market.next();
                    }
                    market.calm();
                    for (int book = 0; book < Market.BOOKS; book++) {
                        Map<Level, Long> offered = market.source().quantities();
                        String at = "seed " + seed + ", book " + book + ": " + market.log();
                        assertEquals(offered, market.quantities(book), at);
                        assertEquals(offered, market.quantitiesOfTable(book), at);
                    }
                    quiet++;
                }
                market.faults().forEach((fault, times) -> faults.merge(fault, times, Integer::sum));
                market.expiries().forEach((reason, times) -> expiries.merge(reason, times, Integer::sum));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("Seed " + seed + " (-Dexamples.seed=" + seed + ")", e);
            }
            seed++;
        } while (only == null && (seed <= LEAST_RUNS || System.nanoTime() - untilNs < 0));
        System.out.println("Quiet moments: " + quiet + ", runs: " + (only == null ? seed - 1 : 1) + ", faults: "
                + faults + ", expiries: " + expiries);
        assertTrue(only != null || faults.keySet().equals(EnumSet.allOf(Fault.class)), () -> "Only " + faults);
        assertTrue(
                only != null
                        || expiries.keySet()
                                .containsAll(
                                        EnumSet.of(Reason.OVERRUN, Reason.PRODUCER_RESTARTED, Reason.PRODUCER_LOST)),
                () -> "Only " + expiries);
    }
}
