package dev.gapless.core.reading;

import dev.gapless.core.Epoch;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.Producers;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a subscription has passed without a place: what was over before it began, and what was told of producers of which nothing was known. Immutable.
 *
 * @param event the node's last removal when the subscription began here; counts for one that was opened here
 * @param tokenMs the time of the token that was resumed, in milliseconds since 1970; empty if the subscription was opened here
 * @param marginMs by so much two members may differ about when something happened
 * @param byHand did an application make that token? Then it says nothing of members that it does not list
 * @param told by slot the node's last removal that a loss covers
 * @param listed what that token says is passed
 * @param named where it stood under a name: nothing of that is told under an address, too
 */
public record Past(
        long event,
        OptionalLong tokenMs,
        long marginMs,
        boolean byHand,
        Map<Integer, Long> told,
        Set<Epoch> listed,
        Set<Epoch> named) {
    public Past {
        told = Map.copyOf(told);
        listed = Set.copyOf(listed);
        named = Set.copyOf(named);
    }

    /** Of a subscription that is opened now. */
    public static Past opened(long event) {
        return new Past(event, OptionalLong.empty(), 0, false, Map.of(), Set.of(), Set.of());
    }

    /** Of one that resumes a token. Its time alone counts: the removal may be seen here only later. */
    public static Past resumed(long event, long tokenMs, long marginMs) {
        return new Past(event, OptionalLong.of(tokenMs), marginMs, false, Map.of(), Set.of(), Set.of());
    }

    /** Of one that resumes a token that an application made: members that this does not list are read from their beginning. */
    public static Past byHand(long event, long tokenMs, long marginMs) {
        return new Past(event, OptionalLong.of(tokenMs), marginMs, true, Map.of(), Set.of(), Set.of());
    }

    /**
     * The same, of a token that says so.
     *
     * @param passed these generations are passed
     * @param stood where it stands under names
     */
    Past listing(Set<Epoch> passed, Set<Epoch> stood) {
        return new Past(event, tokenMs, marginMs, byHand, told, passed, stood);
    }

    /** Should the token that was resumed list that member? It was there before. */
    boolean lists(KnownMember member) {
        return tokenMs.isPresent() && !byHand && member.joinedMs() <= tokenMs.getAsLong() - marginMs;
    }

    /**
     * May it have been read, though there is no place in it? The token that was resumed left it out if it had ended long before, and clocks may say
     * here that it did lately.
     */
    boolean mayHaveRead(Generation generation) {
        Generation.Removal removed = generation.removed();
        return tokenMs.isPresent() && removed != null && removed.endedMs() <= tokenMs.getAsLong();
    }

    /** Was that generation over before? */
    public boolean passes(Generation generation) {
        return passes(-1, generation);
    }

    /** The same, and if that slot is an address: did the subscription stand there under a name? */
    boolean passes(Producers producers, int slot, Generation generation) {
        boolean isNamed = named.contains(generation.epoch()) && producers.atAddress(slot) != null;
        return isNamed || passes(slot, generation);
    }

    /** Was that generation over before, or told? */
    boolean passes(int slot, Generation generation) {
        Generation.Removal removed = generation.removed();
        if (removed == null) {
            return false;
        }
        if (listed.contains(generation.epoch()) || removed.event() <= told.getOrDefault(slot, -1L)) {
            return true;
        }
        return tokenMs.isEmpty() ? removed.event() <= event : removed.endedMs() <= tokenMs.getAsLong() - marginMs;
    }

    /** The same, after everything was told that was removed by then of that slot's producer. */
    Past told(int slot, long lastEvent) {
        Map<Integer, Long> more = new HashMap<>(told);
        more.merge(slot, lastEvent, Math::max);
        return new Past(event, tokenMs, marginMs, byHand, more, listed, named);
    }

    /** The same, where that slot is nobody's. */
    Past without(int slot) {
        if (!told.containsKey(slot)) {
            return this;
        }
        Map<Integer, Long> fewer = new HashMap<>(told);
        fewer.remove(slot);
        return new Past(event, tokenMs, marginMs, byHand, fewer, listed, named);
    }
}
