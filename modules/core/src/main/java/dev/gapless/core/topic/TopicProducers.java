package dev.gapless.core.topic;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Limits;
import dev.gapless.core.NodeLabel;
import dev.gapless.core.Now;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.place.AddressSlot;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.LogCopy;
import dev.gapless.core.place.Part;
import dev.gapless.core.place.Producers;
import dev.gapless.core.reading.Change;
import dev.gapless.core.reading.Slots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who the producers of a topic are, as members come, say their names, and go (rule L3).
 *
 * <p>A member that has not said its name is a producer under its address. When its name is known, what was known under the address belongs to the
 * producer of that name; who was told under the address keeps a place there.
 *
 * <p>Not thread-safe; what it makes of them is immutable.
 */
final class TopicProducers implements Slots {
    private static final long FIRST_EVENT = 1L << 60;

    private final String topic;
    private final long self;
    private final TopicSettings settings;

    private final Map<Long, KnownMember> members = new LinkedHashMap<>(4);
    /** Those that were there when this node came up. */
    private Set<Long> first = Set.of();
    /** In which order members came: those that were there before this node have no number. */
    private final Map<Long, Long> order = new HashMap<>();
    /** The last removal when members came that have not said their names. */
    private final Map<Long, Long> cameAt = new HashMap<>();
    /** Where members have said to end that leave in good order. */
    private final Map<Long, Long> ends = new HashMap<>();
    /** Names that tokens give to members that have not said theirs, the oldest first. */
    private final Map<Long, String> tokenNames = new LinkedHashMap<>();

    private final SlotNumbers slots = new SlotNumbers();
    /** Until when somebody is waited for, by slot. */
    private final Map<Integer, Long> waitUntilNs = new LinkedHashMap<>();
    /** Since the last {@link #takeNamed}. */
    private final List<AddressSlot> named = new ArrayList<>();

    private Producers producers = Producers.NONE;
    /** What this node saw itself is behind all that others remember of the time before, which is in the order in which it ended. */
    private long events = FIRST_EVENT;

    /** The last number in {@link #order}. */
    private long came;

    private HistoryView history = HistoryView.NOTHING;

    /** @param self this node's incarnation */
    TopicProducers(String topic, long self, TopicSettings settings) {
        this.topic = topic;
        this.self = self;
        this.settings = settings;
    }

    /** As they are known now. */
    @Override
    public Producers producers() {
        return producers;
    }

    /** Has somebody got a name since the last {@link #takeNamed}? */
    boolean hasNamed() {
        return !named.isEmpty();
    }

    /** Who got a name since the last call. */
    List<AddressSlot> takeNamed() {
        List<AddressSlot> all = List.copyOf(named);
        named.clear();
        return all;
    }

    // ------------------------------------------------------------------ members

    /** This node is up: those that ended before, and the members. */
    void begin(MemberView view, Now now) {
        first = view.incarnations();
        for (MemberEvent event : view.snapshot()) {
            if (event instanceof MemberEvent.Named named) {
                onNamed(named, named.sinceMs());
            } else {
                onMember(event, now);
            }
        }
        newcomers(view.newcomers());
        remember(view.history(), now);
        showMembers();
    }

    /** What others remember may come late: it is in its place among what ended before this node was up. */
    private void remember(HistoryView view, Now now) {
        List<Departure> before = history.departures();
        history = view;
        if (view.departures().equals(before)) {
            return;
        }
        for (Departure departure : view.departures()) {
            int nameless = namelessSlot(departure.uid());
            if (nameless >= 0 && !nameOf(nameless).equals(departure.node())) {
                int slot = named(departure.node());
                if (known(slot, departure.node()).lastEvent()
                        <= known(nameless, nameOf(nameless)).lastEvent()) {
                    mayFold(departure.uid(), slot);
                }
            } else if (nameless < 0 && !members.containsKey(departure.uid()) && !publishedNothing(departure)) {
                ended(departure, now);
            }
        }
    }

    /** Did it say so? Then nothing of it can be missed. */
    private boolean publishedNothing(Departure departure) {
        return Long.valueOf(0).equals(headOf(departure));
    }

    private @Nullable Long headOf(Departure departure) {
        return departure.headOf(Epoch.of(departure.uid(), topic));
    }

    @Override
    public void recall(long uid, Now now) {
        for (Departure departure : history.departures()) {
            if (departure.uid() == uid && publishedNothing(departure) && namelessSlot(uid) < 0) {
                ended(departure, now);
            }
        }
    }

    private void ended(Departure departure, Now now) {
        Epoch epoch = Epoch.of(departure.uid(), topic);
        String byToken = tokenNames.get(departure.uid());
        if (byToken != null && NodeLabel.isAddress(departure.node()) && isUnordered(named(byToken), epoch)) {
            tokenNames.remove(departure.uid());
        }
        int itsName = slotOf(departure.uid()); // a token may know the name that nobody remembers
        boolean isNameless = itsName < 0 && NodeLabel.isAddress(departure.node());
        int slot = isNameless
                ? nameless(departure.uid(), departure.node())
                : itsName < 0 ? named(departure.node()) : itsName;
        Generation known = known(slot, departure.node()).generation(epoch);
        Long head = headOf(departure);
        if (known != null && known.removed() != null && known.removed().wasSeen()) {
            if (head != null && !known.isOver()) { // others have heard where it ended
                removed(slot, departure.uid(), new End.Stated(head, true), known.removed(), now);
            }
        } else {
            End.Stated farewell = head == null ? null : new End.Stated(head, true);
            long event = Math.max(1, Math.min(departure.endedMs(), FIRST_EVENT - 1));
            removed(slot, departure.uid(), farewell, new Generation.Removal(event, departure.endedMs()), now);
            if (isNameless) {
                giveUp(slot); // nobody comes under an address: it is told at once
            }
        }
    }

    /** Members came, told their names, or went. */
    void onMembers(List<MemberEvent> happened, HistoryView itsHistory, Now now) {
        happened.forEach(event -> onMember(event, now));
        remember(itsHistory, now);
        showMembers();
    }

    /** These join. */
    void newcomers(Set<Long> uids) {
        if (!uids.equals(producers.newcomers())) {
            producers = producers.withNewcomers(uids);
        }
    }

    private void showMembers() {
        producers = producers.withMembers(List.copyOf(members.values()), events, history);
    }

    private void onMember(MemberEvent event, Now now) {
        if (event instanceof MemberEvent.Present present) {
            Epoch epoch = Epoch.of(present.uid(), topic);
            KnownMember member =
                    new KnownMember(present.uid(), epoch, present.address(), null, -1, history.timeMs(now.ns()));
            members.put(present.uid(), member);
            cameAt.put(present.uid(), events);
            if (cameLater(present.uid()) || present.uid() == self) {
                order.put(present.uid(), ++came);
            }
        } else if (event instanceof MemberEvent.Named named) {
            KnownMember member = members.get(named.uid());
            onNamed(named, member == null ? 0 : member.joinedMs());
        } else if (event instanceof MemberEvent.Removed removed) {
            onRemoved(removed, history.timeMs(now.ns()), now);
        }
    }

    private void onNamed(MemberEvent.Named event, long sinceMs) {
        KnownMember member = members.get(event.uid());
        if (member == null || member.name() != null) {
            return;
        }
        int slot = named(event.node());
        members.put(event.uid(), member.named(event.node(), slot, sinceMs));
        tokenNames.remove(event.uid());
        cameAt.remove(event.uid());
        waitUntilNs.remove(slot);
        fold(event.uid(), slot);
        set(slot, known(slot, event.node()).asked());
    }

    private void onRemoved(MemberEvent.Removed removed, long endedMs, Now now) {
        KnownMember member = members.remove(removed.uid());
        order.remove(removed.uid());
        if (member == null) {
            return;
        }
        Epoch epoch = Epoch.of(removed.uid(), topic);
        Map<Epoch, Long> published = removed.published();
        Long end = published == null ? ends.get(removed.uid()) : published.getOrDefault(epoch, Long.valueOf(0));
        ends.remove(removed.uid());
        End.Stated farewell = end == null ? null : new End.Stated(end, true);
        int known = member.name() == null ? slotOf(member.uid()) : named(member.name());
        boolean isBeside = known >= 0 && (host(known) != null || isInFront(member.uid(), known));
        if (isBeside && !isInLog(known, epoch)) {
            known = -1; // who reads under that name stands behind this: it is told under its address
        }
        tokenNames.remove(member.uid());
        int slot = known < 0 ? nameless(member.uid(), member.address()) : known;
        if (known >= 0) {
            fold(removed.uid(), slot);
        } else if (producers.get(slot) == null) {
            set(slot, KnownProducer.named(member.address())); // a token had named it
        }
        removed(slot, removed.uid(), farewell, new Generation.Removal(++events, endedMs), now);
        if (known < 0) {
            giveUp(slot); // nobody comes under an address: it is told at once
        }
    }

    private boolean isInLog(int slot, Epoch epoch) {
        KnownProducer producer = producers.get(slot);
        Generation generation = producer == null ? null : producer.generation(epoch);
        return generation != null && generation.inLog();
    }

    /** Has another one of that slot's name ended while this one was here? Names come one after the other: this one had it first. */
    private boolean isInFront(long uid, int slot) {
        Long came = cameAt.get(uid);
        KnownProducer producer = producers.get(slot);
        return came != null && producer != null && producer.lastEvent() > came;
    }

    private void removed(int slot, long uid, End.@Nullable Stated farewell, Generation.Removal removal, Now now) {
        KnownProducer producer = known(slot, nameOf(slot));
        Generation begun = Generation.begun(Epoch.of(uid, topic), uid, settings.durable());
        boolean wasHost = host(slot) == null;
        KnownProducer after = producer.removed(begun, removal, farewell, settings.durable(), wasHost);
        set(slot, after);
        if (after.presence() == KnownProducer.Presence.AWAITED) {
            waitUntilNs.put(slot, now.ns() + waitNs(after));
        } else {
            waitUntilNs.remove(slot);
        }
    }

    /** The member that has the name of that producer; null if none has. */
    @Nullable KnownMember host(int slot) {
        for (KnownMember member : members.values()) {
            if (member.slot() == slot) {
                return member;
            }
        }
        return null;
    }

    /** Did that member come after this node? */
    boolean cameLater(long uid) {
        return !first.contains(uid);
    }

    /** That member; null if it is none. */
    @Nullable KnownMember member(long uid) {
        return members.get(uid);
    }

    /** Those that are there. */
    List<KnownMember> members() {
        return List.copyOf(members.values());
    }

    // ------------------------------------------------------------------ what members answer

    /** A member says what its log is made of. */
    void answered(int slot, List<Part> parts, boolean outlivesProcess, LogCopy copy) {
        for (Part part : parts.subList(0, parts.size() - 1)) {
            fold(part.uid(), slot);
        }
        waitUntilNs.remove(slot);
        KnownProducer answered = known(slot, nameOf(slot)).answered(parts, outlivesProcess, copy);
        for (Part part : parts) {
            answered = members.containsKey(part.uid()) ? answered.ofMember(part.epoch()) : answered;
        }
        set(slot, answered);
    }

    /** That member has said that it publishes nothing more behind this sequence. */
    void endsAt(long uid, long sequence) {
        ends.put(uid, sequence);
    }

    /** That member is asked for its log again. */
    void asksAgain(int slot) {
        set(slot, known(slot, nameOf(slot)).asked());
    }

    /** Somebody has a place in a generation that is not known here. */
    void waitFor(int slot, Now now) {
        KnownProducer producer = known(slot, nameOf(slot));
        if (producer.presence() == KnownProducer.Presence.GONE) {
            set(slot, producer.waitedFor());
            waitUntilNs.put(slot, now.ns() + waitNs(producer));
        }
    }

    /** Adds the names of those whose logs outlive their processes, and for whom is waited. */
    void addAwaitedNodes(Set<String> nodes) {
        for (int slot : waitUntilNs.keySet()) {
            KnownProducer producer = producers.get(slot);
            if (producer != null
                    && producer.isDurable()
                    && !producer.generations().isEmpty()) {
                nodes.add(producer.name());
            }
        }
    }

    private long waitNs(KnownProducer producer) {
        return producer.isDurable() ? settings.durableReturnNs() : settings.producerReturnNs();
    }

    // ------------------------------------------------------------------ time

    /** Who was waited for in vain is given up. */
    void onTime(Now now) {
        List<Integer> due = waitUntilNs.entrySet().stream()
                .filter(one -> one.getValue() - now.ns() <= 0)
                .map(Map.Entry::getKey)
                .toList();
        for (int slot : due) {
            if (mayBeMember(slot)) {
                waitUntilNs.put(slot, now.ns() + waitNs(known(slot, nameOf(slot))));
            } else {
                giveUp(slot);
            }
        }
    }

    /** Says a token that a member which has not said its name is that producer? Then it is there. */
    private boolean mayBeMember(int slot) {
        String name = nameOf(slot);
        return members.values().stream()
                .anyMatch(member -> member.name() == null && name.equals(tokenNames.get(member.uid())));
    }

    /** In how many nanoseconds {@link #onTime} is due; {@code Long.MAX_VALUE} if nothing is. */
    long dueInNs(long nowNs) {
        long wait = Long.MAX_VALUE;
        for (long until : waitUntilNs.values()) {
            wait = Math.min(wait, Math.max(0, until - nowNs));
        }
        return wait;
    }

    private void giveUp(int slot) {
        waitUntilNs.remove(slot);
        set(slot, known(slot, nameOf(slot)).givenUp());
    }

    // ------------------------------------------------------------------ slots

    /**
     * Somebody says that it has that name. As long as another member has it, or if another one of that name ended while it was here, it goes by its
     * address: else it would be in front of what is read.
     */
    private void mayFold(long uid, int slot) {
        if (host(slot) == null && !isInFront(uid, slot)) {
            fold(uid, slot);
        }
    }

    /** What went by its address belongs to the producer with that name. */
    private void fold(long uid, int slot) {
        if (!members.containsKey(uid)) {
            cameAt.remove(uid);
        }
        int addressSlot = producers.addressSlot(uid);
        KnownProducer nameless = addressSlot < 0 ? null : producers.get(addressSlot);
        if (namelessSlot(uid) < 0 && nameless == null) {
            return; // it has no slot, or all of it was with its name before
        }
        KnownProducer producer = known(slot, nameOf(slot));
        if (nameless != null) {
            for (Generation generation : nameless.generations()) {
                producer = producer.with(generation);
            }
        }
        waitUntilNs.remove(addressSlot);
        String address = nameOf(addressSlot);
        producers = producers.named(uid, address, addressSlot, slot, producer);
        named.add(new AddressSlot(uid, address, addressSlot, slot));
    }

    private KnownProducer known(int slot, String name) {
        KnownProducer known = producers.get(slot);
        return known == null ? KnownProducer.named(name) : known;
    }

    private String nameOf(int slot) {
        KnownProducer known = producers.get(slot);
        return known == null ? "" : known.name();
    }

    /** The slot of the producer with that name; a new one if there is none. */
    @Override
    public int named(String name) {
        Integer known = slots.of(name);
        if (known != null) {
            return known;
        }
        int slot = slots.take(name);
        set(slot, KnownProducer.named(name));
        return slot;
    }

    /** The slot in which that incarnation goes by its address, or went by it; a new one if there is none. */
    @Override
    public int nameless(long uid, String address) {
        int known = producers.addressSlot(uid);
        if (known >= 0) {
            return known;
        }
        int slot = slots.take();
        int itsName = slotOf(uid);
        if (itsName >= 0) {
            producers = producers.named(uid, address, slot, itsName, known(itsName, nameOf(itsName)));
            return slot;
        }
        KnownProducer nameless = KnownProducer.named(address);
        producers = producers.nameless(uid, slot, members.containsKey(uid) ? nameless.asked() : nameless);
        return slot;
    }

    /** The slot in which that incarnation goes by its address, as nobody has said its name; -1 if it does not. */
    private int namelessSlot(long uid) {
        AddressSlot address = producers.byAddress(uid);
        return address == null || address.named() >= 0 ? -1 : address.slot();
    }

    @Override
    public List<Integer> namelessMembers() {
        return members.values().stream()
                .filter(member -> member.name() == null)
                .map(member -> {
                    int slot = slotOf(member.uid());
                    return slot >= 0 ? slot : nameless(member.uid(), member.address());
                })
                .toList();
    }

    /** Who had the names of members whose logs are copied, and lack what those had. They have said no names: tokens say so. */
    List<Change.Succeeded> succeeded() {
        List<Change.Succeeded> all = new ArrayList<>(0);
        for (KnownMember member : members.values()) {
            String name = member.name() == null ? tokenNames.get(member.uid()) : null;
            if (name == null) {
                continue;
            }
            int slot = named(name);
            KnownProducer producer = known(slot, name);
            Epoch epoch = member.epoch();
            if (producer.copy() != null && producer.generation(epoch) == null && isBefore(member.uid(), host(slot))) {
                int addressSlot = nameless(member.uid(), member.address());
                all.add(new Change.Succeeded(slot, addressSlot, member.uid(), epoch, producer));
            }
        }
        return all;
    }

    private boolean isBefore(long uid, @Nullable KnownMember other) {
        return other != null && order.getOrDefault(uid, 0L) < order.getOrDefault(other.uid(), 0L);
    }

    /** The same, of that slot's producer. */
    List<Change.Succeeded> succeeded(int slot) {
        return succeeded().stream().filter(one -> one.slot() == slot).toList();
    }

    /** The slot of the producer that that incarnation is, as far as anybody has said its name; else -1. */
    private int slotOf(long uid) {
        KnownMember member = members.get(uid);
        String name = member == null || member.name() == null ? tokenNames.get(uid) : member.name();
        boolean isSucceeded = name != null && member != null && member.name() == null && host(named(name)) != null;
        if (name != null && !isSucceeded) {
            return named(name);
        }
        AddressSlot byAddress = producers.byAddress(uid);
        if (byAddress != null) {
            return byAddress.named();
        }
        Epoch epoch = Epoch.of(uid, topic);
        for (int slot = 0; slot < producers.slots(); slot++) {
            KnownProducer producer = producers.get(slot);
            if (producer != null && producer.generation(epoch) != null && producers.atAddress(slot) == null) {
                return slot;
            }
        }
        return -1;
    }

    @Override
    public void namedByToken(long uid, String name) {
        KnownMember member = members.get(uid);
        int slot = named(name);
        boolean isKnown = member == null ? !isUnordered(slot, Epoch.of(uid, topic)) : member.name() == null;
        if (isKnown) {
            tokenNames.put(uid, name);
            if (tokenNames.size() > Limits.MAX_TOKEN_POSITIONS) {
                tokenNames.remove(tokenNames.keySet().iterator().next());
            }
            mayFold(uid, slot);
        }
    }

    /** Others of that name have ended, and a token does not say whether that generation comes in front of theirs. */
    private boolean isUnordered(int slot, Epoch epoch) {
        KnownProducer producer = known(slot, nameOf(slot));
        return producer.lastEvent() >= 0 && producer.generation(epoch) == null;
    }

    // ------------------------------------------------------------------ forgetting

    /** Nobody has to do with that generation any more. */
    void forget(int slot, Generation generation) {
        set(slot, known(slot, nameOf(slot)).without(generation.epoch()));
    }

    /** Nobody has to do with that slot any more. */
    void free(int slot) {
        AddressSlot address = producers.atAddress(slot);
        if (address != null) {
            cameAt.remove(address.uid());
        }
        slots.giveUp(slot, nameOf(slot));
        waitUntilNs.remove(slot);
        producers = producers.without(slot);
    }

    /** All subscriptions have heard which slots are free. */
    void slotsForgotten() {
        slots.forgotten();
    }

    /** How many slots are in use, or were lately. */
    int slotCount() {
        return slots.count();
    }

    private void set(int slot, KnownProducer producer) {
        producers = producers.with(slot, producer);
    }
}
