package dev.gapless.examples.pricing.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Two reads of a process in a row: no version falls, and a symbol that was gone comes back with a higher one. A version of a symbol has one
 * amount, wherever it is read. Thread-safe.
 */
public final class PriceChecker {
    private static final int MOST_VIOLATIONS = 20;

    /** What a process has shown at a path so far. */
    private static final class Seen {
        final Map<String, Long> highest = new HashMap<>();
        final Set<String> gone = new HashSet<>();
    }

    private final Map<String, Seen> seen = new HashMap<>();
    private final Map<String, Double> amounts = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long reads;

    /** A process has this price, which nobody else may have otherwise. */
    public synchronized void has(String where, Row row) {
        Double other = amounts.putIfAbsent(row.symbol() + " version " + row.version(), row.amount());
        if (other != null && other != row.amount()) {
            violation(where + ": " + row + " was " + other + " elsewhere");
        }
    }

    /** A process shows these rows at this path: one that was started again is another process. */
    public synchronized void shows(String process, String path, Map<String, Row> rows) {
        String where = process + " " + path;
        Seen before = seen.computeIfAbsent(where, unknown -> new Seen());
        rows.forEach((symbol, row) -> {
            long highest = before.highest.getOrDefault(symbol, 0L);
            if (row.version() < highest) {
                violation(where + ": " + row + " fell from version " + highest);
            } else if (row.version() == highest && before.gone.contains(symbol)) {
                violation(where + ": " + row + " came back, which was deleted later");
            }
            if (!symbol.equals(row.symbol())) {
                violation(where + ": " + row + " is at " + symbol);
            }
            has(where, row);
            before.highest.put(symbol, Math.max(highest, row.version()));
            before.gone.remove(symbol);
        });
        before.highest.keySet().stream()
                .filter(known -> !rows.containsKey(known))
                .forEach(before.gone::add);
        reads++;
    }

    /** What the one has otherwise than the other: symbols, with both rows. */
    public static Map<String, String> differences(Map<String, Row> source, Map<String, Row> shown) {
        Map<String, String> different = new TreeMap<>();
        Set<String> symbols = new HashSet<>(source.keySet());
        symbols.addAll(shown.keySet());
        for (String symbol : symbols) {
            Row row = source.get(symbol);
            Row other = shown.get(symbol);
            if (row == null || !row.equals(other)) {
                different.put(symbol, row + " is shown as " + other);
            }
        }
        return different;
    }

    private void violation(String what) {
        if (violations.size() < MOST_VIOLATIONS) {
            violations.add(what);
        }
    }

    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** How often somebody has shown something. */
    public synchronized long reads() {
        return reads;
    }
}
