package dev.gapless.core.copy;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.LogCopy;
import dev.gapless.core.place.Part;
import dev.gapless.core.place.Producers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who the producers of a topic are, as members come, say their names, and go (rule L3).
 *
 * <p>A member that has not said its name is a producer under its address. When its name is known, what was known under the address belongs to the
 * producer of that name; who was told under the address keeps a place there.
 *
 * <p>Not thread-safe; what it makes of them is immutable.
 */
final class TopicProducers {
    /** A member, and the slot of the producer that it is. */
    private static final class Member {
        final long uid;
        final String address;

        @Nullable String name;

        Member(long uid, String address) {
            this.uid = uid;
            this.address = address;
        }
    }

    /** What went by its address in one slot is the other slot's producer. */
    record Named(int addressSlot, int slot) {}

    private final String topic;
    private final TopicSettings settings;

    private final Map<Long, Member> members = new LinkedHashMap<>();
    private final Map<String, Integer> slots = new HashMap<>();
    /** Slots in which incarnations go by their addresses. */
    private final Map<Long, Integer> addressSlots = new HashMap<>();
    /** Until when somebody is waited for, by slot. */
    private final Map<Integer, Long> waitUntilNs = new LinkedHashMap<>();
    /** Since the last {@link #takeNamed}. */
    private final List<Named> named = new ArrayList<>();

    private Producers producers = Producers.NONE;
    private int nextSlot;
    private long events;

    TopicProducers(String topic, TopicSettings settings) {
        this.topic = topic;
        this.settings = settings;
    }

    /** As they are known now. */
    Producers producers() {
        return producers;
    }

    /** The last removal that was seen here. */
    long lastEvent() {
        return events;
    }

    /** Who got a name since the last call. */
    List<Named> takeNamed() {
        List<Named> all = List.copyOf(named);
        named.clear();
        return all;
    }

    // ------------------------------------------------------------------ members

    /** This node is up: those that ended before, in their order, and the members. */
    void begin(MemberView view, Now now) {
        HistoryView history = view.history();
        history.departures().stream()
                .sorted(Comparator.comparingLong(Departure::endedMs))
                .forEach(departure -> departed(departure, now));
        onMembers(view.snapshot(), history, now);
    }

    private void departed(Departure departure, Now now) {
        Epoch epoch = Epoch.of(departure.uid(), topic);
        Long head = departure.headOf(epoch);
        if (head != null && head == 0) {
            return; // nothing of it can be missed
        }
        End.Stated farewell = head == null ? null : new End.Stated(head, true);
        removed(slot(departure.node()), departure.uid(), farewell, departure.endedMs(), now);
    }

    /** Members came, told their names, or went. */
    void onMembers(List<MemberEvent> happened, HistoryView history, Now now) {
        for (MemberEvent event : happened) {
            if (event instanceof MemberEvent.Present present) {
                members.put(present.uid(), new Member(present.uid(), present.address()));
            } else if (event instanceof MemberEvent.Named name) {
                onNamed(name.uid(), name.node());
            } else if (event instanceof MemberEvent.Removed removed) {
                onRemoved(removed, history.timeMs(now.ns()), now);
            }
        }
    }

    private void onNamed(long uid, String node) {
        Member member = members.get(uid);
        if (member == null || member.name != null) {
            return;
        }
        member.name = node;
        int slot = slot(node);
        waitUntilNs.remove(slot);
        fold(uid, slot);
        set(slot, known(slot, node).asked());
    }

    private void onRemoved(MemberEvent.Removed removed, long endedMs, Now now) {
        Member member = members.remove(removed.uid());
        Epoch epoch = Epoch.of(removed.uid(), topic);
        Map<Epoch, Long> published = removed.published();
        End.Stated farewell = published == null ? null : new End.Stated(published.getOrDefault(epoch, 0L), true);
        if (member == null) {
            return;
        }
        String name = member.name;
        int slot = name == null ? addressSlot(member) : slot(name);
        removed(slot, removed.uid(), farewell, endedMs, now);
        if (name == null) {
            giveUp(slot); // nobody comes under an address: it is told at once
        }
    }

    private void removed(int slot, long uid, End.@Nullable Stated farewell, long endedMs, Now now) {
        events++;
        KnownProducer producer = known(slot, nameOf(slot));
        Generation begun = Generation.begun(Epoch.of(uid, topic), uid);
        boolean wasHost = host(slot) == 0;
        KnownProducer after =
                producer.removed(begun, new Generation.Removal(events, endedMs), farewell, settings.durable(), wasHost);
        set(slot, after);
        if (after.presence() == KnownProducer.Presence.AWAITED) {
            waitUntilNs.put(slot, now.ns() + waitNs(after));
        } else {
            waitUntilNs.remove(slot);
        }
    }

    /** The member that has that producer's name; 0 if none has. */
    long host(int slot) {
        for (Member member : members.values()) {
            String name = member.name;
            if (name != null && slots.getOrDefault(name, -1) == slot) {
                return member.uid;
            }
        }
        return 0;
    }

    /** The slot of that member's producer; -1 if its name is not known. */
    int slotOf(long uid) {
        Member member = members.get(uid);
        String name = member == null ? null : member.name;
        return name == null ? -1 : slots.getOrDefault(name, -1);
    }

    // ------------------------------------------------------------------ what members answer

    /** A member says what its log is made of. */
    void answered(int slot, List<Part> parts, boolean outlivesProcess, LogCopy copy) {
        for (Part part : parts.subList(0, parts.size() - 1)) {
            fold(part.uid(), slot);
        }
        waitUntilNs.remove(slot);
        set(slot, known(slot, nameOf(slot)).answered(parts, outlivesProcess, copy));
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
        producers = producers.named(uid, addressSlot, slot, producer);
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
    int slot(String name) {
        Integer known = slots.get(name);
        if (known != null) {
            return known;
        }
        int slot = nextSlot++;
        slots.put(name, slot);
        set(slot, KnownProducer.named(name));
        return slot;
    }

    private int addressSlot(Member member) {
        Integer known = addressSlots.get(member.uid);
        if (known != null) {
            return known;
        }
        int slot = nextSlot++;
        addressSlots.put(member.uid, slot);
        set(slot, KnownProducer.named(member.address));
        return slot;
    }

    private void set(int slot, KnownProducer producer) {
        producers = producers.with(slot, producer);
    }
}
