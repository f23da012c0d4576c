package dev.gapless.examples.orderbook;

import dev.gapless.core.Position;
import java.util.Map;

/**
 * A database at one moment.
 *
 * @param quantities of all levels, none of them 0
 * @param numbers the last change of each exchange that is in them
 * @param positions where a change was published that is in them, by exchange; there may be later ones that are in them, too
 */
public record Snapshot(Map<Level, Long> quantities, Map<String, Long> numbers, Map<String, Position> positions) {}
