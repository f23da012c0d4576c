package dev.gapless.core.topic;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.log.Slice;
import dev.gapless.core.place.LogCopy;
import dev.gapless.core.place.Part;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How far a node's copy of a log has got, as one answer to a registration began it. All numbers are the log's. One thread writes, any thread
 * reads.
 */
final class CopiedLog implements LogCopy {
    private final List<Part> parts;
    private final boolean isComplete;
    private final boolean retains;
    private volatile long behind;
    private volatile long newest;
    private volatile long head;
    private volatile long oldest;
    /** Numbers that were asked for, and that its store has lost amid others. */
    private volatile Set<Long> lost = Set.of();

    /**
     * A copy that goes on behind a number.
     *
     * @param parts of the log, at least one
     * @param retains does somebody who was overtaken go on in the middle of the ring?
     */
    CopiedLog(List<Part> parts, long newest, long head, long oldest, boolean retains) {
        this.parts = List.copyOf(parts);
        this.isComplete = isComplete(parts);
        this.retains = retains;
        this.behind = newest;
        this.newest = newest;
        this.head = head;
        this.oldest = oldest;
    }

    /** The parts of a log that says this of itself. */
    static List<Part> parts(LogIdentity log, long host, String topic) {
        List<Part> parts = new ArrayList<>();
        long before = 0;
        for (LogIdentity.Earlier earlier : log.earlier()) {
            parts.add(new Part(Epoch.of(earlier.uid(), topic), earlier.uid(), before));
            before += earlier.head();
        }
        parts.add(new Part(log.epoch(), host, before));
        return parts;
    }

    /** Of too many, those without messages go first. */
    private static boolean isComplete(List<Part> parts) {
        for (int i = 1; i < parts.size(); i++) {
            if (parts.get(i).before() == parts.get(i - 1).before()) {
                return true;
            }
        }
        return parts.size() <= Limits.MOST_EARLIER_STREAMS;
    }

    List<Part> parts() {
        return parts;
    }

    /** The part to which the log adds. */
    Part present() {
        return parts.get(parts.size() - 1);
    }

    @Override
    public long behind() {
        return behind;
    }

    @Override
    public long newest() {
        return newest;
    }

    @Override
    public long head() {
        return head;
    }

    @Override
    public long oldest() {
        return oldest;
    }

    @Override
    public boolean isComplete() {
        return isComplete;
    }

    @Override
    public boolean isLost(long number) {
        return lost.contains(number);
    }

    @Override
    public long goesOn() {
        long from = oldest;
        long middle = from + (head + 1 - from) / 2 - 1;
        return retains ? Math.min(newest, middle) : newest;
    }

    /** The log was asked for that message, and does not have it. */
    void lacks(long number) {
        Set<Long> all = new HashSet<>(lost);
        all.add(number);
        all.removeIf(one -> one < oldest); // that says it of all of these
        lost = Set.copyOf(all);
    }

    /** The ring overtook this copy, which goes on behind that number. */
    void isOverrun(long number) {
        behind = number;
        reaches(number);
    }

    /** Messages up to this number were pushed here. */
    void reaches(long number) {
        newest = number;
        head = Math.max(head, number);
    }

    /** The log has said how much it has. */
    void hears(long itsHead, long itsOldest) {
        head = Math.max(head, itsHead);
        oldest = Math.max(oldest, itsOldest);
    }

    /** The position of the message with this number, or the one in front of all. */
    Position position(long number) {
        Part part = partOf(number);
        return new Position(part.epoch(), number - part.before());
    }

    /** The part that has this number. */
    private Part partOf(long number) {
        for (int i = parts.size() - 1; i > 0; i--) {
            if (parts.get(i).before() < number) {
                return parts.get(i);
            }
        }
        return parts.get(0);
    }

    /** In front of everything that the log ever had. */
    Position front() {
        return new Position(parts.get(0).epoch(), 0);
    }

    /** Is nothing in front of that message in the log, and never was? */
    boolean isFirst(Position position) {
        return isComplete
                && position.sequence() == 1
                && parts.stream()
                        .anyMatch(part -> part.before() == 0 && part.epoch().equals(position.epoch()));
    }

    /** Where a subscription stands that has everything of the log, as the log said it. */
    Position newestStated() {
        Part present = present();
        return new Position(present.epoch(), Math.max(0, head - present.before()));
    }

    /** Where a subscription stands that has everything of the copy: of the present part at least. */
    Position newestHere() {
        Part present = present();
        return new Position(present.epoch(), Math.max(0, newest - present.before()));
    }

    /** Is told of messages of one part. */
    @FunctionalInterface
    interface OfPart {
        void messages(Epoch epoch, long sequence, List<Slice> slices);
    }

    /** Messages from this number on, part by part. */
    void split(long first, List<Slice> slices, OfPart to) {
        Part part = partOf(first);
        if (part.equals(present())) {
            to.messages(part.epoch(), first - part.before(), slices);
            return;
        }
        long number = first;
        for (Slice slice : slices) {
            int at = 0;
            while (at < slice.count()) {
                Part its = partOf(number);
                int count = (int) Math.min(slice.count() - at, last(its) - number + 1);
                to.messages(its.epoch(), number - its.before(), List.of(slice.part(at, count)));
                at += count;
                number += count;
            }
        }
    }

    private long last(Part part) {
        int next = parts.indexOf(part) + 1;
        return next == parts.size() ? Long.MAX_VALUE : parts.get(next).before();
    }
}
