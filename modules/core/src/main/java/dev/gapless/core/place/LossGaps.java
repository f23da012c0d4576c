package dev.gapless.core.place;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an application is told of a loss: one gap for each generation of which something is missing, with numbers where they are known (rule L6).
 *
 * <p>The gaps of one loss add up: behind them the subscription stands where the loss leads.
 */
public final class LossGaps {
    private final KnownProducer producer;
    private final KnownProducer.Passes passed;
    private final KnownProducer.Passes told;
    private final List<Gap> gaps = new ArrayList<>();

    private LossGaps(KnownProducer producer, KnownProducer.Passes passed, KnownProducer.Passes told) {
        this.producer = producer;
        this.passed = passed;
        this.told = told;
    }

    /**
     * The gaps of a loss, the oldest generation first.
     *
     * @param place where the subscription stands; null if it has no place
     * @param to where the loss leads
     * @param passed was that generation over before the subscription began? Asked where there is no place
     * @param told was it told as lost under its member's address?
     */
    public static List<Gap> of(
            KnownProducer producer,
            @Nullable ProducerPlace place,
            ProducerPlace to,
            KnownProducer.Passes passed,
            KnownProducer.Passes told) {
        LossGaps all = new LossGaps(producer, passed, told);
        boolean isCounted =
                place == null || (place instanceof ProducerPlace.At at && at.mark() != ProducerPlace.Mark.TOLD);
        if (isCounted && to instanceof ProducerPlace.At at && producer.generation(at.epoch()) != null) {
            all.count(place instanceof ProducerPlace.At from ? from : null, at);
        }
        if (all.gaps.isEmpty()) {
            all.uncounted(place, to);
        }
        return List.copyOf(all.gaps);
    }

    /** All generations from the place to where the loss leads. */
    private void count(ProducerPlace.@Nullable At from, ProducerPlace.At to) {
        if (from != null && producer.generation(from.epoch()) == null) {
            return; // nobody here knows where that is
        }
        boolean isBehind = from == null;
        for (Generation generation : producer.generations()) {
            ProducerPlace.At until = generation.epoch().equals(to.epoch()) ? to : null;
            if (from != null && generation.epoch().equals(from.epoch())) {
                isBehind = true;
                if (from.mark() == ProducerPlace.Mark.NONE) {
                    add(generation, from.sequence(), true, until);
                }
            } else if (isBehind && !told.test(generation) && (from != null || !passed.test(generation))) {
                add(generation, 0, false, until);
            }
        }
    }

    /**
     * What is missing of one generation.
     *
     * @param behind what the subscription has of it
     * @param isRead has it a place there?
     * @param to where the loss leads; null if that is in a later generation
     */
    private void add(Generation generation, long behind, boolean isRead, ProducerPlace.@Nullable At to) {
        Long first = isRead ? behind + 1 : null;
        if (generation.end() instanceof End.Open open) {
            Position next = successor(open);
            Reason why = next == null ? Reason.PRODUCER_LOST : Reason.PRODUCER_RESTARTED;
            gaps.add(gap(why, generation.epoch(), first, null, next));
        } else if (generation.end() instanceof End.Stated stated) {
            if (behind > stated.sequence() || generation.wentBack()) {
                gaps.add(gap(Reason.PRODUCER_LOST, generation.epoch(), behind + 1, null, null));
            } else if (behind < stated.sequence()) {
                boolean isInLog = producer.presence() == KnownProducer.Presence.COPIED && generation.inLog();
                Reason why = isInLog ? Reason.OVERRUN : Reason.PRODUCER_LOST;
                Position next = isInLog ? new Position(generation.epoch(), stated.sequence() + 1) : null;
                gaps.add(gap(why, generation.epoch(), behind + 1, stated.sequence() - behind, next));
            }
        } else if (to != null && behind < to.sequence()) {
            Position next = new Position(to.epoch(), to.sequence() + 1);
            gaps.add(gap(Reason.OVERRUN, generation.epoch(), behind + 1, to.sequence() - behind, next));
        }
    }

    /** Where its producer goes on, if it was restarted, and the new log has said so; else null. */
    private @Nullable Position successor(End.Open open) {
        if (open.reason() != Reason.PRODUCER_RESTARTED || producer.presence() != KnownProducer.Presence.COPIED) {
            return null;
        }
        List<Generation> all = producer.generations();
        return new Position(all.get(all.size() - 1).epoch(), 1);
    }

    /** It is not known how much is missing. */
    private void uncounted(@Nullable ProducerPlace place, ProducerPlace to) {
        Epoch epoch = to instanceof ProducerPlace.At at
                ? at.epoch()
                : place instanceof ProducerPlace.At here ? here.epoch() : null;
        if (producer.presence() == KnownProducer.Presence.COPIED && to instanceof ProducerPlace.At at) {
            Epoch only = concernsOthers(place, at) ? null : epoch;
            gaps.add(gap(Reason.POSITION_UNKNOWN, only, null, null, new Position(at.epoch(), at.sequence() + 1)));
        } else {
            gaps.add(gap(Reason.PRODUCER_LOST, hasOthersThan(epoch) ? null : epoch, null, null, null));
        }
    }

    /** Is there another generation that was not passed before? */
    private boolean hasOthersThan(@Nullable Epoch epoch) {
        return producer.generations().stream()
                .anyMatch(generation ->
                        !generation.epoch().equals(epoch) && !told.test(generation) && !passed.test(generation));
    }

    /** May messages of an earlier generation be missing, too? */
    private boolean concernsOthers(@Nullable ProducerPlace place, ProducerPlace.At to) {
        Epoch from = place instanceof ProducerPlace.At at ? at.epoch() : null;
        boolean isBehind = from == null;
        for (Generation generation : producer.generations()) {
            if (generation.epoch().equals(to.epoch())) {
                return !isBehind && !to.epoch().equals(from);
            }
            isBehind |= generation.epoch().equals(from);
            if (isBehind && !told.test(generation) && (from != null || !passed.test(generation))) {
                return true;
            }
        }
        return true;
    }

    private Gap gap(
            Reason reason,
            @Nullable Epoch epoch,
            @Nullable Long first,
            @Nullable Long missed,
            @Nullable Position next) {
        return new Gap(producer.name(), reason, epoch, first, missed, next);
    }
}
