package dev.gapless.gateway.internal.access;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Places, of which those who are mute may take a quarter together: who has not shown a credential yet or, where none is needed, has not asked
 * for anything. A new one is mute. When the quarter is full, or all places are, the mute one that has been there for longest ends, of the
 * address that has most of them: so mute ones keep out neither those who speak, nor those of other addresses. Thread-safe.
 */
public final class MutePlaces {
    private static final int PART = 4;
    /** The address first that has most; of several the one whose first came first. */
    private static final Comparator<Address> MOST_FIRST =
            Comparator.comparingInt((Address address) -> -address.mute.size()).thenComparingLong(Address::first);

    private final int most;
    private final int mostMute;
    private final LongAdder ended;
    private final Map<String, Address> addresses = new HashMap<>();
    private final NavigableSet<Address> order = new TreeSet<>(MOST_FIRST);
    // Guarded by this, as those above.
    private long last;
    private int taken;
    private int mute;

    /** Those of one address, the oldest first. In the order only while it is not changed. */
    private static final class Address {
        final String name;
        final Map<Long, Place> mute = new LinkedHashMap<>();

        Address(String name) {
            this.name = name;
        }

        long first() {
            return mute.keySet().iterator().next();
        }
    }

    /** One of them, until {@link #leave}. */
    public final class Place {
        private final long number;
        private final Runnable end;
        /** Null once it speaks or has left. */
        private @Nullable Address address;

        private boolean left;
        private boolean within;

        private Place(long number, Runnable end) {
            this.number = number;
            this.end = end;
        }

        /** It is mute no more. Repeating it is harmless. */
        public void speaks() {
            synchronized (MutePlaces.this) {
                removeMute(this);
            }
        }

        /** It is free again. Repeating it is harmless. */
        public void leave() {
            synchronized (MutePlaces.this) {
                give();
            }
        }

        /** Guarded by the places. */
        private void give() {
            removeMute(this);
            if (!left) {
                left = true;
                taken--;
            }
        }

        /** Was there a place for it when it came, also one that another one gave for it? */
        public boolean isWithin() {
            return within;
        }
    }

    /**
     * @param most so many places, of which a quarter, and at least one, is for mute ones
     * @param ended counts those that were ended
     */
    public MutePlaces(int most, LongAdder ended) {
        this.most = most;
        this.mostMute = Math.max(1, most / PART);
        this.ended = ended;
    }

    /**
     * One more, which is mute. One that makes room gives its place at once, and may be there yet for a while.
     *
     * @param address who shares with whom
     * @param end ends it, and may be run on the thread of another's {@code enter}
     */
    public Place enter(String address, Runnable end) {
        Place entered;
        Place victim = null;
        synchronized (this) {
            entered = new Place(++last, end);
            taken++;
            mute++;
            Address its = addresses.computeIfAbsent(address, Address::new);
            entered.address = its;
            change(its, () -> its.mute.put(entered.number, entered));
            if (mute > mostMute || (mute > 1 && taken >= most)) {
                victim = order.first().mute.values().iterator().next();
                victim.give();
            }
            entered.within = taken <= most;
        }
        if (victim != null) {
            ended.increment();
            victim.end.run();
        }
        return entered;
    }

    private void removeMute(Place place) {
        Address its = place.address;
        if (its != null) {
            place.address = null;
            mute--;
            change(its, () -> its.mute.remove(place.number));
            if (its.mute.isEmpty()) {
                addresses.remove(its.name);
            }
        }
    }

    /** Its place in the order may become another one. */
    private void change(Address address, Runnable change) {
        if (!address.mute.isEmpty()) {
            order.remove(address);
        }
        change.run();
        if (!address.mute.isEmpty()) {
            order.add(address);
        }
    }

    /** How many are mute. */
    public synchronized int mute() {
        return mute;
    }

    /** How many there are. */
    public synchronized int taken() {
        return taken;
    }
}
