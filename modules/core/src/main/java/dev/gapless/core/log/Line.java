package dev.gapless.core.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Publishes that wait, in order; in front of them what is being stored. Under the log's lock.
 *
 * <pre>
 *   add ──► wait ──remove──► in the log
 *            │ ▲
 *       take ▼ │ putBack
 *          under way ──stored──► in the log
 * </pre>
 *
 * <p>An invalidation (rule P16) stands in front of all others, and waits as long as it must.
 *
 * <p>Whoever is settled is told after the lock is released.
 */
final class Line {
    /** The ticket of one whose publisher was told that nobody knows. */
    private static final Ticket TOLD = outcome -> {};

    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>(0);
    /** What is being stored, in order. */
    private List<Waiter> underWay = List.of();
    /** Of those that wait. */
    private long bytes;
    /** Null if none waits. */
    private @Nullable Waiter invalidation;

    /** One that waits; an invalidation has no deadline. */
    record Waiter(Content content, long sinceMs, long deadlineNs, Ticket ticket) {
        boolean isDue(long nowNs) {
            return !content.isInvalidation() && deadlineNs - nowNs <= 0;
        }

        /** The same, of which this one is told, too. */
        Waiter with(Ticket other) {
            return new Waiter(content, sinceMs, deadlineNs, outcome -> {
                ticket.settled(outcome);
                other.settled(outcome);
            });
        }
    }

    /** What a publisher is told. */
    record Settled(Ticket ticket, Admission outcome) {
        static void tell(List<Settled> settled) {
            for (Settled one : settled) {
                one.ticket().settled(one.outcome());
            }
        }
    }

    /** Does nothing wait? Something may be under way. */
    boolean isEmpty() {
        return waiters.isEmpty();
    }

    /** How many wait. */
    int size() {
        return waiters.size();
    }

    /** How many bytes those have that wait. */
    long bytes() {
        return bytes;
    }

    /** How many wait, or are under way. */
    int unsettled() {
        return waiters.size() + underWay.size() + (invalidation == null ? 0 : 1);
    }

    boolean isUnderWay() {
        return !underWay.isEmpty();
    }

    void add(Waiter last) {
        waiters.add(last);
        bytes += last.content().sizeBytes();
    }

    /** One invalidation waits, for whoever wants one by now. {@return its ticket} */
    Ticket invalidate(Ticket ticket, long nowMs) {
        Waiter waits = invalidation;
        if (waits == null) {
            waits = new Waiter(Content.invalidation(), nowMs, Long.MAX_VALUE, ticket);
            invalidation = waits;
        }
        return waits.ticket();
    }

    /** The invalidation that waits, and no longer does; null if there is none. */
    @Nullable Waiter removeInvalidation() {
        Waiter waits = invalidation;
        invalidation = null;
        return waits;
    }

    /** The invalidation that waits is under way. {@return false if there is none} */
    boolean takeInvalidation() {
        assert underWay.isEmpty() : underWay;
        Waiter waits = removeInvalidation();
        underWay = waits == null ? underWay : List.of(waits);
        return waits != null;
    }

    /** The next. */
    Waiter first() {
        return waiters.element();
    }

    /** The next waits no longer. */
    Waiter remove() {
        Waiter first = waiters.remove();
        bytes -= first.content().sizeBytes();
        return first;
    }

    /** When the first has waited for too long, or {@code Long.MAX_VALUE}. */
    long dueNs() {
        for (Waiter one : underWay) {
            if (one.ticket() != TOLD && !one.content().isInvalidation()) {
                return one.deadlineNs(); // they are in order
            }
        }
        Waiter first = waiters.peek();
        return first == null ? Long.MAX_VALUE : first.deadlineNs();
    }

    /** Those in front that have an outcome, since the log has their ids, wait no longer. */
    void settleKnown(Outcome known, List<Settled> settled) {
        while (!waiters.isEmpty()) {
            Admission outcome = known.apply(waiters.element().content());
            if (outcome == null) {
                return;
            }
            settled.add(new Settled(remove().ticket(), outcome));
        }
    }

    /** What a publish gets. */
    interface Outcome extends Function<Content, @Nullable Admission> {}

    /** Those that have waited for too long do so no longer, and get this; of what is under way nobody knows. */
    void expire(long nowNs, Function<Content, Admission> outcome, List<Settled> settled) {
        while (!waiters.isEmpty() && waiters.element().isDue(nowNs)) {
            Waiter due = remove();
            settled.add(new Settled(due.ticket(), outcome.apply(due.content())));
        }
        giveUp(one -> one.isDue(nowNs), settled);
    }

    /** Nobody will know of what is under way. */
    void abandon(List<Settled> settled) {
        giveUp(one -> true, settled);
    }

    /** Is something under way that has its id? */
    boolean isUnderWay(Content content) {
        String id = content.id();
        return id != null
                && underWay.stream().anyMatch(one -> id.equals(one.content().id()));
    }

    // ------------------------------------------------------------------ what is stored

    /** The next that follow, as long as they fit and no id comes again, are under way. Those that have an outcome are settled. */
    List<Content> take(Fits fits, Outcome known, List<Settled> settled) {
        assert underWay.isEmpty() : underWay;
        List<Waiter> taken = new ArrayList<>();
        Set<String> ids = new HashSet<>(0);
        long size = 0;
        long memory = 0;
        settleKnown(known, settled);
        while (!waiters.isEmpty()) {
            Content next = waiters.element().content();
            size += next.sizeBytes() + Slice.OVERHEAD_BYTES;
            memory += next.memoryBytes();
            if (!fits.test(taken.size() + 1, size, memory) || (next.id() != null && !ids.add(next.id()))) {
                break;
            }
            taken.add(remove());
            settleKnown(known, settled);
        }
        underWay = taken;
        return taken.stream().map(Waiter::content).toList();
    }

    /** May so many, of so many bytes in sum, which take so many of a ring ({@link Content#memoryBytes}), be stored together? */
    interface Fits {
        boolean test(int count, long sizeBytes, long memoryBytes);
    }

    /** What was under way, which is in the log from now on. */
    List<Waiter> stored() {
        List<Waiter> stored = underWay;
        underWay = List.of();
        return stored;
    }

    /** What was under way waits again, in front, but for those whose publishers were told that nobody knows. */
    void putBack() {
        for (int i = underWay.size() - 1; i >= 0; i--) {
            Waiter one = underWay.get(i);
            if (one.content().isInvalidation()) {
                Waiter later = invalidation;
                invalidation = later == null ? one : one.with(later.ticket());
            } else if (one.ticket() != TOLD) {
                bytes += one.content().sizeBytes();
                waiters.addFirst(one);
            }
        }
        underWay = List.of();
    }

    private void giveUp(Predicate<Waiter> which, List<Settled> settled) {
        if (underWay.isEmpty()) {
            return;
        }
        List<Waiter> left = new ArrayList<>();
        for (Waiter one : underWay) {
            boolean givesUp = one.ticket() != TOLD && which.test(one);
            if (givesUp) {
                settled.add(new Settled(one.ticket(), new Admission.Unknown()));
            }
            left.add(givesUp ? new Waiter(one.content(), one.sinceMs(), one.deadlineNs(), TOLD) : one);
        }
        underWay = left;
    }

    /** Nobody waits any more. */
    void refuse(List<Settled> settled) {
        Waiter waits = removeInvalidation();
        if (waits != null) {
            settled.add(new Settled(waits.ticket(), new Admission.Closed()));
        }
        waiters.forEach(one -> settled.add(new Settled(
                one.ticket(), isUnderWay(one.content()) ? new Admission.Unknown() : new Admission.Closed())));
        waiters.clear();
        bytes = 0;
    }
}
