package dev.gapless.internal.publish;

import dev.gapless.core.producer.ReceiptAnswer;
import dev.gapless.core.producer.ReceiptAnswer.Kind;
import dev.gapless.core.producer.ReceiptAnswer.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/**
 * Which nodes have messages, by their names.
 *
 * @param isHeld do as many have them as were wanted?
 * @param lacking those that do not, and how each of their incarnations is to them
 */
public record Standings(boolean isHeld, Set<String> holders, Map<String, List<Standing>> lacking) {
    private static final long MS_PER_S = 1_000;

    /** Of nobody is anything known. */
    static final Standings UNKNOWN = new Standings(false, Set.of(), Map.of());

    static Standings of(ReceiptAnswer answer, LongFunction<String> names) {
        Set<String> holders = new TreeSet<>();
        Map<String, List<Standing>> lacking = new TreeMap<>();
        answer.standings().forEach((uid, standing) -> {
            if (standing.kind() == Kind.HELD) {
                holders.add(names.apply(uid));
            }
        });
        answer.standings().forEach((uid, standing) -> {
            String name = names.apply(uid);
            if (!holders.contains(name)) { // another incarnation of the node may have them
                lacking.computeIfAbsent(name, its -> new ArrayList<>()).add(standing);
            }
        });
        return new Standings(answer.isHeld(), holders, lacking);
    }

    /** {@return the nodes that do not have them, and why, for people} */
    Map<String, String> reasons() {
        Map<String, String> reasons = new TreeMap<>();
        lacking.forEach((node, its) ->
                reasons.put(node, its.stream().map(Standings::text).collect(Collectors.joining(", "))));
        return reasons;
    }

    private static String text(Standing standing) {
        return switch (standing.kind()) {
            case HELD -> "held";
            case BEHIND -> "behind by " + standing.amount();
            case SILENT -> String.format(Locale.ROOT, "silent for %.1f s", (double) standing.amount() / MS_PER_S);
            case EXPIRED -> "expired";
            case REMOVED -> "removed";
            case UNSUBSCRIBED -> "unsubscribed";
            case LATER -> "began later";
        };
    }

    /** Who has them, and who does not, for people. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(
                holders.isEmpty() ? "no node is known to have it" : "known to have it: " + String.join(", ", holders));
        reasons()
                .forEach((node, why) ->
                        text.append("; ").append(node).append(": ").append(why));
        return text.toString();
    }
}
