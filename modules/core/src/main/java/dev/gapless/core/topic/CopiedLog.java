package dev.gapless.core.topic;

import dev.gapless.core.Epoch;
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
    private volatile long newest;
    private volatile long head;
    private volatile long oldest;
    /** Numbers that were asked for, and that its store has lost amid others. */
    private volatile Set<Long> lost = Set.of();

    /**
     * A copy that goes on behind a number.
     *
     * @param parts of the log, at least one
     */
    CopiedLog(List<Part> parts, long newest, long head, long oldest) {
        this.parts = List.copyOf(parts);
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

    List<Part> parts() {
        return parts;
    }

    /** The part to which the log adds. */
    Part present() {
        return parts.get(parts.size() - 1);
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
    public boolean isLost(long number) {
        return lost.contains(number);
    }

    /** The log was asked for that message, and does not have it. */
    void lacks(long number) {
        Set<Long> all = new HashSet<>(lost);
        all.add(number);
        all.removeIf(one -> one < oldest); // that says it of all of these
        lost = Set.copyOf(all);
    }

    /** Messages up to this number are here, or lost to this copy. */
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
