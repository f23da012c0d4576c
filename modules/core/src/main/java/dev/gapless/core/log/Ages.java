package dev.gapless.core.log;

import dev.gapless.core.Now;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Which entries of a ring are too old. It keeps a few marks of where the head stood when, by a clock that only goes on, instead of a
 * time for each entry; so an entry goes up to an eighth of the age later than it might. What a store had is as old as its time of publishing
 * says, by the clock of the day. Not thread-safe.
 */
public final class Ages {
    private static final int MARKS = 16;
    /** Nothing is ever too old, and nothing of it ever changes. */
    private static final Ages UNLIMITED = new Ages(0);

    private final long maxAgeNs;
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private boolean begun;
    private long nextNs;
    private long old = Long.MIN_VALUE;
    /** When the first entry was published for which the last mark of the restored ones stands. */
    private long markedFromMs = Long.MIN_VALUE;

    private record Mark(long head, long atNs) {}

    private Ages(long maxAgeNs) {
        this.maxAgeNs = maxAgeNs;
    }

    /** With this age, or 0 if nothing is ever too old. */
    public static Ages of(long maxAgeNs) {
        return maxAgeNs == 0 ? UNLIMITED : new Ages(maxAgeNs);
    }

    /** Whether anything can ever be too old. */
    public boolean areLimited() {
        return maxAgeNs > 0;
    }

    /** A store had the entries up to this one, which were published then, behind those before. If the clock was set back they are new. */
    void restored(long head, long atMs, Now now) {
        if (maxAgeNs == 0) {
            return;
        }
        long publishedMs = Math.min(atMs, now.ms());
        long ageNs = TimeUnit.MILLISECONDS.toNanos(now.ms() - publishedMs);
        if (ageNs >= maxAgeNs) {
            old = head;
            return;
        }
        boolean isOfLastMark =
                !marks.isEmpty() && TimeUnit.MILLISECONDS.toNanos(publishedMs - markedFromMs) < maxAgeNs / MARKS;
        if (isOfLastMark) {
            marks.removeLast();
        } else {
            markedFromMs = publishedMs;
        }
        marks.add(new Mark(head, now.ns() - ageNs));
    }

    /** Returns the highest index that is too old, or {@code Long.MIN_VALUE} if none is known to be. */
    public long tooOld(long head, long nowNs) {
        if (maxAgeNs == 0 || (begun && nextNs - nowNs > 0)) {
            return old;
        }
        while (!marks.isEmpty() && nowNs - marks.element().atNs() >= maxAgeNs) {
            old = marks.remove().head();
        }
        if (marks.isEmpty() || marks.getLast().head() < head) {
            marks.add(new Mark(head, nowNs));
        }
        begun = true;
        nextNs = nowNs + Math.max(1, maxAgeNs / MARKS);
        return old;
    }

    /** When to ask again, or {@code Long.MAX_VALUE} if there is no need as long as nothing is appended. */
    public long dueNs(boolean empty, long nowNs) {
        if (maxAgeNs == 0 || empty) {
            return Long.MAX_VALUE;
        }
        return begun ? nextNs : nowNs;
    }
}
