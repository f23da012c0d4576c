package dev.gapless.core.place;

import dev.gapless.core.CursorToken;
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
    private final KnownProducer.Passes mayBeRead;
    private final List<Gap> gaps = new ArrayList<>();
    /** Where the subscription goes on all the same; null if it goes on where the loss leads. */
    private @Nullable Position goesOn;

    private LossGaps(
            KnownProducer producer,
            KnownProducer.Passes passed,
            KnownProducer.Passes told,
            KnownProducer.Passes mayBeRead) {
        this.producer = producer;
        this.passed = passed;
        this.told = told;
        this.mayBeRead = mayBeRead;
    }

    /**
     * The gaps of a loss, the oldest generation first.
     *
     * @param place where the subscription stands; null if it has no place
     * @param to where the loss leads
     * @param passed was that generation over before the subscription began? Asked where there is no place
     * @param told was it told as lost under its member's address?
     * @param mayBeRead may it have been read, without a place? Then no numbers are told
     */
    public static List<Gap> of(
            KnownProducer producer,
            @Nullable ProducerPlace place,
            ProducerPlace to,
            KnownProducer.Passes passed,
            KnownProducer.Passes told,
            KnownProducer.Passes mayBeRead) {
        LossGaps all = new LossGaps(producer, passed, told, mayBeRead);
        ProducerPlace.At from = from(place, producer);
        boolean isCounted = place == null || (from != null && from.mark() != ProducerPlace.Mark.TOLD);
        if (isCounted && to instanceof ProducerPlace.At at && producer.generation(at.epoch()) != null) {
            all.count(from, place instanceof ProducerPlace.At, at);
        }
        if (all.gaps.isEmpty()) {
            all.uncounted(place, to);
        }
        return List.copyOf(all.gaps);
    }

    /** From where it is counted; null if there is no place, or if nobody knows where that is. */
    private static ProducerPlace.@Nullable At from(@Nullable ProducerPlace place, KnownProducer producer) {
        if (place instanceof ProducerPlace.Stated stated
                && producer.openEnd(stated.position().epoch()) != null) {
            return new ProducerPlace.At(stated.position().epoch(), 0); // how much of it was read nobody can say
        }
        return place instanceof ProducerPlace.At at ? at : null;
    }

    /**
     * What is told to a subscription whose application states several positions of a producer: it goes on from one of them, and what comes behind the others
     * in front of that is not given.
     *
     * @param place from where it goes on
     * @param others the other positions
     */
    public static List<Gap> beside(KnownProducer producer, ProducerPlace place, List<CursorToken.Entry> others) {
        LossGaps all = new LossGaps(producer, none -> false, none -> false, none -> false);
        all.goesOn = place instanceof ProducerPlace.At at ? new Position(at.epoch(), at.sequence() + 1) : null;
        boolean isBehind = false;
        for (Generation generation : producer.generations()) {
            if (generation.epoch().equals(ProducerPlace.epochOf(place))) {
                break;
            }
            CursorToken.Entry its = others.stream()
                    .filter(entry -> entry.epoch().equals(generation.epoch()))
                    .findFirst()
                    .orElse(null);
            isBehind |= its != null && isReadOn(its);
            if (isBehind && (its == null || isReadOn(its))) {
                Position position = its == null ? null : its.position();
                all.add(generation, position == null ? 0 : position.sequence(), position != null, null);
            }
        }
        for (CursorToken.Entry entry : others) {
            if (producer.generation(entry.epoch()) == null && isReadOn(entry)) {
                Position position = entry.position();
                Epoch epoch = entry.epoch().equals(CursorToken.Entry.NO_STREAM) ? null : entry.epoch();
                Long first = position == null ? null : position.sequence() + 1;
                all.gaps.add(all.gap(Reason.PRODUCER_LOST, epoch, first, null, null));
            }
        }
        return List.copyOf(all.gaps);
    }

    /** What is told to a subscription that stood there, in a generation in front of all that the log has which is copied. */
    public static Places.Beside succeeded(KnownProducer producer, CursorToken.Entry stood) {
        LossGaps all = new LossGaps(producer, none -> false, none -> false, none -> false);
        Position position = stood.position();
        Long first = position == null ? null : position.sequence() + 1;
        Gap gap = all.gap(Reason.PRODUCER_RESTARTED, stood.epoch(), first, null, all.beginning());
        return new Places.Beside(List.of(stood), List.of(gap));
    }

    /** Was not all of it passed that may come behind that position in its stream? */
    public static boolean isReadOn(CursorToken.Entry entry) {
        return !entry.over() && !entry.told();
    }

    /** All generations from the place to where the loss leads. */
    private void count(ProducerPlace.@Nullable At from, boolean isRead, ProducerPlace.At to) {
        if (from != null && producer.generation(from.epoch()) == null) {
            return; // nobody here knows where that is
        }
        boolean isBehind = from == null;
        for (Generation generation : producer.generations()) {
            ProducerPlace.At until = generation.epoch().equals(to.epoch()) ? to : null;
            if (from != null && generation.epoch().equals(from.epoch())) {
                isBehind = true;
                if (producer.isLostByItsStore(from) && !(isInIt(from) && generation.inLog())) {
                    lostByItsStore(generation, from);
                } else if (isInIt(from)) {
                    add(generation, from.sequence(), isRead, until);
                }
            } else if (isBehind && !told.test(generation) && (from != null || !passed.test(generation))) {
                add(generation, 0, false, until);
            }
            if (until != null) {
                return;
            }
        }
    }

    /** It has not read that generation to its end. */
    private static boolean isInIt(ProducerPlace.At from) {
        return from.mark() == ProducerPlace.Mark.NONE;
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
            if (behind > stated.sequence()) {
                Position next = new Position(generation.epoch(), stated.sequence() + 1);
                gaps.add(gap(Reason.POSITION_UNKNOWN, generation.epoch(), null, null, next));
            } else if (generation.wentBack() && (to == null || to.sequence() >= stated.sequence())) {
                gaps.add(gap(Reason.PRODUCER_LOST, generation.epoch(), behind + 1, null, null));
                return;
            }
            long last = to == null ? stated.sequence() : Math.min(to.sequence(), stated.sequence());
            if (behind < last) {
                if (!isRead && mayBeRead.test(generation)) {
                    gaps.add(gap(Reason.PRODUCER_LOST, generation.epoch(), null, null, null));
                    return;
                }
                boolean isInLog = producer.presence() == KnownProducer.Presence.COPIED && generation.inLog();
                Reason why = isInLog ? Reason.OVERRUN : Reason.PRODUCER_LOST;
                Position next = isInLog ? new Position(generation.epoch(), last + 1) : null;
                gaps.add(gap(why, generation.epoch(), behind + 1, last - behind, next));
            }
        } else if (to != null && behind < to.sequence()) {
            Position next = new Position(to.epoch(), to.sequence() + 1);
            gaps.add(gap(Reason.OVERRUN, generation.epoch(), behind + 1, to.sequence() - behind, next));
        } else if (to == null) { // a later one is over: it is not waited for
            gaps.add(gap(Reason.PRODUCER_LOST, generation.epoch(), first, null, null));
        }
    }

    /** The log has less than was read to its end, or lacks all of it. */
    private void lostByItsStore(Generation generation, ProducerPlace.At from) {
        boolean hasAll = generation.end() instanceof End.Stated stated && from.sequence() >= stated.sequence();
        boolean asks = !hasAll && isInIt(from);
        Reason reason = asks ? Reason.PRODUCER_RESTARTED : Reason.PRODUCER_LOST;
        gaps.add(gap(reason, generation.epoch(), from.sequence() + 1, null, asks ? beginning() : null));
    }

    /** Of the log's own generation. */
    private Position beginning() {
        List<Generation> all = producer.generations();
        return new Position(all.get(all.size() - 1).epoch(), 1);
    }

    /** Where its producer goes on, if it was restarted, and the new log has said so; else null. */
    private @Nullable Position successor(End.Open open) {
        if (open.reason() != Reason.PRODUCER_RESTARTED || producer.presence() != KnownProducer.Presence.COPIED) {
            return null;
        }
        return goesOn == null ? beginning() : goesOn;
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
            Epoch only = hasOthersThan(epoch) ? null : epoch;
            gaps.add(gap(Reason.PRODUCER_LOST, only, only == null ? null : firstMissing(place, only), null, null));
        }
    }

    /** What comes behind a place in that generation, of which nothing is known here; null if the subscription has none there. */
    private @Nullable Long firstMissing(@Nullable ProducerPlace place, Epoch epoch) {
        if (producer.generation(epoch) != null) {
            return null;
        } else if (place instanceof ProducerPlace.Stated stated) {
            return stated.position().epoch().equals(epoch) ? stated.position().sequence() + 1 : null;
        }
        return place instanceof ProducerPlace.At at && isInIt(at) && at.epoch().equals(epoch)
                ? at.sequence() + 1
                : null;
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
