package dev.gapless.core.reading;

import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.log.Slice;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a subscription is given next: messages of several producers in the order in which they came, until there is enough. Used once. */
final class Giving {
    private final Producers producers;
    private final TopicCache cache;
    private final Past past;
    private final PlaceRun.Builder run;
    /** One of each producer that has something. */
    private final List<Look.Turn> turns;

    private Places at;
    private int violations;

    /**
     * @param turns what can be given
     * @param mostBytes when there is enough
     */
    Giving(Producers producers, TopicCache cache, PlaceStanding here, List<Look.Turn> turns, long mostBytes) {
        this.producers = producers;
        this.cache = cache;
        this.past = here.past();
        this.at = here.places();
        this.turns = turns;
        this.run = new PlaceRun.Builder(mostBytes);
        collect();
    }

    private void collect() {
        while (Look.first(turns) instanceof Look.Turn.Give give && !run.isFull()) {
            GivenPart part = part(give);
            violations += follows(part) ? 0 : 1;
            run.add(part);
            at = part.leg().behind(part.count(), at);
            turns.remove(give);
            Look.Turn then = new Look(producers, at, past, cache).turn(give.slot());
            if (then != null) {
                turns.add(then);
            }
        }
    }

    private GivenPart part(Look.Turn.Give give) {
        Slice slice = give.piece().from(give.sequence());
        long last = give.generation().end() instanceof End.Stated stated ? stated.sequence() : Long.MAX_VALUE;
        int most = (int) Math.min(slice.count(), last - give.sequence() + 1);
        return new GivenPart(
                give.slot(),
                give.name(producers),
                give.generation().epoch(),
                give.sequence(),
                most < slice.count() ? slice.part(0, most) : slice);
    }

    /** Does it follow what was given before of its producer? */
    private boolean follows(GivenPart part) {
        ProducerPlace before = at.get(part.slot());
        if (before instanceof ProducerPlace.At known && known.epoch().equals(part.epoch())) {
            return part.sequence() == known.sequence() + 1;
        }
        if (before instanceof ProducerPlace.Stated stated
                && stated.position().epoch().equals(part.epoch())) {
            return part.sequence() == stated.position().sequence() + 1;
        }
        return part.sequence() == 1;
    }

    /** Messages; none if nothing is there. */
    PlaceRun run() {
        return run.isEmpty() ? PlaceRun.NONE : run.build();
    }

    /** A producer that left, if no messages come first. */
    Look.Turn.@Nullable Left left() {
        return Look.first(turns) instanceof Look.Turn.Left left ? left : null;
    }

    /** How many parts did not follow what was given before: a defect of Gapless. */
    int violations() {
        return violations;
    }
}
