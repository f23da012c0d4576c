package dev.gapless.internal.publish;

import dev.gapless.core.Position;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.log.LogParts;
import dev.gapless.core.producer.ReceiptAnswer.Kind;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which consumers messages have reached, by the names of their nodes.
 *
 * @param isComplete do all have them that are known?
 * @param waitingFor those that have yet to get them
 * @param missed what some were told that they missed of them
 * @param notKnown those that go on behind them, and of which nobody knows here whether they had them
 */
public record Reached(boolean isComplete, Set<String> waitingFor, List<Missed> missed, Set<String> notKnown) {

    /**
     * What a node was told that it missed.
     *
     * @param first the first message
     * @param count how many there are, from there to the last; a few between may have been delivered
     */
    public record Missed(String node, Position first, long count) {}

    /** @param isEarlier are they of an earlier incarnation, which alone knew who had them? */
    static Reached of(Standings standings, List<Misses.Missed> misses, LogParts parts, boolean isEarlier) {
        Set<String> waitingFor = new TreeSet<>();
        Set<String> notKnown = new TreeSet<>();
        Set<String> missedBy = misses.stream().map(Misses.Missed::node).collect(Collectors.toSet());
        standings.lacking().forEach((node, its) -> {
            if (its.stream().anyMatch(one -> one.kind() == Kind.BEHIND || one.kind() == Kind.SILENT)) {
                waitingFor.add(node);
            } else if (!missedBy.contains(node)
                    && its.stream()
                            .anyMatch(one -> one.kind() == Kind.EXPIRED || (isEarlier && one.kind() == Kind.LATER))) {
                notKnown.add(node);
            }
        });
        List<Missed> missed = misses.stream()
                .map(one -> new Missed(one.node(), position(one.first(), parts), one.count()))
                .toList();
        return new Reached(standings.isHeld() && missed.isEmpty() && notKnown.isEmpty(), waitingFor, missed, notKnown);
    }

    private static Position position(long inOwn, LogParts parts) {
        long number = parts.own().number(inOwn);
        LogPart part = parts.at(number);
        return new Position(part.epoch(), part.sequence(number));
    }
}
