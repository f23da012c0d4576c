package dev.gapless.core.subscription;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.feed.EarlierStreams;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a subscription is told beside what its feed says: before it reads anything, and where it is placed.
 *
 * @param upTo where it goes on behind that
 * @param early producers that left, to be told in front of the gaps
 * @param left producers that left, to be told behind them
 * @param sinceMs as long as it has not been told, a token knows of nothing that ended later
 */
record Pending(List<Gap> gaps, Map<Epoch, Place> upTo, List<Step.Left> early, List<Step.Left> left, long sinceMs) {
    static final Pending NOTHING = new Pending(List.of(), Map.of(), List.of(), List.of(), Long.MAX_VALUE);

    static Pending of(Missing.Announced announced, long sinceMs) {
        return new Pending(announced.gaps(), announced.upTo(), announced.early(), announced.left(), sinceMs);
    }

    boolean isNothing() {
        return gaps.isEmpty() && upTo.isEmpty() && left.isEmpty();
    }

    /** The same, and this; unknown if that may not be all. */
    Pending and(Missing.Announced announced, boolean unknown) {
        List<Gap> more = new ArrayList<>(gaps);
        if (unknown) {
            more.add(0, new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null));
        }
        more.addAll(announced.gaps());
        Map<Epoch, Place> further = new HashMap<>(upTo);
        further.putAll(announced.upTo());
        return new Pending(
                List.copyOf(more),
                further,
                and(early, announced.early()),
                and(left, announced.left()),
                unknown ? 0 : sinceMs);
    }

    /** The same, and this gap. */
    Pending and(Gap gap, Place to) {
        List<Gap> more = new ArrayList<>(gaps);
        more.add(gap);
        Map<Epoch, Place> further = new HashMap<>(upTo);
        further.put(to.stream().epoch(), to);
        return new Pending(List.copyOf(more), further, early, left, sinceMs);
    }

    /** The same, with these places where it has one of the same stream. */
    Pending at(Map<Epoch, Place> places) {
        Map<Epoch, Place> further = new HashMap<>(upTo);
        further.replaceAll((epoch, place) -> places.getOrDefault(epoch, place));
        return new Pending(gaps, further, early, left, sinceMs);
    }

    /** The same. Of streams of which it tells a gap no place leads further than their node's log has them by now. */
    Pending upTo(EarlierStreams stored, Frontier at) {
        Frontier behind = at.with(upTo);
        Map<Epoch, Place> reached = new HashMap<>();
        for (Gap gap : gaps) {
            Place place = gap.epoch() == null ? null : upTo.get(gap.epoch());
            if (place != null) {
                reached.put(place.stream().epoch(), stored.upTo(behind, place));
            }
        }
        return at(reached);
    }

    /** The same, but for what is told early, and by that. */
    Pending afterEarly(Collection<Epoch> announced) {
        Map<Epoch, Place> rest = new HashMap<>(upTo);
        rest.keySet().removeAll(announced);
        List<Step.Left> others = left.stream()
                .filter(one -> !announced.contains(one.position().epoch()))
                .toList();
        return new Pending(gaps, rest, List.of(), others, sinceMs);
    }

    private static List<Step.Left> and(List<Step.Left> some, List<Step.Left> others) {
        List<Step.Left> all = new ArrayList<>(some);
        all.addAll(others);
        return List.copyOf(all);
    }
}
