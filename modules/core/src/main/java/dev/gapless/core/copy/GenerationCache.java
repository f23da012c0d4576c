package dev.gapless.core.copy;

import dev.gapless.core.log.Ring;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is cached of one generation: the newest messages without a hole, in a ring, and fetched pieces. Written by one thread, read by any, without
 * a lock: a reader finds a message or not, and never a wrong one.
 */
final class GenerationCache {
    private static final Piece[] NOTHING = {};

    /** Pushed pieces; a new ring begins where pushing went on behind a hole. */
    private volatile Ring<Piece> pushed;

    /** In the order of their sequences, without overlaps. Never written to: it is replaced. */
    private volatile Piece[] fetched = NOTHING;

    /** An empty one, which is pushed to from this sequence on. */
    GenerationCache(long first) {
        pushed = ring(first);
    }

    private static Ring<Piece> ring(long first) {
        return new Ring<>(Integer.MAX_VALUE, Long.MAX_VALUE, first); // TopicCache bounds them all together
    }

    /** The piece that has this message; null if none has. */
    @Nullable Piece find(long sequence) {
        Piece piece = pushed.get(sequence);
        return piece != null ? piece : find(fetched, sequence);
    }

    private static @Nullable Piece find(Piece[] pieces, long sequence) {
        int low = 0;
        int high = pieces.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Piece piece = pieces[middle];
            if (piece.has(sequence)) {
                return piece;
            } else if (piece.first() > sequence) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return null;
    }

    // ------------------------------------------------------------------ for the writer

    /** The oldest piece that was pushed; null if there is none. */
    @Nullable Piece oldestPushed() {
        return pushed.oldestPiece();
    }

    /** Would it leave a hole behind what was pushed before, or go on in front of that? */
    boolean leavesHole(Piece piece) {
        return piece.first() != pushed.head() + 1;
    }

    /** Adds a piece that was pushed. What was pushed before a hole is gone. */
    void push(Piece piece) {
        if (leavesHole(piece)) {
            pushed = ring(piece.first());
        }
        Ring<Piece> ring = pushed;
        ring.add(piece);
        ring.added(piece.count(), piece.sizeBytes());
    }

    /** The oldest pushed piece goes. */
    void dropOldestPushed() {
        Piece oldest = oldestPushed();
        if (oldest != null) {
            pushed.evict(oldest.last(), (piece, index) -> {});
        }
    }

    /** How many pushed messages there are. */
    int pushedMessages() {
        return pushed.size();
    }

    /** What they are charged for. */
    long pushedBytes() {
        return pushed.bytes();
    }

    /** The fetched pieces that have some of its messages. */
    List<Piece> overlapping(Piece piece) {
        return Arrays.stream(fetched)
                .filter(other -> other.first() <= piece.last() && piece.first() <= other.last())
                .toList();
    }

    /** Adds a piece that was fetched, and that overlaps none. */
    void addFetched(Piece piece) {
        Piece[] before = fetched;
        Piece[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = piece;
        Arrays.sort(after, Comparator.comparingLong(Piece::first));
        fetched = after;
    }

    /** That fetched piece goes. */
    void dropFetched(Piece piece) {
        fetched = Arrays.stream(fetched)
                .filter(other -> other.first() != piece.first())
                .toArray(Piece[]::new);
    }
}
