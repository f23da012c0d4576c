package dev.gapless.core.reading;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.place.AddressSlot;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.LossGaps;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a subscription begins that resumes a token (rule T2). Used once. */
public final class ResumedPlaces {
    private final CursorToken token;
    private final Slots slots;
    private final HistoryView history;
    private final Producers producers;
    private final Map<Long, KnownMember> members = new HashMap<>();
    private final Map<Long, Generation> generations = new HashMap<>();
    private final Map<Epoch, Generation> byEpoch = new HashMap<>();
    private final Map<Epoch, Integer> slotsByEpoch = new HashMap<>();
    /** Incarnations that go, or went, by their addresses. */
    private final Map<Epoch, AddressSlot> addresses = new HashMap<>();

    private final Map<Epoch, KnownMember> namelessMembers = new HashMap<>();
    private final Map<Long, Departure> departures = new HashMap<>();
    private final Set<Epoch> membersEpochs = new HashSet<>();

    private final Set<Integer> waitsFor = new LinkedHashSet<>();
    private Places places = Places.NONE;
    private boolean severalStated;
    private final boolean covered;
    /** Counts if it is covered. */
    private final Past past;

    private ResumedPlaces(Opening.Resume opening, Slots slots, Now now) {
        this.token = opening.token();
        this.slots = slots;
        nameByToken(now);
        this.producers = slots.producers();
        this.history = producers.history();
        collect();
        boolean counts = token.isMadeByHand() || (history.covers(token, now.ns()) && allHostsCount());
        this.covered = counts && !opening.leftOut();
        this.past = past();
        byName().forEach(this::resume);
        if (covered) {
            nameAddresses();
        }
    }

    /** Once all names have their places. */
    private void nameAddresses() {
        for (int slot = 0; slot < places.slots(); slot++) {
            AddressSlot address = places.get(slot) == null ? null : producers().atAddress(slot);
            if (address != null && address.named() >= 0) {
                places = Naming.of(places, address, producers().get(address.named()), past);
            }
        }
    }

    /**
     * Does the token state several positions of a producer, or may it? What the other ones miss, and whose they are, is best known once its log has
     * answered.
     */
    public boolean statesSeveral() {
        return severalStated
                || (covered
                        && token.entries().stream()
                                .anyMatch(entry -> isStated(entry) && isOfNobodyKnown(entry) && isOneOfSeveral(entry)));
    }

    private boolean isOfNobodyKnown(CursorToken.Entry entry) {
        return !entry.over()
                && entry.sequence() != CursorToken.Entry.UNKNOWN
                && !slotsByEpoch.containsKey(entry.epoch());
    }

    private boolean isOneOfSeveral(CursorToken.Entry entry) {
        return entry.nameless()
                || token.entries().stream()
                                .filter(other -> other.node().equals(entry.node()))
                                .count()
                        > 1;
    }

    /**
     * Is each member that the token names here, or is its end remembered? One that is not is to come yet, as a rule: the node that took the token
     * had heard of it first.
     */
    public static boolean knowsHosts(CursorToken token, Producers producers) {
        return token.entries().stream()
                .mapToLong(entry -> entry.nameless() && !entry.over() ? entry.uid() : entry.host())
                .allMatch(uid -> uid == 0
                        || producers.isHere(uid)
                        || producers.history().departures().stream().anyMatch(departure -> departure.uid() == uid));
    }

    /** Of a subscription that begins so. For the consumer's thread. */
    public static ResumedPlaces of(Opening.Resume opening, Slots slots, Now now) {
        return new ResumedPlaces(opening, slots, now);
    }

    /** How it begins. */
    public Change.Begins begins() {
        if (!covered) {
            Change.AnythingMissed anything = new Change.AnythingMissed(slots.namelessMembers());
            return new Change.Begins(places, Past.opened(producers.lastEvent()), anything);
        }
        return new Change.Begins(places, past);
    }

    private Past past() {
        long event = producers.lastEvent();
        Past byTime = token.isMadeByHand()
                ? Past.byHand(event, token.timeMs(), history.marginMs())
                : Past.resumed(event, token.timeMs(), history.marginMs());
        return byTime.listing(passed(), epochs(entry -> entry.uid() != 0 && !entry.nameless() && isPosition(entry)));
    }

    /** What it has passed, and stands nowhere in. */
    private Set<Epoch> passed() {
        return epochs(entry -> entry.over() && (entry.sequence() == CursorToken.Entry.UNKNOWN || isOver(entry)));
    }

    private Set<Epoch> epochs(Predicate<CursorToken.Entry> which) {
        return token.entries().stream()
                .filter(which)
                .map(CursorToken.Entry::epoch)
                .collect(Collectors.toSet());
    }

    /** The slots of producers of which a member may come that knows more. */
    public Set<Integer> waitsFor() {
        return Collections.unmodifiableSet(waitsFor);
    }

    // ------------------------------------------------------------------ who is who

    private void nameByToken(Now now) {
        for (CursorToken.Entry entry : token.entries()) {
            for (long uid : new long[] {entry.host(), entry.uid()}) {
                if (uid != 0) {
                    slots.recall(uid, now);
                }
                if (uid != 0 && !entry.nameless()) {
                    slots.namedByToken(uid, entry.node());
                }
            }
        }
    }

    private void collect() {
        for (KnownMember member : producers.members()) {
            members.put(member.uid(), member);
            membersEpochs.add(member.epoch());
            if (member.name() != null) {
                slotsByEpoch.put(member.epoch(), member.slot());
            } else {
                namelessMembers.put(member.epoch(), member);
            }
        }
        producers.newcomers().forEach(uid -> membersEpochs.add(Epoch.of(uid, token.topic())));
        for (int slot = 0; slot < producers.slots(); slot++) {
            KnownProducer producer = producers.get(slot);
            if (producer != null) {
                for (Generation generation : producer.generations()) {
                    generations.put(generation.uid(), generation);
                    byEpoch.put(generation.epoch(), generation);
                    slotsByEpoch.put(generation.epoch(), slot);
                }
            }
            AddressSlot address = producers.atAddress(slot);
            if (address != null) {
                addresses.put(Epoch.of(address.uid(), token.topic()), address);
            }
        }
        history.departures().forEach(departure -> departures.put(departure.uid(), departure));
    }

    // ------------------------------------------------------------------ what it counts for

    /** Is each member that the token names one here, or did it end no earlier than the token was taken? Else it lived on elsewhere. */
    private boolean allHostsCount() {
        return token.entries().stream().mapToLong(CursorToken.Entry::host).allMatch(this::hostCounts);
    }

    private boolean hostCounts(long uid) {
        if (uid == 0 || producers.isHere(uid)) {
            return true;
        }
        Generation generation = generations.get(uid);
        Generation.Removal removed = generation == null ? null : generation.removed();
        Departure departure = departures.get(uid);
        long endedMs = removed != null
                ? removed.endedMs()
                : departure != null
                        ? departure.endedMs()
                        : Long.MIN_VALUE; // it went before anything that is remembered
        return endedMs >= token.timeMs() - history.marginMs();
    }

    /** Is the node that took it a member, or did it leave in good order? Else it may have been cut off from a part of the cluster. */
    private boolean isHomeTrusted() {
        long home = token.home();
        Generation generation = generations.get(home);
        Departure departure = departures.get(home);
        return members.containsKey(home)
                || (generation != null && generation.end() instanceof End.Stated stated && stated.left())
                || (departure != null && departure.published() != null);
    }

    // ------------------------------------------------------------------ its places

    /** What the token says of each producer, or of each incarnation without a name. */
    private Map<Integer, List<CursorToken.Entry>> byName() {
        Map<Integer, List<CursorToken.Entry>> all = new LinkedHashMap<>();
        for (CursorToken.Entry entry : token.entries()) {
            all.computeIfAbsent(slot(entry), slot -> new ArrayList<>(1)).add(entry);
        }
        return all;
    }

    private int slot(CursorToken.Entry entry) {
        if (entry.nameless() && entry.uid() != 0) {
            return slots.nameless(entry.uid(), entry.node());
        }
        Integer known = isStated(entry) ? slotsByEpoch.get(entry.epoch()) : null;
        if (known != null) {
            return known; // whatever name the application states
        }
        KnownMember nameless = isStated(entry) ? namelessMembers.get(entry.epoch()) : null;
        if (nameless != null) { // an application may state any name
            int slot = slots.nameless(nameless.uid(), nameless.address());
            AddressSlot named = producers().byAddress(nameless.uid());
            return named == null || named.named() < 0 ? slot : named.named();
        }
        AddressSlot address = addresses.get(entry.epoch());
        boolean goesByIt = address != null
                && (isStated(entry)
                        ? address.address().equals(entry.node())
                        : address.named() < 0 && !producers.isHere(address.uid()));
        return address != null && goesByIt ? address.slot() : slots.named(entry.node());
    }

    /** Does an application say so? It may state any name. */
    private boolean isStated(CursorToken.Entry entry) {
        return token.isMadeByHand() || entry.uid() == 0;
    }

    private static CursorToken.Entry latest(List<CursorToken.Entry> stated, @Nullable KnownProducer producer) {
        CursorToken.Entry latest = stated.get(0);
        for (CursorToken.Entry entry : stated) {
            latest = isLater(entry, latest, producer) ? entry : latest;
        }
        return latest;
    }

    /** Of two streams of a node: the later one; if that is not known, the one that goes on. */
    private static boolean isLater(CursorToken.Entry entry, CursorToken.Entry other, @Nullable KnownProducer producer) {
        if (isPosition(entry) != isPosition(other)) {
            return isPosition(entry);
        }
        int index = producer == null ? -1 : producer.index(entry.epoch());
        int others = producer == null ? -1 : producer.index(other.epoch());
        if (index >= 0 && others >= 0) {
            return index >= others;
        }
        if (entry.over() != other.over()) {
            return other.over();
        }
        boolean isKnown = entry.sequence() != CursorToken.Entry.UNKNOWN;
        if (isKnown != (other.sequence() != CursorToken.Entry.UNKNOWN)) {
            return isKnown; // else it is only said that it was passed
        }
        boolean isCopied = producer != null && producer.copy() != null;
        if ((index < 0) != (others < 0)) {
            return (index < 0) != isCopied; // a log that is copied has all that goes on
        }
        return true;
    }

    private static boolean isPosition(CursorToken.Entry entry) {
        return entry.over() || entry.sequence() != CursorToken.Entry.UNKNOWN;
    }

    private void resume(int slot, List<CursorToken.Entry> stated) {
        if (stated.stream().allMatch(this::isPassedByItsAddress)) {
            return; // it stands nowhere in that
        }
        KnownProducer producer = slots.producers().get(slot);
        CursorToken.Entry entry = latest(stated, producer);
        ProducerPlace place = place(entry, producer);
        List<CursorToken.Entry> others = new ArrayList<>(stated);
        others.remove(entry);
        boolean isUnordered = isUnordered(entry, others, producer);
        if (!covered) {
            // What is over is told with all that was published by now.
            boolean isKnown = place instanceof ProducerPlace.At at
                    ? at.mark() != ProducerPlace.Mark.END
                    : place instanceof ProducerPlace.ToldUnseen;
            if (isKnown && !entry.nameless()) {
                places = places.with(slot, isUnordered ? ProducerPlace.TOLD_UNSEEN : place);
            }
            return;
        }
        if (!others.isEmpty()) {
            addBeside(producer == null ? KnownProducer.named(entry.node()) : producer, place, others);
        }
        places = places.with(slot, isUnordered ? ProducerPlace.UNKNOWN : place);
        AddressSlot address = producers().atAddress(slot);
        if (address == null && producers().host(slot) == null && isUnknown(place, producer)) {
            waitsFor.add(slot);
        }
    }

    /** Is it only said that it was passed under a name, and did it end here under its address? */
    private boolean isPassedByItsAddress(CursorToken.Entry entry) {
        AddressSlot address = addresses.get(entry.epoch());
        return entry.over()
                && entry.sequence() == CursorToken.Entry.UNKNOWN
                && address != null
                && !address.address().equals(entry.node())
                && wasRemoved(entry.epoch());
    }

    /** Is that generation known here, and its member gone? */
    private boolean wasRemoved(Epoch epoch) {
        Generation generation = byEpoch.get(epoch);
        return generation != null && generation.removed() != null;
    }

    /** States an application that it is in a stream that nobody here knows, and in another one? Then nobody knows which of them is behind. */
    private boolean isUnordered(
            CursorToken.Entry entry, List<CursorToken.Entry> others, @Nullable KnownProducer producer) {
        boolean isUnknown = producer == null || producer.generation(entry.epoch()) == null;
        return isUnknown
                && others.stream().anyMatch(other -> LossGaps.isReadOn(other) && (isStated(entry) || isStated(other)));
    }

    private void addBeside(KnownProducer producer, ProducerPlace place, List<CursorToken.Entry> others) {
        severalStated |= others.stream().anyMatch(LossGaps::isReadOn);
        List<Gap> gaps = LossGaps.beside(producer, place, others);
        if (!gaps.isEmpty()) {
            places = places.with(new Places.Beside(others, gaps));
        }
    }

    private Producers producers() {
        return slots.producers();
    }

    /** May somebody come who knows that place? */
    private static boolean isUnknown(ProducerPlace place, @Nullable KnownProducer producer) {
        if (producer == null || producer.generations().isEmpty()) {
            return true;
        }
        Epoch epoch = ProducerPlace.epochOf(place);
        return epoch != null && producer.generation(epoch) == null;
    }

    private ProducerPlace place(CursorToken.Entry entry, @Nullable KnownProducer producer) {
        boolean isKnown = entry.sequence() != CursorToken.Entry.UNKNOWN;
        long sequence = Math.max(0, entry.sequence());
        if (entry.over() && !goesOnAllTheSame(entry)) {
            boolean isEnd = isOver(entry) || isListedAsPassed(entry) || !covered;
            return new ProducerPlace.At(
                    entry.epoch(), sequence, isEnd ? ProducerPlace.Mark.END : ProducerPlace.Mark.TOLD);
        } else if (!isKnown) {
            ProducerPlace.At front = producer == null ? null : producer.beforeAll();
            return entry.told() ? ProducerPlace.TOLD_UNSEEN : front != null ? front : ProducerPlace.UNKNOWN;
        }
        ProducerPlace.At at = new ProducerPlace.At(entry.epoch(), sequence);
        if (entry.told()) {
            return at.marked(ProducerPlace.Mark.TOLD);
        }
        return isStated(entry) && covered && !isHeard(at, producer)
                ? new ProducerPlace.Stated(new Position(at.epoch(), at.sequence()), null)
                : at;
    }

    /** It is over here, too, and another entry says that all of it is passed. */
    private boolean isListedAsPassed(CursorToken.Entry entry) {
        return wasRemoved(entry.epoch()) && past.listed().contains(entry.epoch());
    }

    /** Says an application where it is over, and its producer goes on? */
    private boolean goesOnAllTheSame(CursorToken.Entry entry) {
        Generation generation = byEpoch.get(entry.epoch());
        return token.isMadeByHand()
                && entry.sequence() != CursorToken.Entry.UNKNOWN
                && (membersEpochs.contains(entry.epoch()) || (generation != null && generation.removed() == null));
    }

    /** Is that stream over here, too? Of one that is not known here the word of a node counts that is trusted. */
    private boolean isOver(CursorToken.Entry entry) {
        Generation generation = byEpoch.get(entry.epoch());
        boolean isOver = generation == null ? !membersEpochs.contains(entry.epoch()) : generation.removed() != null;
        return isOver && (token.isMadeByHand() ? generation != null : isHomeTrusted());
    }

    /** Has its log been there, as far as this node has heard? */
    private static boolean isHeard(ProducerPlace.At at, @Nullable KnownProducer producer) {
        Generation generation = producer == null || producer.copy() == null ? null : producer.generation(at.epoch());
        return producer != null && generation != null && at.sequence() <= producer.heard(generation);
    }
}
