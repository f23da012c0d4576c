package dev.gapless.simulation.scenario;

import dev.gapless.core.feed.Feed;
import dev.gapless.core.log.Log;
import dev.gapless.simulation.oracle.Oracle;
import dev.gapless.simulation.oracle.Truth;

/** Guarantee G5, of one node. */
final class Bounds {
    private static final long LARGEST_ENTRY_BYTES = 1_000;

    private Bounds() {}

    static void check(ScenarioNode life, int nodes, Truth truth) {
        Oracle oracle = new Oracle(truth, life.settings(), true, World.NOBODY);
        if (life.node().producer() != null) {
            Log log = life.node().producer().log();
            oracle.isBounded("ring of " + life.name(), log.size(), log.bytes());
        }
        if (life.node().consumer() != null) {
            Feed feed = life.node().consumer().feed();
            oracle.isBounded("feed of " + life.name(), feed.size(), feed.bytes(), nodes, LARGEST_ENTRY_BYTES);
        }
    }
}
