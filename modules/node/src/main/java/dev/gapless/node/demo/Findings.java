package dev.gapless.node.demo;

import dev.gapless.node.Table;
import dev.gapless.node.demo.Screen.Colour;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** What the demo has seen, and whether it is as it ought to be. */
final class Findings {
    private final Map<String, Boolean> seen = new LinkedHashMap<>();
    private final Map<String, Long> longestCatchUpNs = new LinkedHashMap<>();

    /** Something that must be so. */
    void that(String what, boolean holds) {
        seen.merge(what, holds, Boolean::logicalAnd);
    }

    void catchUp(String name, long ns) {
        longestCatchUpNs.merge(name, ns, Math::max);
    }

    /** Prints the table; returns whether everything holds. */
    boolean print(Screen screen, Published published, Map<String, DemoWitness> witnesses) {
        screen.heading("What was verified");
        seen.forEach((what, holds) -> screen.print(
                "  " + (holds ? screen.paint(Colour.GREEN, "yes") : screen.paint(Colour.RED, "NO ")) + "  " + what));
        screen.print("");

        Collection<DemoWitness> all = witnesses.values();
        Table table = new Table(1);
        table.row(cells("", witnesses.keySet().stream()));
        table.row(cells("published", all.stream().map(w -> Screen.number(published.total()))));
        row(table, "delivered", all, DemoWitness::delivered);
        row(table, "announced as missed", all, DemoWitness::announced);
        row(table, "silent gaps", all, DemoWitness::silent);
        row(table, "duplicates", all, DemoWitness::duplicates);
        row(table, "altered", all, DemoWitness::altered);
        table.row(cells(
                "longest catch-up",
                witnesses.keySet().stream()
                        .map(name -> longestCatchUpNs.containsKey(name)
                                ? Screen.seconds(longestCatchUpNs.getOrDefault(name, 0L))
                                : "-")));
        List<String> lines = table.lines();
        screen.print("  " + screen.paint(Colour.BOLD, lines.get(0)));
        lines.stream().skip(1).forEach(line -> screen.print("  " + line));
        screen.print("");

        List<String> violations = new ArrayList<>();
        all.forEach(witness -> violations.addAll(witness.violations()));
        violations.stream().limit(20).forEach(text -> screen.print("  " + screen.paint(Colour.RED, text)));
        boolean held = violations.isEmpty() && seen.values().stream().allMatch(holds -> holds);
        screen.print(
                held
                        ? screen.paint(
                                Colour.GREEN, "Everything held: what was not delivered was announced, in its place.")
                        : screen.paint(Colour.RED, "NOT everything held."));
        return held;
    }

    private static void row(
            Table table, String title, Collection<DemoWitness> witnesses, ToLongFunction<DemoWitness> value) {
        table.row(cells(title, witnesses.stream().map(w -> Screen.number(value.applyAsLong(w)))));
    }

    private static String[] cells(String title, Stream<String> values) {
        return Stream.concat(Stream.of(title), values).toArray(String[]::new);
    }
}
