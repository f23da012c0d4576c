package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The chains of all streams of a feed, and what they come to for a subscription that is placed there, or was overtaken. Under the feed's lock. */
final class Chains {
    private final Map<Epoch, Chain> byEpoch = new LinkedHashMap<>(Limits.NODES_AT_FIRST);

    @Nullable Chain of(Epoch epoch) {
        return byEpoch.get(epoch);
    }

    void append(FeedEntry entry) {
        Chain chain = byEpoch.get(entry.stream().epoch());
        if (chain == null) {
            byEpoch.put(entry.stream().epoch(), new Chain(entry));
        } else {
            chain.append(entry);
        }
    }

    /** An entry fell out of the ring, of messages those up to this index. Its stream has a chain until nothing of it is left there. */
    void evicted(FeedEntry entry, long upTo) {
        Chain chain = byEpoch.get(entry.stream().epoch());
        if (chain == null) {
            throw new IllegalStateException(entry + " is of a stream that was forgotten");
        }
        chain.evicted(entry, upTo);
    }

    /** Forgets the streams that are over by this index, but for these. */
    void forgetOver(long byIndex, Set<Epoch> except) {
        byEpoch.values()
                .removeIf(chain -> chain.isOverBy(byIndex)
                        && !except.contains(chain.stream().epoch()));
    }

    /** Those that have come to their end. */
    void addOver(Set<Epoch> epochs) {
        byEpoch.forEach((epoch, chain) -> {
            if (chain.ended() != null) {
                epochs.add(epoch);
            }
        });
    }

    /** Where whoever begins with what comes next stands. */
    Map<Epoch, Place> tails() {
        Map<Epoch, Place> places = new HashMap<>();
        byEpoch.forEach((epoch, chain) -> places.put(epoch, chain.place()));
        return places;
    }

    /** What is to be told of each stream to whoever goes on at this index. */
    List<Base> bases(long oldest) {
        List<Base> bases = new ArrayList<>();
        for (Chain chain : byEpoch.values()) {
            FeedEntry.Ended ended = chain.hasLostItsEnd(oldest) ? chain.ended() : null;
            bases.add(new Base(chain.stream(), chain.began(), chain.base(), ended, chain.setBack()));
        }
        return bases;
    }

    /** The key of the message in front of this position, if that is a base. */
    @Nullable String keyBefore(Position position) {
        Chain chain = byEpoch.get(position.epoch());
        return chain == null ? null : chain.keyBefore(position);
    }

    /** May a subscription that stands there read the ring from this index, its oldest, on? */
    boolean cover(Frontier at, Asked asked, long oldest) {
        for (Place place : at.places()) {
            Chain chain = byEpoch.get(place.stream().epoch());
            if (chain == null && !place.over() && !asked.asks(place)) {
                return false;
            }
        }
        for (Chain chain : byEpoch.values()) {
            Stream stream = chain.stream();
            Place place = at.get(stream);
            if ((place == null && isLeftOut(at, chain)) || !chain.covers(place, asked.head(stream), oldest)) {
                return false;
            }
        }
        return true;
    }

    /** Has it gone on in one that is read there, where nothing of it is? It is told of that elsewhere. */
    private boolean isLeftOut(Frontier at, Chain chain) {
        return chain.hasGoneOn() && isBehind(at, chain, false);
    }

    /**
     * Streams that went on in later ones, and are over for whoever stands there, whatever is here of them: those that were lost there; and if
     * something of a later one was read, strangers' of which it has nothing, and those in which nothing ever was.
     */
    Map<Epoch, Place> over(Frontier at, StreamsView known) {
        Map<Epoch, Place> over = new HashMap<>();
        for (Chain chain : byEpoch.values()) {
            Stream stream = chain.stream();
            Place place = at.get(stream);
            boolean isPassed = place == null
                    ? known.isPassed(at, stream)
                            || ((isStrangers(chain, known) || chain.wasEmpty()) && isBehind(at, chain, true))
                    : place.over() && chain.hasGoneOn();
            if (isPassed) {
                long upTo = place == null ? Place.AWAITED : place.sequence(); // a token says it elsewhere
                long stored =
                        known.stored().upTo(at, Place.over(stream, chain.end())).sequence();
                over.put(stream.epoch(), Place.over(stream, Math.max(upTo, stored)));
            }
        }
        return over;
    }

    /**
     * Streams that had ended here by this index, of which whoever stands there has nothing, and would miss something: then it was told that anything
     * may be missed.
     */
    Map<Epoch, Place> announced(Frontier at, StreamsView known, long index, long oldest) {
        Map<Epoch, Place> announced = new HashMap<>();
        for (Chain chain : byEpoch.values()) {
            Stream stream = chain.stream();
            if (chain.isOverBy(index)
                    && at.get(stream) == null
                    && (isLeftOut(at, chain) || !chain.covers(null, 0, oldest))) {
                announced.put(stream.epoch(), known.stored().upTo(at, Place.over(stream, chain.end())));
            }
        }
        return announced;
    }

    /**
     * Streams of which whoever stands there has nothing, and that lie in front of one in its log that has begun here, and goes on there. Not those of
     * members, or of those that were: each feed has what became of them.
     */
    Map<Epoch, Place> passedInLogs(Frontier at, StreamsView known) {
        Map<Epoch, Place> passed = new HashMap<>();
        for (Place place : at.places()) {
            Epoch own = place.stream().epoch();
            if (!place.over() && place.isKnown() && byEpoch.containsKey(own)) {
                for (Stream earlier : known.stored().before(own)) {
                    if (at.get(earlier) == null && !known.wasMember(earlier.epoch())) {
                        passed.put(earlier.epoch(), Place.over(earlier, Place.AWAITED));
                    }
                }
            }
        }
        return passed;
    }

    private static boolean isStrangers(Chain chain, StreamsView known) {
        return chain.hasGoneOn() && known.strangers().contains(chain.stream().epoch());
    }

    /** Has it read something of a stream of that node that came here behind this one? Also of one that is over by now? */
    private boolean isBehind(Frontier at, Chain chain, boolean orOver) {
        for (Place place : at.places()) {
            Chain other = (place.over() && !orOver) || place.sequence() <= 0
                    ? null
                    : byEpoch.get(place.stream().epoch());
            if (other != null && chain.isBefore(other)) {
                return true;
            }
        }
        return false;
    }

    /** Streams of which whoever stands there has read nothing yet: those that went on in later ones, and strangers'. */
    Map<Epoch, Place> unread(Frontier at, StreamsView known) {
        Map<Epoch, Place> passed = over(at, known);
        Map<Epoch, Place> unread = new HashMap<>();
        for (Chain chain : byEpoch.values()) {
            Stream stream = chain.stream();
            boolean isThere =
                    chain.hasGoneOn() || (known.strangers().contains(stream.epoch()) && chain.tail() != Chain.NOWHERE);
            if (isThere && at.get(stream) == null && !passed.containsKey(stream.epoch())) {
                unread.put(stream.epoch(), Place.at(stream, Math.max(0, chain.began())));
            }
        }
        return unread;
    }

    /** Streams that were over unless stored, that are here, and of which whoever stands there has read nothing yet. */
    Map<Epoch, Place> stored(Frontier at) {
        Map<Epoch, Place> stored = new HashMap<>();
        for (Place place : at.places()) {
            Chain chain =
                    place.isOverUnlessStored() ? byEpoch.get(place.stream().epoch()) : null;
            if (chain != null && chain.tail() != Chain.NOWHERE) {
                stored.put(place.stream().epoch(), Place.at(chain.stream(), Math.max(0, chain.began())));
            }
        }
        return stored;
    }

    /** Where the streams begin here of which nobody could say where a subscription is. */
    Map<Epoch, Long> begins(Frontier at) {
        Map<Epoch, Long> begins = new HashMap<>();
        for (Place place : at.places()) {
            Chain chain = place.isKnown() || place.over()
                    ? null
                    : byEpoch.get(place.stream().epoch());
            if (chain != null && chain.tail() != Chain.NOWHERE) {
                begins.put(place.stream().epoch(), chain.tail());
            }
        }
        return begins;
    }
}
