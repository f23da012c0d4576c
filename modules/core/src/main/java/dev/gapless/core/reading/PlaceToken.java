package dev.gapless.core.reading;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Limits;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.place.AddressSlot;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Next;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a token says of a subscription that stood there (rule T1). Used once. */
final class PlaceToken {
    private final String topic;
    private final Producers producers;
    private final HistoryView history;
    private final Past past;
    private final Places places;
    private final boolean mayMiss;
    private final Look look;

    /** What it lists, by slot. */
    private Places listed;
    /** Members of which it is not known where the subscription stands. */
    private final List<KnownMember> unplaced = new ArrayList<>();
    /** Up to when all ends are passed. */
    private long timeMs;

    PlaceToken(PlaceStandpoint at, TopicCache cache, String topic) {
        this.topic = topic;
        this.producers = at.producers();
        this.history = producers.history();
        this.past = at.past();
        this.places = at.places();
        this.mayMiss = at.mayMiss();
        this.listed = places;
        this.look = new Look(producers, places, past, cache);
    }

    /**
     * The token.
     *
     * @param filter {@link CursorToken#filter}
     * @param now when the subscription stood there, or earlier
     */
    CursorToken taken(String cluster, long filter, Now now) {
        timeMs = history.heardUpToMs(now.ns());
        holdBackForEnds();
        addMembers();
        for (int slot = 0; slot < slots(); slot++) {
            if (listed.get(slot) != null && mayBeLeftOut(slot)) {
                listed = listed.with(slot, null);
            }
        }
        addPassed();
        List<CursorToken.Entry> entries = new ArrayList<>();
        boolean fits = addEntries(entries);
        addEarlier(entries);
        entries.addAll(places.beside().entries());
        unplaced.stream().filter(member -> slot(member) < 0).forEach(member -> entries.add(unknown(member)));
        entries.sort(CursorToken.IN_ORDER);
        boolean knows = fits && !mayMiss && history.covers(history.id(), timeMs);
        return new CursorToken(topic, cluster, timeMs, knows ? history.id() : HistoryId.UNKNOWN, entries, filter);
    }

    private int slots() {
        return Math.max(producers.slots(), places.slots());
    }

    // ------------------------------------------------------------------ its time

    /** An end that is not passed holds the time back. */
    private void holdBackForEnds() {
        for (int slot = 0; slot < producers.slots(); slot++) {
            KnownProducer producer = producers.get(slot);
            if (producer == null) {
                continue;
            }
            int index = places.get(slot) instanceof ProducerPlace.At at ? producer.index(at.epoch()) : -1;
            List<Generation> all = producer.generations();
            for (Generation generation : all.subList(index + 1, all.size())) {
                Generation.Removal removed = generation.removed();
                if (removed != null && !past.passes(producers, slot, generation) && !look.isTold(generation)) {
                    timeMs = Math.min(timeMs, removed.endedMs() - 1);
                }
            }
        }
    }

    /**
     * Members in which the subscription has no place. It stands in front of all that is published there if everything that ended before they came
     * is passed. Else the token's time is in front of their start.
     */
    private void addMembers() {
        List<KnownMember> inFront = new ArrayList<>();
        for (KnownMember member : producers.members()) {
            int slot = slot(member);
            if (slot < 0 || listed.get(slot) == null) {
                boolean isInFront = member.name() != null && !past.lists(member) && look.front(slot) != null;
                (isInFront ? inFront : unplaced).add(member);
            }
        }
        unplaced.forEach(this::addUnplaced);
        inFront.sort(Comparator.comparingLong(KnownMember::joinedMs));
        for (KnownMember member : inFront) {
            if (member.joinedMs() + history.marginMs() <= timeMs) {
                listed = listed.with(member.slot(), look.front(member.slot()));
            } else {
                timeMs = Math.min(timeMs, member.joinedMs() - 1);
            }
        }
    }

    private int slot(KnownMember member) {
        return member.name() == null ? producers.addressSlot(member.uid()) : member.slot();
    }

    private void addUnplaced(KnownMember member) {
        timeMs = Math.min(timeMs, member.joinedMs() - 1);
        int slot = slot(member);
        if (slot >= 0 && (member.name() == null || past.lists(member))) {
            listed = listed.with(slot, ProducerPlace.UNKNOWN);
        }
    }

    // ------------------------------------------------------------------ what it lists

    /** It ended long before the token's time, and the subscription has passed all of it. */
    private boolean mayBeLeftOut(int slot) {
        KnownProducer producer = producers.get(slot);
        if (producer == null) {
            return mayForgetAddress(slot);
        }
        boolean isOver = producers.host(slot) == null && !producer.generations().isEmpty();
        return isOver
                && producer.generations().stream().allMatch(this::endedLongAgo)
                && look.next(slot, producer) == Next.LEVEL;
    }

    private boolean endedLongAgo(Generation generation) {
        Generation.Removal removed = generation.removed();
        return removed != null && removed.endedMs() < history.listedSinceMs(timeMs);
    }

    /** What was told there goes by its name by now. */
    private boolean mayForgetAddress(int slot) {
        if (!(listed.get(slot) instanceof ProducerPlace.At told)) {
            return true;
        }
        for (int other = 0; other < producers.slots(); other++) {
            KnownProducer producer = producers.get(other);
            Generation generation = producer == null ? null : producer.generation(told.epoch());
            if (generation != null) {
                return endedLongAgo(generation);
            }
        }
        return true;
    }

    /** What was passed without a place, and ended lately: the token that was resumed may have had a later time. */
    private void addPassed() {
        for (int slot = 0; slot < producers.slots(); slot++) {
            KnownProducer producer = producers.get(slot);
            if (producer == null || places.get(slot) != null) {
                continue;
            }
            boolean isName = producers.atAddress(slot) == null;
            for (Generation generation : producer.generations()) {
                boolean isSaid = isName || past.listed().contains(generation.epoch());
                if (isSaid && past.passes(slot, generation) && !endedLongAgo(generation)) {
                    listed = listed.with(slot, behindAllOf(generation));
                }
            }
        }
    }

    /** Behind all of a generation that is passed. */
    static ProducerPlace.At behindAllOf(Generation generation) {
        long last = generation.end() instanceof End.Stated stated ? stated.sequence() : generation.heard();
        return new ProducerPlace.At(generation.epoch(), last, ProducerPlace.Mark.END);
    }

    // ------------------------------------------------------------------ its entries

    /** {@return whether it could add all of them} */
    private boolean addEntries(List<CursorToken.Entry> entries) {
        int ended = 0;
        for (int slot = 0; slot < slots(); slot++) {
            ProducerPlace place = listed.get(slot);
            if (place == null) {
                continue;
            }
            KnownMember host = producers.host(slot);
            AddressSlot address = producers.atAddress(slot);
            boolean isMember = host != null || (address != null && member(address.uid()) != null);
            ended += isMember ? 0 : 1;
            CursorToken.Entry entry = entry(slot, place, host, address);
            if (entry != null && (isMember || ended <= Limits.MAX_TOKEN_ENDED)) {
                entries.add(entry);
            }
        }
        return ended <= Limits.MAX_TOKEN_ENDED;
    }

    /** Earlier streams of those that are listed, if they ended lately: who does not know their order learns that they are passed. The last ones, if there are too many. */
    private void addEarlier(List<CursorToken.Entry> entries) {
        Map<Generation, String> earlier = new HashMap<>();
        for (int slot = 0; slot < producers.slots(); slot++) {
            KnownProducer producer = producers.get(slot);
            if (producer != null && listed.get(slot) instanceof ProducerPlace.At at && !isToBeTold(producer)) {
                passedOf(slot, at, producer)
                        .filter(one -> one.removed() != null && !endedLongAgo(one) && !one.isEmpty())
                        .forEach(one -> earlier.put(one, producer.name()));
            }
        }
        earlier.keySet().stream()
                .sorted(Comparator.comparingLong(Generation::removalEvent).reversed())
                .limit(Limits.MAX_TOKEN_ENDED)
                .forEach(one -> entries.add(passed(earlier.getOrDefault(one, ""), one)));
    }

    /** What is passed for whoever stands there. Nobody here knows what is in front of a generation that is not known here. */
    private Stream<Generation> passedOf(int slot, ProducerPlace.At at, KnownProducer producer) {
        List<Generation> all = producer.generations();
        int index = producer.index(at.epoch());
        return index >= 0
                ? all.subList(0, index).stream()
                : all.stream().filter(one -> isTold(at) && past.passes(slot, one));
    }

    private static boolean isTold(ProducerPlace.At at) {
        return at.mark() == ProducerPlace.Mark.TOLD;
    }

    /** Did an application state other positions of it, which are not told yet? */
    private boolean isToBeTold(KnownProducer producer) {
        return places.beside().entries().stream()
                .anyMatch(entry -> entry.node().equals(producer.name()) || producer.generation(entry.epoch()) != null);
    }

    private static CursorToken.Entry passed(String node, Generation generation) {
        return new CursorToken.Entry(node, generation.uid(), generation.epoch(), CursorToken.Entry.UNKNOWN, true);
    }

    private CursorToken.@Nullable Entry entry(
            int slot, ProducerPlace place, @Nullable KnownMember host, @Nullable AddressSlot address) {
        KnownProducer producer = producers.get(slot);
        String node = address != null ? address.address() : producer == null ? null : producer.name();
        if (node == null) {
            return null;
        }
        boolean isNameless = address != null;
        long hostUid = host == null ? 0 : host.uid();
        if (place
                instanceof ProducerPlace.Stated stated) { // who resumes it has to ask, too: nobody knows whose that is
            Position position = stated.position();
            return new CursorToken.Entry(
                    node, 0, position.epoch(), position.sequence(), false, false, isNameless, hostUid);
        }
        if (place instanceof ProducerPlace.At at) {
            boolean isOver = at.mark() == ProducerPlace.Mark.END;
            boolean isTold = isTold(at);
            long uid = uid(at.epoch(), producer, address);
            return new CursorToken.Entry(node, uid, at.epoch(), at.sequence(), isOver, isTold, isNameless, hostUid);
        }
        boolean isTold = place instanceof ProducerPlace.ToldUnseen;
        long uid = address != null ? address.uid() : isTold ? 0 : hostUid;
        Epoch epoch = uid == 0 ? CursorToken.Entry.NO_STREAM : Epoch.of(uid, topic);
        return new CursorToken.Entry(node, uid, epoch, CursorToken.Entry.UNKNOWN, false, isTold, isNameless, hostUid);
    }

    private CursorToken.Entry unknown(KnownMember member) {
        return new CursorToken.Entry(
                member.address(), member.uid(), member.epoch(), CursorToken.Entry.UNKNOWN, false, false, true, 0);
    }

    private @Nullable KnownMember member(long uid) {
        for (KnownMember member : producers.members()) {
            if (member.uid() == uid) {
                return member;
            }
        }
        return null;
    }

    /** The incarnation with that epoch; 0 if nobody here knows it. */
    private long uid(Epoch epoch, @Nullable KnownProducer producer, @Nullable AddressSlot address) {
        Generation generation = producer == null ? null : producer.generation(epoch);
        if (generation != null) {
            return generation.uid();
        } else if (address != null) {
            return address.uid();
        }
        for (KnownMember member : producers.members()) {
            if (member.epoch().equals(epoch)) {
                return member.uid();
            }
        }
        return 0;
    }
}
