package dev.gapless.core.feed;

import dev.gapless.core.Position;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription stands in one stream.
 *
 * @param sequence everything up to here was given or announced; {@link #AWAITED} or {@link #UNKNOWN} if the member has not said where it is
 * @param kind does the stream go on for this subscription?
 */
public record Place(Stream stream, long sequence, Kind kind) {
    /** Whether a stream goes on. */
    public enum Kind {
        OPEN,
        /** It was announced as lost, and its incarnation has not been a member here: should it become one, the stream goes on behind the place. */
        LOST,
        /** It has come to its end, and was told as far as there was anything to tell. */
        OVER
    }

    /** The member was asked for what comes next: its answer says where that begins, and nothing before that counts. */
    public static final long AWAITED = -1;
    /** It was asked the same by another node, or long ago: what came before its answer may be missed. */
    public static final long UNKNOWN = -2;

    public Place {
        if (sequence < UNKNOWN) {
            throw new IllegalArgumentException("There is no sequence " + sequence);
        }
    }

    /** In a stream that goes on. */
    public static Place at(Stream stream, long sequence) {
        return new Place(stream, sequence, Kind.OPEN);
    }

    /** In a stream that is over. */
    public static Place over(Stream stream, long sequence) {
        return new Place(stream, sequence, Kind.OVER);
    }

    /** In a stream that was announced as lost, and may turn out to be there. */
    public static Place lost(Stream stream, long sequence) {
        return new Place(stream, sequence, Kind.LOST);
    }

    /** Is nothing more expected of the stream? */
    public boolean over() {
        return kind != Kind.OPEN;
    }

    /** The same, if its incarnation has turned out to be there. */
    public Place returned() {
        return new Place(stream, isKnown() ? sequence : UNKNOWN, Kind.OPEN);
    }

    /** In a stream that is over, unless the log of a later incarnation has it: whoever begins with what logs have reads it then. */
    public static Place overUnlessStored(Stream stream) {
        return new Place(stream, UNKNOWN, Kind.OVER);
    }

    /** Is it one {@link #overUnlessStored}? */
    public boolean isOverUnlessStored() {
        return kind == Kind.OVER && sequence == UNKNOWN;
    }

    /** Is there a sequence? */
    public boolean isKnown() {
        return sequence >= 0;
    }

    /** Has its member been asked, and not said where it is? */
    public boolean isAwaited() {
        return kind == Kind.OPEN && sequence == AWAITED;
    }

    /** The position; null if there is no sequence. */
    public @Nullable Position position() {
        return isKnown() ? stream.at(sequence) : null;
    }

    @Override
    public String toString() {
        String where = sequence == AWAITED ? "awaited" : sequence == UNKNOWN ? "unknown" : String.valueOf(sequence);
        return stream.node() + "/" + stream.epoch() + ":" + where
                + (over() ? " " + kind.name().toLowerCase(Locale.ROOT) : "");
    }
}
