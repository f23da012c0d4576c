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
import dev.gapless.core.reading.Slots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
    /** What went by its address in one slot is the other slot's producer. */
    record Named(int addressSlot, int slot) {}

    private static final long FIRST_EVENT = 1L << 60;

    private final String topic;
    private final TopicSettings settings;

    private final Map<Long, KnownMember> members = new LinkedHashMap<>();
    /** Those that were there when this node came up. */
    private final Set<Long> first = new HashSet<>();
    /** Where members have said to end that leave in good order. */
    private final Map<Long, Long> ends = new HashMap<>();
    /** Names that tokens give to members that have not said theirs, the oldest first. */
    private final Map<Long, String> tokenNames = new LinkedHashMap<>();

    private final Map<String, Integer> slots = new HashMap<>();
    /** Slots in which incarnations go by their addresses. */
    private final Map<Long, Integer> addressSlots = new HashMap<>();
    /** Until when somebody is waited for, by slot. */
    private final Map<Integer, Long> waitUntilNs = new LinkedHashMap<>();
    /** Since the last {@link #takeNamed}. */
    private final List<Named> named = new ArrayList<>();

    private Producers producers = Producers.NONE;
    private int nextSlot;
    /** What this node saw itself is behind all that others remember of the time before, which is in the order in which it ended. */
    private long events = FIRST_EVENT;

    private HistoryView history = HistoryView.NOTHING;

    TopicProducers(String topic, TopicSettings settings) {
        this.topic = topic;
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
    List<Named> takeNamed() {
        List<Named> all = List.copyOf(named);
        named.clear();
        return all;
    }

    // ------------------------------------------------------------------ members

    /** This node is up: those that ended before, and the members. */
    void begin(MemberView view, Now now) {
        for (MemberEvent event : view.snapshot()) {
            first.add(event.uid());
            if (event instanceof MemberEvent.Named named) {
                onNamed(named, named.sinceMs());
            } else {
                onMember(event, now);
            }
        }
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
            Integer nameless = addressSlots.get(departure.uid());
            if (nameless != null && !nameOf(nameless).equals(departure.node())) {
                fold(departure.uid(), named(departure.node()));
            } else if (nameless == null && !members.containsKey(departure.uid()) && !publishedNothing(departure)) {
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
            if (departure.uid() == uid && publishedNothing(departure) && !addressSlots.containsKey(uid)) {
                ended(departure, now);
            }
        }
    }

    private void ended(Departure departure, Now now) {
        int itsName = slotOf(departure.uid()); // a token may know the name that nobody remembers
        boolean isNameless = itsName < 0 && NodeLabel.isAddress(departure.node());
        int slot = isNameless
                ? nameless(departure.uid(), departure.node())
                : itsName < 0 ? named(departure.node()) : itsName;
        Generation known = known(slot, departure.node()).generation(Epoch.of(departure.uid(), topic));
        if (known == null || known.removed() == null || known.removed().event() == 0) {
            Long head = headOf(departure);
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

    private void showMembers() {
        producers = producers.withMembers(List.copyOf(members.values()), events, history);
    }

    private void onMember(MemberEvent event, Now now) {
        if (event instanceof MemberEvent.Present present) {
            KnownMember member = new KnownMember(present.uid(), present.address(), null, -1, history.timeMs(now.ns()));
            members.put(present.uid(), member);
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
        waitUntilNs.remove(slot);
        fold(event.uid(), slot);
        set(slot, known(slot, event.node()).asked());
    }

    private void onRemoved(MemberEvent.Removed removed, long endedMs, Now now) {
        KnownMember member = members.remove(removed.uid());
        first.remove(removed.uid());
        if (member == null) {
            return;
        }
        Epoch epoch = Epoch.of(removed.uid(), topic);
        Map<Epoch, Long> published = removed.published();
        Long end = published == null ? ends.get(removed.uid()) : published.getOrDefault(epoch, Long.valueOf(0));
        ends.remove(removed.uid());
        End.Stated farewell = end == null ? null : new End.Stated(end, true);
        int known = member.name() == null ? slotOf(member.uid()) : named(member.name());
        tokenNames.remove(member.uid());
        int slot = known < 0 ? nameless(member.uid(), member.address()) : known;
        if (known >= 0) {
            fold(removed.uid(), slot);
        }
        removed(slot, removed.uid(), farewell, new Generation.Removal(++events, endedMs), now);
        if (known < 0) {
            giveUp(slot); // nobody comes under an address: it is told at once
        }
    }

    private void removed(int slot, long uid, End.@Nullable Stated farewell, Generation.Removal removal, Now now) {
        KnownProducer producer = known(slot, nameOf(slot));
        Generation begun = Generation.begun(Epoch.of(uid, topic), uid);
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
        due.forEach(this::giveUp);
    }

    /** In how many nanoseconds {@link #onTime} is due; {@code Long.MAX_VALUE} if nothing is. */
    long dueInNs(long nowNs) {
        return waitUntilNs.values().stream()
                .mapToLong(until -> Math.max(0, until - nowNs))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private void giveUp(int slot) {
        waitUntilNs.remove(slot);
        set(slot, known(slot, nameOf(slot)).givenUp());
    }

    // ------------------------------------------------------------------ slots

    /** What went by its address belongs to the producer with that name. */
    private void fold(long uid, int slot) {
        Integer addressSlot = addressSlots.remove(uid);
        if (addressSlot == null) {
            return;
        }
        KnownProducer nameless = producers.get(addressSlot);
        KnownProducer producer = known(slot, nameOf(slot));
        if (nameless != null) {
            for (Generation generation : nameless.generations()) {
                producer = producer.with(generation);
            }
        }
        waitUntilNs.remove(addressSlot);
        producers = producers.named(uid, nameOf(addressSlot), addressSlot, slot, producer);
        named.add(new Named(addressSlot, slot));
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
        Integer known = slots.get(name);
        if (known != null) {
            return known;
        }
        int slot = nextSlot++;
        slots.put(name, slot);
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
        int slot = nextSlot++;
        int itsName = slotOf(uid);
        if (itsName >= 0) {
            producers = producers.named(uid, address, slot, itsName, known(itsName, nameOf(itsName)));
            return slot;
        }
        addressSlots.put(uid, slot);
        KnownProducer nameless = KnownProducer.named(address);
        producers = producers.nameless(uid, slot, members.containsKey(uid) ? nameless.asked() : nameless);
        return slot;
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

    /** The slot of the producer that that incarnation is, as far as anybody has said its name; else -1. */
    private int slotOf(long uid) {
        KnownMember member = members.get(uid);
        String name = member == null || member.name() == null ? tokenNames.get(uid) : member.name();
        if (name != null) {
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
        if (member == null || member.name() == null) {
            tokenNames.put(uid, name);
            if (tokenNames.size() > Limits.MAX_TOKEN_POSITIONS) {
                tokenNames.remove(tokenNames.keySet().iterator().next());
            }
            fold(uid, named(name));
        }
    }

    private void set(int slot, KnownProducer producer) {
        producers = producers.with(slot, producer);
    }
}
