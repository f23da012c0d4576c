package dev.gapless.core.place;

import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The producers of a topic, as a node knows them at one moment: each has a slot, by which subscriptions keep their places. Immutable, but for the
 * copies that it shows.
 */
public final class Producers {
    /** A topic without one, on a node that knows no member. */
    public static final Producers NONE = new Producers(
            0,
            new KnownProducer[0],
            new AddressSlot[0],
            new KnownMember[0],
            Map.of(),
            List.of(),
            Set.of(),
            0,
            HistoryView.NOTHING);

    private final long version;
    private final @Nullable KnownProducer[] bySlot;
    private final @Nullable AddressSlot[] addressSlots;
    private final @Nullable KnownMember[] hosts;
    private final Map<Long, AddressSlot> addresses;
    private final List<KnownMember> members;
    private final Set<Long> newcomers;
    private final long lastEvent;
    private final HistoryView history;

    private Producers(
            long version,
            @Nullable KnownProducer[] bySlot,
            @Nullable AddressSlot[] addressSlots,
            @Nullable KnownMember[] hosts,
            Map<Long, AddressSlot> addresses,
            List<KnownMember> members,
            Set<Long> newcomers,
            long lastEvent,
            HistoryView history) {
        this.version = version;
        this.bySlot = bySlot;
        this.addressSlots = addressSlots;
        this.hosts = hosts;
        this.addresses = addresses;
        this.members = members;
        this.newcomers = newcomers;
        this.lastEvent = lastEvent;
        this.history = history;
    }

    /** Rises with each change. */
    public long version() {
        return version;
    }

    // ------------------------------------------------------------------ producers

    /** All slots are below this. */
    public int slots() {
        return bySlot.length;
    }

    /** The producer with that slot; null if there is none. */
    public @Nullable KnownProducer get(int slot) {
        return slot < bySlot.length ? bySlot[slot] : null;
    }

    /** The slot of the producer with that name; -1 if there is none. */
    public int slotOf(String node) {
        for (int slot = 0; slot < bySlot.length; slot++) {
            KnownProducer producer = bySlot[slot];
            if (producer != null && producer.name().equals(node) && atAddress(slot) == null) {
                return slot;
            }
        }
        return -1;
    }

    /** The slot in which an incarnation goes by its address, or went by it until its name was known; -1 if it never did. */
    public int addressSlot(long uid) {
        AddressSlot known = byAddress(uid);
        return known == null ? -1 : known.slot();
    }

    /** Where that incarnation goes, or went, by its address; null if it never did. */
    public @Nullable AddressSlot byAddress(long uid) {
        return addresses.get(uid);
    }

    /** Has an incarnation gone by its address that turned out to be that slot's producer? */
    public boolean isNamed(int slot) {
        return addresses.values().stream().anyMatch(address -> address.named() == slot);
    }

    /** The incarnation that goes, or went, by its address in that slot; null if the slot is a name's. */
    public @Nullable AddressSlot atAddress(int slot) {
        return slot < addressSlots.length ? addressSlots[slot] : null;
    }

    /** The same, with that producer in that slot; null takes it away. */
    public Producers with(int slot, @Nullable KnownProducer producer) {
        @Nullable KnownProducer[] all = Arrays.copyOf(bySlot, Math.max(bySlot.length, slot + 1));
        all[slot] = producer;
        return new Producers(version + 1, all, addressSlots, hosts, addresses, members, newcomers, lastEvent, history);
    }

    /** The same with nobody in that slot. */
    public Producers without(int slot) {
        AddressSlot address = atAddress(slot);
        Producers others = with(slot, null);
        if (address == null) {
            return others;
        }
        Map<Long, AddressSlot> fewer = new HashMap<>(addresses);
        fewer.remove(address.uid());
        @Nullable AddressSlot[] all = addressSlots.clone();
        all[slot] = null;
        return new Producers(
                others.version, others.bySlot, all, hosts, Map.copyOf(fewer), members, newcomers, lastEvent, history);
    }

    /** The same, where an incarnation goes by its address in that slot. */
    public Producers nameless(long uid, int slot, KnownProducer producer) {
        return with(slot, producer).withAddress(new AddressSlot(uid, producer.name(), slot, -1));
    }

    /** The same: an incarnation that went by its address in that slot is the other slot's producer, and nobody is in that slot. */
    public Producers named(long uid, String address, int addressSlot, int slot, KnownProducer producer) {
        return with(slot, producer)
                .with(addressSlot, null)
                .withAddress(new AddressSlot(uid, address, addressSlot, slot));
    }

    private Producers withAddress(AddressSlot one) {
        Map<Long, AddressSlot> more = new HashMap<>(addresses);
        more.put(one.uid(), one);
        @Nullable AddressSlot[] all = Arrays.copyOf(addressSlots, Math.max(addressSlots.length, one.slot() + 1));
        all[one.slot()] = one;
        return new Producers(version, bySlot, all, hosts, Map.copyOf(more), members, newcomers, lastEvent, history);
    }

    // ------------------------------------------------------------------ members

    /** Those that are there, this node included. */
    public List<KnownMember> members() {
        return members;
    }

    /** Is that incarnation a member, or does it join? What comes of it is told in its turn. */
    public boolean isHere(long uid) {
        return newcomers.contains(uid) || members.stream().anyMatch(member -> member.uid() == uid);
    }

    /** Is that the log of a member that has not said its name? */
    public boolean isNameless(Epoch epoch) {
        return members.stream()
                .anyMatch(member -> member.name() == null && member.epoch().equals(epoch));
    }

    /** Those that were seen joining, or down, and not up. */
    public Set<Long> newcomers() {
        return newcomers;
    }

    /** The member that has the name of that slot's producer; null if none has. */
    public @Nullable KnownMember host(int slot) {
        return slot < hosts.length ? hosts[slot] : null;
    }

    /** The number of the last removal that was seen here. */
    public long lastEvent() {
        return lastEvent;
    }

    /** What is remembered of those that ended. */
    public HistoryView history() {
        return history;
    }

    /** The same with these members. */
    public Producers withMembers(List<KnownMember> all, long itsLastEvent, HistoryView itsHistory) {
        int slots = all.stream().mapToInt(KnownMember::slot).max().orElse(-1) + 1;
        @Nullable KnownMember[] bySlotOfHost = new KnownMember[slots];
        for (KnownMember member : all) {
            if (member.slot() >= 0) {
                bySlotOfHost[member.slot()] = member;
            }
        }
        return new Producers(
                version + 1,
                bySlot,
                addressSlots,
                bySlotOfHost,
                addresses,
                List.copyOf(all),
                newcomers,
                itsLastEvent,
                itsHistory);
    }

    /** The same, where these join. */
    public Producers withNewcomers(Set<Long> uids) {
        return new Producers(
                version + 1, bySlot, addressSlots, hosts, addresses, members, Set.copyOf(uids), lastEvent, history);
    }

    @Override
    public String toString() {
        return Arrays.toString(bySlot);
    }
}
