package dev.gapless.core.place;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of one producer of a topic. Immutable, but for the {@link LogCopy} that it shows.
 *
 * <p>A producer's generations are those that its log is made of, and those that this node has heard of and the log lacks, in the order in which
 * their members were removed here. While the log is copied, its newest generation is the last of them.
 */
public final class KnownProducer {
    /** Is there somebody who knows the producer's log? */
    public enum Presence {
        /** A member has the producer's name, and has not answered the present registration. */
        ASKED,
        /** That member's log is copied. */
        COPIED,
        /** No member has the name; one may come that knows more. */
        AWAITED,
        /** No member has the name, and nobody is waited for. */
        GONE
    }

    /** What a subscription says of a generation. */
    @FunctionalInterface
    public interface Passes {
        boolean test(Generation generation);
    }

    /** Is this message here? */
    @FunctionalInterface
    public interface Cached {
        boolean test(Epoch epoch, long sequence);
    }

    private final String name;
    private final List<Generation> generations;
    private final Presence presence;
    private final boolean durable;
    private final @Nullable LogCopy copy;

    KnownProducer(
            String name, List<Generation> generations, Presence presence, boolean durable, @Nullable LogCopy copy) {
        this.name = name;
        this.generations = List.copyOf(generations);
        this.presence = presence;
        this.durable = durable;
        this.copy = copy;
        assert (presence == Presence.COPIED) == (copy != null) : this;
    }

    /** One of which nothing is known but its node's name, or its address as long as it has said no name. */
    public static KnownProducer named(String name) {
        return new KnownProducer(name, List.of(), Presence.GONE, false, null);
    }

    public String name() {
        return name;
    }

    /** The oldest first. */
    public List<Generation> generations() {
        return generations;
    }

    public Presence presence() {
        return presence;
    }

    /** Does its log outlive its process? */
    public boolean isDurable() {
        return durable;
    }

    /** The generation to which its member adds; null if nothing is known of that. */
    public @Nullable Generation present() {
        Generation last = generations.isEmpty() ? null : generations.get(generations.size() - 1);
        boolean isThere = presence == Presence.COPIED || presence == Presence.ASKED;
        return isThere && last != null && last.removed() == null && !last.isOver() ? last : null;
    }

    /** That generation; null if it is not known here. */
    public @Nullable Generation generation(Epoch epoch) {
        int index = index(epoch);
        return index < 0 ? null : generations.get(index);
    }

    /** Which of the generations that is, the oldest being 0; -1 if it is not known here. */
    public int index(Epoch epoch) {
        for (int i = generations.size() - 1; i >= 0; i--) {
            if (generations.get(i).epoch().equals(epoch)) {
                return i;
            }
        }
        return -1;
    }

    /** The later of two places. */
    public ProducerPlace.At later(ProducerPlace.At one, ProducerPlace.At other) {
        int its = index(one.epoch());
        int others = index(other.epoch());
        boolean isLater = its > others || (its == others && one.sequence() > other.sequence());
        return isLater ? one : other;
    }

    /**
     * In front of everything, if nothing was ever published as far as anybody can say: nothing can be missed then. Else null. A node that was here before is
     * remembered, unless it published nothing.
     */
    public ProducerPlace.@Nullable At beforeAll() {
        boolean isEmpty =
                copy != null && copy.head() == 0 && generations.stream().allMatch(Generation::inLog);
        return isEmpty ? front() : null;
    }

    /** In front of its newest generation. For one whose log is copied. */
    public ProducerPlace.At front() {
        return new ProducerPlace.At(generations.get(generations.size() - 1).epoch(), 0);
    }

    private boolean isPresent(Generation generation) {
        return copy != null
                && generation
                        .epoch()
                        .equals(generations.get(generations.size() - 1).epoch());
    }

    /** How far its log is copied here; null if it is not. */
    public @Nullable LogCopy copy() {
        return copy;
    }

    /** The highest sequence of it that was ever heard of. */
    public long heard(Generation generation) {
        return copy != null && isPresent(generation)
                ? Math.max(generation.heard(), copy.head() - generation.before())
                : generation.heard();
    }

    /** The end of that generation, if nobody can say any more what it had; else null. */
    End.@Nullable Open openEnd(Epoch epoch) {
        Generation generation = generation(epoch);
        if (generation == null || isInCopiedLog(generation) || generation.stored()) {
            return null;
        }
        return generation.end() instanceof End.Open open ? open : null;
    }

    private boolean isInCopiedLog(Generation generation) {
        return copy != null && generation.inLog();
    }

    /** Was that position heard of, in a generation that no log has any more? */
    public boolean hasLost(Position position) {
        Generation generation = copy == null && presence != Presence.GONE ? null : generation(position.epoch());
        return generation != null && !isInCopiedLog(generation) && position.sequence() <= generation.heard();
    }

    /** The last event here that concerned one of its generations; -1 if none did. */
    public long lastEvent() {
        return generations.stream()
                .map(Generation::removed)
                .mapToLong(removed -> removed == null ? -1 : removed.event())
                .max()
                .orElse(-1);
    }

    // ------------------------------------------------------------------ what comes next

    /**
     * Is a subscription that stands there level? That is said of places in the newest generation alone: of most producers most of the time, so that this is
     * quick. If it says no, {@link #next} knows.
     */
    public boolean isLevel(@Nullable ProducerPlace place) {
        if (generations.isEmpty()) {
            return place == null;
        }
        Generation last = generations.get(generations.size() - 1);
        if (!(place instanceof ProducerPlace.At at) || !at.epoch().equals(last.epoch())) {
            return false;
        }
        return copy != null
                ? at.mark() == ProducerPlace.Mark.NONE && last.number(at.sequence()) >= copy.newest()
                : at.mark() == ProducerPlace.Mark.END && last.isOver();
    }

    /**
     * What comes behind a place.
     *
     * @param place null if the subscription has none
     * @param passed was that generation over before the subscription began? Asked where there is no place
     * @param told was it told as lost under its member's address?
     */
    public Next next(@Nullable ProducerPlace place, Passes passed, Passes told, Cached cached) {
        Next next = behind(place, passed, told, cached);
        if (next instanceof Next.Message message
                && !cached.test(message.generation().epoch(), message.sequence())) {
            next = notHere(message);
        }
        // A copy that is itself behind the log's oldest is led on before anything is told.
        return next instanceof Next.Lost && copy != null && copy.newest() + 1 < copy.oldest() ? Next.WAIT : next;
    }

    /**
     * Up to which of the log's numbers a subscription has read that stands there; -1 if nobody can say, or if it has lost what comes next: then it goes
     * on at the newest, and room that it would leave is room for nobody.
     */
    public long readUpTo(@Nullable ProducerPlace place, Passes passed, Passes told, Cached cached) {
        if (copy == null) {
            return -1;
        }
        Next next = behind(place, passed, told, (epoch, sequence) -> false);
        if (next instanceof Next.Message message) {
            Generation generation = message.generation();
            if (!generation.inLog()) {
                return generations.get(generations.size() - 1).before();
            }
            long number = generation.number(message.sequence());
            boolean isThere = number >= copy.oldest() || cached.test(generation.epoch(), message.sequence());
            return isThere ? number - 1 : -1;
        }
        return next instanceof Next.Level ? copy.newest() : -1;
    }

    /** Has a subscription that stands there not read that message of a generation, which it is to read? */
    public boolean lacks(@Nullable ProducerPlace place, Passes passed, Epoch epoch, long sequence) {
        int index = index(epoch);
        if (index < 0) {
            return false;
        }
        if (place == null) {
            return !passed.test(generations.get(index));
        }
        if (!(place instanceof ProducerPlace.At at)) {
            return false;
        }
        int its = index(at.epoch());
        return its < index
                ? its >= 0
                : its == index && at.mark() == ProducerPlace.Mark.NONE && at.sequence() < sequence;
    }

    /** Has a subscription that stands there nothing to do with that generation any more? */
    public boolean isBehind(@Nullable ProducerPlace place, Passes passed, Generation generation) {
        if (place == null) {
            return passed.test(generation);
        }
        if (!(place instanceof ProducerPlace.At at) || index(at.epoch()) < index(generation.epoch())) {
            return false;
        }
        return !at.epoch().equals(generation.epoch())
                || at.mark() == ProducerPlace.Mark.END
                || (generation.end() instanceof End.Stated stated
                        && at.sequence() == stated.sequence()
                        && !generation.wentBack()
                        && !generation.leftWithMessages());
    }

    /** Of a message that is not here: it is fetched, or lost. */
    private Next notHere(Next.Message message) {
        Generation generation = message.generation();
        if (copy != null && generation.inLog()) {
            long number = generation.number(message.sequence());
            return number >= copy.oldest() && !copy.isLost(number)
                    ? new Next.Fetch(generation, message.sequence())
                    : new Next.Lost(Reason.OVERRUN);
        }
        boolean nobodyHas = copy != null
                || presence == Presence.GONE
                || (presence == Presence.AWAITED && generation.end() instanceof End.Stated && !durable);
        return nobodyHas ? new Next.Lost(Reason.PRODUCER_LOST) : Next.WAIT;
    }

    private Next behind(@Nullable ProducerPlace place, Passes passed, Passes told, Cached cached) {
        if (place instanceof ProducerPlace.Stated stated) {
            return behindStated(stated, passed, told, cached);
        }
        if (place instanceof ProducerPlace.At at) {
            int index = index(at.epoch());
            if (index >= 0) {
                return behind(at, index, told, cached);
            }
            return at.mark() == ProducerPlace.Mark.TOLD ? behindTold(passed, told, cached) : unknown();
        }
        if (place instanceof ProducerPlace.Awaited) {
            return Next.WAIT;
        }
        if (place instanceof ProducerPlace.ToldUnseen) {
            return behindTold(passed, told, cached);
        }
        return place == null ? from(0, passed, told, cached) : unknown();
    }

    /** What was told as lost is not known here, and may be later than what is. Who answers knows; if nobody will, what is known counts. */
    private Next behindTold(Passes passed, Passes told, Cached cached) {
        return presence == Presence.GONE ? from(0, passed, told, cached) : unknown();
    }

    private Next behindStated(ProducerPlace.Stated stated, Passes passed, Passes told, Cached cached) {
        if (presence == Presence.COPIED) {
            End.Open end = openEnd(stated.position().epoch());
            return end == null ? new Next.Find(stated.position()) : new Next.Lost(end.reason());
        }
        if (presence != Presence.GONE) {
            return Next.WAIT;
        }
        Generation generation = generation(stated.position().epoch());
        if (generation == null || stated.position().sequence() > generation.heard()) {
            return new Next.Lost(Reason.POSITION_UNKNOWN);
        }
        return behind(new ProducerPlace.At(generation.epoch(), stated.position().sequence()), passed, told, cached);
    }

    /** In a generation that is known. */
    private Next behind(ProducerPlace.At at, int index, Passes told, Cached cached) {
        Generation generation = generations.get(index);
        boolean isOver = generation.isOver();
        if (at.mark() == ProducerPlace.Mark.TOLD && copy != null && at.sequence() > heard(generation)) {
            return new Next.Find(new Position(at.epoch(), at.sequence()));
        }
        if (at.mark() == ProducerPlace.Mark.TOLD || (at.mark() == ProducerPlace.Mark.END && !isOver)) {
            boolean isKnown = copy != null || (isOver && presence != Presence.ASKED);
            return isKnown ? new Next.Lost(Reason.POSITION_UNKNOWN) : Next.WAIT;
        }
        if (isLostByItsStore(at)) {
            return new Next.Lost(Reason.PRODUCER_LOST);
        }
        Next within = at.mark() == ProducerPlace.Mark.END ? null : within(generation, at.sequence(), cached);
        return within != null ? within : from(index + 1, none -> false, told, cached);
    }

    /**
     * Was more of a generation read, or told, than its log has by now? Then a store went back. Of a generation that the log lacks altogether that is
     * known if it has one before it, or has forgotten none.
     */
    boolean isLostByItsStore(ProducerPlace.At at) {
        int index = index(at.epoch());
        if (copy == null || index < 0 || !generations.get(index).stored()) {
            return false;
        }
        Generation generation = generations.get(index);
        long end = generation.end() instanceof End.Stated stated ? stated.sequence() : Long.MAX_VALUE;
        if (generation.inLog()) {
            return at.sequence() > end;
        }
        boolean isStored = generations.get(generations.size() - 1).stored();
        boolean wasPublished = heard(generation) > 0 || (end > 0 && end < Long.MAX_VALUE);
        boolean hasEarlier = generations.subList(0, index).stream().anyMatch(Generation::inLog);
        return isStored && wasPublished && (hasEarlier || copy.isComplete());
    }

    /** From the first of these generations that has something. */
    private Next from(int index, Passes passed, Passes told, Cached cached) {
        for (Generation generation : generations.subList(index, generations.size())) {
            if (passed.test(generation) || told.test(generation)) {
                continue;
            }
            Next within = within(generation, 0, cached);
            if (within != null) {
                return within;
            }
        }
        return Next.LEVEL;
    }

    /** What comes behind that sequence of a generation; null if all of it is passed. */
    private @Nullable Next within(Generation generation, long sequence, Cached cached) {
        if (copy != null && isPresent(generation)) {
            return generation.number(sequence) < copy.newest()
                    ? new Next.Message(generation, sequence + 1)
                    : Next.LEVEL;
        }
        if (!(generation.end() instanceof End.Stated stated)) {
            if (cached.test(generation.epoch(), sequence + 1)) {
                return new Next.Message(generation, sequence + 1);
            }
            return generation.end() instanceof End.Open open ? new Next.Lost(open.reason()) : Next.WAIT;
        }
        if (sequence < stated.sequence()) {
            return new Next.Message(generation, sequence + 1);
        }
        if (sequence > stated.sequence() || generation.wentBack()) {
            return new Next.Lost(Reason.PRODUCER_LOST);
        }
        return generation.leftWithMessages() ? new Next.Left(generation) : null;
    }

    private Next unknown() {
        boolean isKnownByNobody = presence == Presence.COPIED || presence == Presence.GONE;
        return isKnownByNobody ? new Next.Lost(Reason.POSITION_UNKNOWN) : Next.WAIT;
    }

    // ------------------------------------------------------------------ where a loss leads

    /**
     * Where a loss leads: never in front of the place itself.
     *
     * @param place where the subscription stands; null if it has no place
     */
    public ProducerPlace lead(@Nullable ProducerPlace place, Reason reason) {
        ProducerPlace.At at = place instanceof ProducerPlace.At known ? known : null;
        if (copy != null) {
            Generation present = generations.get(generations.size() - 1);
            ProducerPlace.At overtaken = reason == Reason.OVERRUN ? overtaken(at, copy) : null;
            if (overtaken != null) {
                return overtaken;
            }
            long to = Math.max(0, goesOn(at, present, copy, reason) - present.before());
            return new ProducerPlace.At(present.epoch(), Math.max(to, sequenceIn(present, at)));
        }
        int newest = generations.size() - 1;
        while (newest >= 0 && !generations.get(newest).isOver()) {
            newest--;
        }
        int index = at == null ? -1 : index(at.epoch());
        if (at != null && (newest < 0 || index < 0 || index > newest)) {
            return at.marked(ProducerPlace.Mark.TOLD);
        }
        return newest < 0 ? ProducerPlace.TOLD_UNSEEN : endOf(generations.get(newest), at);
    }

    /**
     * Behind which number of the log a loss leads. If that is of earlier generations alone, everything of the present one is given. A subscription that
     * was overtaken goes on at the oldest that was pushed here, and that the log still has.
     */
    private static long goesOn(ProducerPlace.@Nullable At at, Generation present, LogCopy copy, Reason reason) {
        if (reason == Reason.POSITION_UNKNOWN) {
            return Math.max(copy.newest(), copy.head());
        }
        boolean isIn = reason == Reason.OVERRUN && sequenceIn(present, at) >= 0;
        if (!isIn && copy.oldest() <= present.number(1)) {
            return present.before();
        }
        boolean isBehind =
                reason == Reason.OVERRUN && (at == null || !isIn || present.number(at.sequence() + 1) < copy.oldest());
        return isBehind ? Math.max(copy.behind(), copy.oldest() - 1) : copy.newest();
    }

    /**
     * Where a subscription goes on that the ring overtook in an earlier generation of the log: in the middle of what the log still has of that (rule
     * P3), to which nothing is added. Null if it was not overtaken there, or the log has nothing of it.
     */
    private ProducerPlace.@Nullable At overtaken(ProducerPlace.@Nullable At at, LogCopy copy) {
        Generation its = at == null || at.mark() != ProducerPlace.Mark.NONE ? null : generation(at.epoch());
        if (at == null || its == null || !its.inLog() || !(its.end() instanceof End.Stated end)) {
            return null;
        }
        long oldest = copy.oldest() - its.before();
        return at.sequence() + 1 < oldest && oldest <= end.sequence() + 1
                ? new ProducerPlace.At(at.epoch(), oldest - 1 + (end.sequence() + 1 - oldest) / 2)
                : null;
    }

    /** Behind all of a generation that is over: the loss says so, and {@link Next.Left} does not come any more. */
    private static ProducerPlace.At endOf(Generation generation, ProducerPlace.@Nullable At at) {
        long end = generation.end() instanceof End.Stated stated ? stated.sequence() : generation.heard();
        long to = Math.max(end, sequenceIn(generation, at));
        return new ProducerPlace.At(generation.epoch(), to, ProducerPlace.Mark.END);
    }

    /** The sequence of a place in that generation; -1 if it is in another one. */
    private static long sequenceIn(Generation generation, ProducerPlace.@Nullable At at) {
        return at != null && at.epoch().equals(generation.epoch()) ? at.sequence() : -1;
    }

    // ------------------------------------------------------------------ what is heard

    /** A member has the producer's name, and is asked for its log, or asked again. */
    public KnownProducer asked() {
        return with(settled(), Presence.ASKED, null);
    }

    /**
     * That member says what its log is made of. What the log has is exact; a generation outside of it that had no end is over, and nobody stated
     * where.
     *
     * @param parts at least one, the last of them its own
     */
    public KnownProducer answered(List<Part> parts, boolean outlivesProcess, LogCopy newCopy) {
        List<Generation> all = new ArrayList<>();
        long shift = shift(parts);
        for (Generation generation : settled()) {
            if (parts.stream().noneMatch(part -> part.epoch().equals(generation.epoch()))) {
                boolean isOpen = !generation.isOver();
                all.add((isOpen ? generation.withEnd(new End.Open(Reason.PRODUCER_RESTARTED)) : generation)
                        .outside(shift));
            }
        }
        for (int i = 0; i < parts.size() - 1; i++) {
            all.add(earlier(
                    parts.get(i), parts.get(i + 1).before() - parts.get(i).before()));
        }
        sort(all);
        boolean isStored = outlivesProcess || parts.size() > 1;
        all.add(present(parts.get(parts.size() - 1), isStored));
        return new KnownProducer(name, all, Presence.COPIED, durable || isStored, newCopy);
    }

    /** The incarnation with that generation is a member here: that the log has it does not mean that it was over before this node was up. */
    public KnownProducer ofMember(Epoch epoch) {
        List<Generation> all = new ArrayList<>(generations);
        Generation present = copy == null ? null : all.remove(all.size() - 1);
        all.replaceAll(generation -> generation.epoch().equals(epoch)
                        && generation.removed() != null
                        && !generation.removed().wasSeen()
                ? generation.withRemoval(null)
                : generation);
        sort(all);
        if (present != null) {
            all.add(present);
        }
        return with(all, presence, copy);
    }

    /** By how much a log numbers what it has otherwise than the one before: it has forgotten what was in front. */
    private long shift(List<Part> parts) {
        for (Part part : parts) {
            Generation known = generation(part.epoch());
            if (known != null) {
                return known.before() - part.before();
            }
        }
        return generations.stream().mapToLong(Generation::before).max().orElse(0) + 1;
    }

    private Generation present(Part part, boolean isStored) {
        Generation known = knownOr(part);
        return known.inside(part.before(), End.NONE, isStored).withRemoval(null);
    }

    private Generation earlier(Part part, long last) {
        Generation known = knownOr(part);
        boolean left = known.end() instanceof End.Stated stated && stated.left();
        Generation its =
                known.inside(part.before(), new End.Stated(last, left), true).hearing(last);
        return its.removed() != null ? its : its.withRemoval(Generation.Removal.BEFORE);
    }

    private Generation knownOr(Part part) {
        int index = index(part.epoch());
        return index < 0 ? Generation.begun(part.epoch(), part.uid(), false) : settled(generations.get(index));
    }

    /**
     * A member that had the producer's name, or has it still, was removed.
     *
     * @param begun its generation, as it is if it was not known
     * @param farewell what it said when it left; null if it said nothing
     * @param wasHost had it the name until now, or was nobody known to have it?
     */
    public KnownProducer removed(
            Generation begun,
            Generation.Removal removal,
            End.@Nullable Stated farewell,
            boolean outlivesProcess,
            boolean wasHost) {
        List<Generation> all = new ArrayList<>(settled());
        if (index(begun.epoch()) < 0) {
            all.add(begun);
        }
        all.replaceAll(generation -> {
            if (!generation.epoch().equals(begun.epoch())) {
                return generation;
            }
            Generation its = generation.withRemoval(removal);
            if (farewell != null) {
                return its.withEnd(farewell).hearing(farewell.sequence());
            }
            // The log that is copied has been asked, and lacks it.
            boolean isLacked = copy != null && !wasHost && !its.inLog() && !its.isOver();
            return isLacked ? its.withEnd(new End.Open(Reason.PRODUCER_RESTARTED)) : its;
        });
        sort(all);
        boolean outlives = durable || outlivesProcess;
        if (!wasHost) {
            return new KnownProducer(name, all, presence, outlives, copy);
        }
        boolean waits = outlives || all.stream().anyMatch(generation -> !generation.isOver());
        return new KnownProducer(name, all, waits ? Presence.AWAITED : Presence.GONE, outlives, null);
    }

    /** Somebody has a place in a generation that is not known here: a member that knows it may come. */
    public KnownProducer waitedFor() {
        return presence == Presence.GONE ? with(generations, Presence.AWAITED, null) : this;
    }

    /** Nobody came who knows more: what had no end is over, and nobody stated where. */
    public KnownProducer givenUp() {
        List<Generation> all = new ArrayList<>(generations);
        all.replaceAll(generation ->
                generation.isOver() ? generation : generation.withEnd(new End.Open(Reason.PRODUCER_LOST)));
        return with(all, presence == Presence.AWAITED ? Presence.GONE : presence, copy);
    }

    /** What was known under a member's address belongs to this producer. */
    public KnownProducer with(Generation other) {
        if (index(other.epoch()) >= 0) {
            return this;
        }
        List<Generation> all = new ArrayList<>(generations);
        Generation present = copy == null ? null : all.remove(all.size() - 1);
        all.add(other);
        sort(all);
        if (present != null) {
            all.add(present);
        }
        return with(all, presence, copy);
    }

    /** A generation is forgotten, which nobody has to do with any more. */
    public KnownProducer without(Epoch epoch) {
        return with(
                generations.stream()
                        .filter(other -> !other.epoch().equals(epoch))
                        .toList(),
                presence,
                copy);
    }

    /**
     * As their members were removed here; and those that the log has in the log's order, whatever the times say at which they ended. Parts of the log that never
     * were members here come first, or behind the part in front of them.
     */
    private static void sort(List<Generation> all) {
        List<Generation> parts = all.stream()
                .filter(generation -> generation.inLog() && generation.removed() != null)
                .sorted(Comparator.comparingLong(Generation::before))
                .toList();
        Map<Epoch, Long> events = new HashMap<>();
        Generation.Removal latest = Generation.Removal.BEFORE;
        for (Generation part : parts) {
            Generation.Removal its = Objects.requireNonNull(part.removed());
            if (!its.wasSeen() && its.event() < latest.event()) {
                its = latest.unseen();
                all.set(all.indexOf(part), part.withRemoval(its));
            }
            latest = its.event() < latest.event() ? latest : its;
            events.put(part.epoch(), latest.event());
        }
        all.sort(Comparator.comparingLong((Generation one) -> events.getOrDefault(one.epoch(), one.removalEvent()))
                .thenComparingLong(one -> one.inLog() || one.removalEvent() == 0 ? one.before() : 0));
    }

    /** The generations, with what the copy has heard. */
    private List<Generation> settled() {
        return copy == null
                ? generations
                : generations.stream().map(this::settled).toList();
    }

    private Generation settled(Generation generation) {
        return generation.hearing(heard(generation));
    }

    private KnownProducer with(List<Generation> all, Presence other, @Nullable LogCopy itsCopy) {
        return new KnownProducer(name, all, other, durable, itsCopy);
    }

    @Override
    public String toString() {
        return name + " " + presence + " " + generations;
    }
}
