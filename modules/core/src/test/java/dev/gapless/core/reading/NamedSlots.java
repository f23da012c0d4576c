package dev.gapless.core.reading;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LastPing;
import dev.gapless.core.Now;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Part;
import dev.gapless.core.place.Producers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The producers of a topic, put together by hand, at {@link #NOW}. */
final class NamedSlots implements Slots {
    static final long NOW_MS = 100_000_000;
    static final Now NOW = new Now(0, 0);
    static final long MARGIN_MS = 60_000;
    /** Long before. */
    static final long EARLY_MS = 1_000;

    final LastPing lastPing = new LastPing();
    private final Map<String, Integer> slots = new HashMap<>();
    private final List<KnownMember> members = new ArrayList<>();
    private HistoryView history = history(Given.HISTORY, 0);
    private Producers producers = Producers.NONE;
    private int next;
    private long events;
    final List<String> namedByToken = new ArrayList<>();

    static Epoch epoch(long uid) {
        return Epoch.of(uid, Given.TOPIC);
    }

    private HistoryView history(long id, long horizonMs, Departure... departures) {
        return new HistoryView(
                id, horizonMs, false, false, List.of(departures), new Now(NOW_MS, NOW.ns()), lastPing, MARGIN_MS);
    }

    void remember(long id, long horizonMs, Departure... departures) {
        history = history(id, horizonMs, departures);
        show();
    }

    private void show() {
        producers = producers.withMembers(List.copyOf(members), events, history);
    }

    private KnownProducer known(int slot, String name) {
        KnownProducer known = producers.get(slot);
        return known == null ? KnownProducer.named(name) : known;
    }

    /** A member that has said its name. */
    int member(long uid, String name, long joinedMs) {
        int slot = named(name);
        members.removeIf(member -> member.uid() == uid);
        members.add(new KnownMember(uid, epoch(uid), address(uid), name, slot, joinedMs));
        producers = producers.with(slot, known(slot, name).asked());
        show();
        return slot;
    }

    static String address(long uid) {
        return "127.0.0.1:" + uid;
    }

    /** A member that has said no name. */
    void unnamedMember(long uid, long joinedMs) {
        members.add(new KnownMember(uid, epoch(uid), address(uid), null, -1, joinedMs));
        show();
    }

    /** An incarnation that was seen joining, or down. */
    void newcomer(long uid) {
        producers = producers.withNewcomers(Set.of(uid));
    }

    /** Its member's log is copied, and made of these incarnations with 100 messages each, the last one of {@code newest}. */
    void copied(String name, long newest, long oldest, long... uids) {
        int slot = named(name);
        long before = 100L * (uids.length - 1);
        List<Part> parts = new ArrayList<>();
        Arrays.stream(uids).forEach(uid -> parts.add(new Part(epoch(uid), uid, 100L * parts.size())));
        Given.Copied copy = new Given.Copied(before + newest, before + newest, oldest);
        producers = producers.with(slot, known(slot, name).answered(parts, false, copy));
    }

    /**
     * An incarnation was removed, and nobody of its name is waited for.
     *
     * @param head what it said to have published; null if it said nothing
     */
    int ended(long uid, String name, long endedMs, @Nullable Long head) {
        int slot = named(name);
        producers = producers.with(slot, removed(uid, slot, name, endedMs, head).givenUp());
        show();
        return slot;
    }

    /** An incarnation was removed, which may come back. */
    int gone(long uid, String name, long endedMs) {
        int slot = named(name);
        producers = producers.with(slot, removed(uid, slot, name, endedMs, null));
        show();
        return slot;
    }

    private KnownProducer removed(long uid, int slot, String name, long endedMs, @Nullable Long head) {
        members.removeIf(member -> member.uid() == uid);
        boolean wasHost = members.stream().noneMatch(member -> name.equals(member.name()));
        End.Stated farewell = head == null ? null : new End.Stated(head, true);
        Generation.Removal removal = new Generation.Removal(++events, endedMs);
        return known(slot, name).removed(Generation.begun(epoch(uid), uid, false), removal, farewell, false, wasHost);
    }

    /** What went by its address has this name. */
    void nameIt(long uid, String name) {
        int address = nameless(uid, address(uid));
        int slot = named(name);
        KnownProducer nameless = producers.get(address);
        KnownProducer producer = known(slot, name);
        if (nameless != null) {
            for (Generation generation : nameless.generations()) {
                producer = producer.with(generation);
            }
        }
        producers = producers.named(uid, address(uid), address, slot, producer);
    }

    /** It was removed under its address. */
    int endedNameless(long uid, long endedMs) {
        int slot = nameless(uid, address(uid));
        producers = producers.with(
                slot, removed(uid, slot, address(uid), endedMs, null).givenUp());
        show();
        return slot;
    }

    void give(int slot, KnownProducer producer) {
        producers = producers.with(slot, producer);
    }

    // ------------------------------------------------------------------ slots

    @Override
    public int named(String node) {
        return slots.computeIfAbsent(node, name -> {
            int slot = next++;
            producers = producers.with(slot, KnownProducer.named(name));
            return slot;
        });
    }

    @Override
    public int nameless(long uid, String address) {
        int known = producers.addressSlot(uid);
        if (known >= 0) {
            return known;
        }
        int slot = next++;
        producers = producers.nameless(uid, slot, KnownProducer.named(address));
        return slot;
    }

    @Override
    public List<Integer> namelessMembers() {
        return members.stream()
                .filter(member -> member.name() == null)
                .map(member -> nameless(member.uid(), member.address()))
                .toList();
    }

    @Override
    public Producers producers() {
        return producers;
    }

    @Override
    public void namedByToken(long uid, String name) {
        namedByToken.add(uid + " " + name);
    }

    @Override
    public void recall(long uid, Now now) {}
}
