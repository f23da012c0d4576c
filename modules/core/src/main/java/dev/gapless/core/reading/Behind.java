package dev.gapless.core.reading;

import dev.gapless.core.copy.Piece;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.LogCopy;
import dev.gapless.core.place.Next;
import dev.gapless.core.place.ProducerPlace;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far a subscription is behind.
 *
 * @param messages that it has not dealt with, as far as this node has heard, also those that are lost, and what it is to be told between them
 * @param oldestMs when the oldest of them was published that is here, in milliseconds since 1970; {@code Long.MAX_VALUE} if none is here
 */
record Behind(long messages, long oldestMs) {
    static final Behind NOTHING = new Behind(0, Long.MAX_VALUE);

    /**
     * Of one that stands there.
     *
     * @param at behind what it was given
     * @param inHand so much of that it has not dealt with
     * @param inHandMs when the oldest of that was published; {@code Long.MAX_VALUE} if there is none
     */
    static Behind of(PlaceStandpoint at, int inHand, long inHandMs, TopicCache cache) {
        Look look = new Look(at.producers(), at.places(), at.past(), cache);
        long messages = inHand + (at.mayMiss() ? 1L : 0L);
        long oldestMs = inHandMs;
        for (int slot = 0; slot < at.producers().slots(); slot++) {
            KnownProducer producer = at.producers().get(slot);
            if (producer == null) {
                continue;
            }
            Next next = look.next(slot, producer);
            messages += count(producer, look.place(slot), next);
            if (next instanceof Next.Message message) {
                oldestMs = Math.min(oldestMs, publishedMs(message, cache));
            }
        }
        return new Behind(messages, oldestMs);
    }

    private static long count(KnownProducer producer, @Nullable ProducerPlace place, Next next) {
        if (next instanceof Next.Message message) {
            return from(producer, message.generation(), message.sequence());
        } else if (next instanceof Next.Fetch fetch) {
            return from(producer, fetch.generation(), fetch.sequence());
        }
        if (next instanceof Next.Lost && place instanceof ProducerPlace.At at) {
            Generation generation = producer.generation(at.epoch());
            return generation != null && at.mark() == ProducerPlace.Mark.NONE
                    ? from(producer, generation, at.sequence() + 1)
                    : 1;
        }
        return next instanceof Next.Lost || next instanceof Next.Left ? 1 : 0;
    }

    /** That message, and those behind it. */
    private static long from(KnownProducer producer, Generation generation, long sequence) {
        LogCopy copy = producer.copy();
        if (copy != null && generation.inLog()) {
            return Math.max(1, copy.head() - generation.number(sequence) + 1);
        }
        long last = generation.end() instanceof End.Stated stated ? stated.sequence() : generation.heard();
        return Math.max(1, last - sequence + 1);
    }

    private static long publishedMs(Next.Message message, TopicCache cache) {
        Piece piece = cache.find(message.generation().epoch(), message.sequence());
        return piece == null
                ? Long.MAX_VALUE // it went meanwhile
                : piece.slice().publishedMs((int) (message.sequence() - piece.first()));
    }

    /**
     * When the oldest of them was published, or was found to be missing here; empty if there is none.
     *
     * @param lacksSinceMs since when something is lacked that is not here; 0 if nothing is
     */
    OptionalLong sinceMs(long lacksSinceMs) {
        long sinceMs = lacksSinceMs == 0 ? oldestMs : Math.min(oldestMs, lacksSinceMs);
        return messages == 0 || sinceMs == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(sinceMs);
    }
}
