package dev.gapless.core.producer;

import dev.gapless.core.producer.ReceiptAnswer.Kind;
import dev.gapless.core.producer.ReceiptAnswer.Standing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Who waits until nodes have messages (rule P15). A node has them if one of its readers acknowledged the last, and was led past none: an Ack behind
 * an expiry says nothing of what the reader missed. Not thread-safe.
 */
final class Receipts {
    /** Of a log of which nobody has ever wanted one, as of most. Nothing is added to it. */
    static final Receipts NONE = new Receipts(0, 0);

    private static final long NS_PER_MS = 1_000_000;

    private final long ownUid;
    private final long silentNs;
    private final List<Waiting> waiting = new ArrayList<>();

    /** @param silentNs who has not answered for that long, and owes something, is silent */
    Receipts(long ownUid, long silentNs) {
        this.ownUid = ownUid;
        this.silentNs = silentNs;
    }

    /** One who waits for messages with these numbers in the log. */
    private static final class Waiting {
        final long first;
        final long last;
        final ReceiptRequest request;
        /** The nodes that read when it asked, and those that have them: {@link Kind#BEHIND} until one has them, or reads no more. */
        final Map<Long, Kind> nodes = new HashMap<>();
        /** How many of them are behind. */
        int behind;
        /** How many other nodes have them: what this one has is lost with it. */
        int heldByOthers;

        Waiting(long first, long last, ReceiptRequest request) {
            this.first = first;
            this.last = last;
            this.request = request;
        }

        boolean isForAll() {
            return request.nodes() == ReceiptRequest.ALL;
        }

        void put(long uid, Kind kind, long ownUid) {
            Kind before = nodes.put(uid, kind);
            behind += (kind == Kind.BEHIND ? 1 : 0) - (before == Kind.BEHIND ? 1 : 0);
            int held = (kind == Kind.HELD ? 1 : 0) - (before == Kind.HELD ? 1 : 0);
            heldByOthers += uid == ownUid ? 0 : held;
        }

        boolean isHeld() {
            return isForAll() ? behind == 0 : heldByOthers >= request.nodes();
        }

        /** Is it certain that this reader has them? */
        boolean isHeldBy(Cursor cursor) {
            return cursor.since < first && last <= cursor.acked;
        }

        /** May that node get them yet? Not if all of its readers were led past them. One without a reader will register again. */
        boolean isOpen(long uid, Collection<Cursor> cursors) {
            boolean reads = false;
            for (Cursor cursor : cursors) {
                if (cursor.session.uid() == uid) {
                    reads = true;
                    if (cursor.since < first) {
                        return true;
                    }
                }
            }
            return !reads;
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Asked for messages with these numbers in the log. It is answered by {@link #settle}. */
    void add(long first, long last, ReceiptRequest request, Collection<Cursor> cursors) {
        Waiting one = new Waiting(first, last, request);
        for (Cursor cursor : cursors) {
            long uid = cursor.session.uid();
            if (one.isHeldBy(cursor)) {
                one.put(uid, Kind.HELD, ownUid);
            } else if ((cursor.since < first || cursor.expired) && !one.nodes.containsKey(uid)) {
                one.put(uid, Kind.BEHIND, ownUid);
            } // else nothing of it was promised to that reader
        }
        waiting.add(one);
    }

    /** This reader has acknowledged something, or registered behind it; before it can be led past anything. */
    void acknowledged(Cursor cursor) {
        for (Waiting one : waiting) {
            long uid = cursor.session.uid();
            if (one.isHeldBy(cursor) && one.nodes.get(uid) != Kind.HELD) {
                one.put(uid, Kind.HELD, ownUid);
            }
        }
    }

    /** A node reads no more: its feeds are gone. */
    void ended(long uid, Kind why) {
        for (Waiting one : waiting) {
            if (one.nodes.containsKey(uid)) {
                one.put(uid, why, ownUid);
            }
        }
    }

    /** When somebody is to be answered at the latest; {@code Long.MAX_VALUE} if nobody waits. */
    long dueNs() {
        long due = Long.MAX_VALUE;
        for (Waiting one : waiting) {
            due = due == Long.MAX_VALUE || one.request.dueNs() - due < 0 ? one.request.dueNs() : due;
        }
        return due;
    }

    /** Answers those who need not wait any more. */
    void settle(Collection<Cursor> cursors, long nowNs) {
        if (!waiting.isEmpty()) {
            answer(one -> one.request.dueNs() - nowNs <= 0 || isSettled(one, cursors), cursors, nowNs);
        }
    }

    /** Answers all who wait: nothing more is heard of readers. */
    void end(Collection<Cursor> cursors, long nowNs) {
        answer(one -> true, cursors, nowNs);
    }

    private void answer(Predicate<Waiting> which, Collection<Cursor> cursors, long nowNs) {
        List<Waiting> settled = new ArrayList<>();
        waiting.removeIf(one -> which.test(one) && settled.add(one));
        for (Waiting one : settled) {
            one.request.answer().accept(new ReceiptAnswer(one.isHeld(), standings(one, cursors, nowNs)));
        }
    }

    private static boolean isSettled(Waiting one, Collection<Cursor> cursors) {
        return one.isHeld()
                || (one.isForAll()
                        && one.nodes.entrySet().stream()
                                .noneMatch(
                                        node -> node.getValue() == Kind.BEHIND && one.isOpen(node.getKey(), cursors)));
    }

    private Map<Long, Standing> standings(Waiting one, Collection<Cursor> cursors, long nowNs) {
        Map<Long, Standing> standings = new HashMap<>();
        for (Cursor cursor : cursors) {
            standings.merge(cursor.session.uid(), standing(one, cursor, nowNs), Receipts::better);
        }
        one.nodes.forEach((uid, kind) -> {
            if (kind != Kind.BEHIND || !standings.containsKey(uid)) {
                standings.put(uid, new Standing(kind, 0));
            }
        });
        return standings;
    }

    private Standing standing(Waiting one, Cursor cursor, long nowNs) {
        if (cursor.since >= one.first) {
            return new Standing(cursor.expired ? Kind.EXPIRED : Kind.LATER, 0);
        }
        long withoutAnswerNs = cursor.owing ? nowNs - cursor.progressNs : 0;
        return withoutAnswerNs >= silentNs
                ? new Standing(Kind.SILENT, withoutAnswerNs / NS_PER_MS)
                : new Standing(Kind.BEHIND, Math.max(0, one.last - cursor.acked));
    }

    /** Of two readers of one node: that of which there is more to hope. */
    private static Standing better(Standing one, Standing other) {
        return one.kind().compareTo(other.kind()) <= 0 ? one : other;
    }
}
