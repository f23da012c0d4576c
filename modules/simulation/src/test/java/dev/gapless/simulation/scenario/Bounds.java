package dev.gapless.simulation.scenario;

import dev.gapless.core.delivery.ConsumerMeasures;
import dev.gapless.core.log.Log;
import dev.gapless.simulation.oracle.Oracle;
import dev.gapless.simulation.oracle.Truth;

/** Guarantee G5, of one node. */
final class Bounds {
    private static final long LARGEST_ENTRY_BYTES = 1_000;

    private Bounds() {}

    static void check(ScenarioNode incarnation, int nodes, Truth truth) {
        Oracle oracle = new Oracle(truth, incarnation.settings(), true, World.NOBODY);
        if (incarnation.node().producer() != null) {
            Log log = incarnation.node().producer().log();
            oracle.checkBounds("ring of " + incarnation.name(), log);
        }
        if (incarnation.node().consumer() != null) {
            ConsumerMeasures kept = incarnation.node().consumer().measures();
            oracle.checkBounds(
                    "feed of " + incarnation.name(),
                    kept.cacheMessages(),
                    kept.cacheBytes(),
                    nodes,
                    LARGEST_ENTRY_BYTES);
        }
    }
}
