package dev.gapless.core.delivery;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.TraceContext;
import dev.gapless.core.log.Format;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of a run.
 *
 * @param of those it is one of
 * @param i which, counted from 0
 */
public record RunMessage(RunPart of, int i) {
    /** The name of the producer's node. */
    public String node() {
        return of.node();
    }

    /** That of the log that it is in. */
    public Epoch epoch() {
        return of.epoch();
    }

    public long sequence() {
        return of.sequence() + i;
    }

    /** The position behind it. */
    public Position position() {
        return new Position(of.epoch(), sequence());
    }

    /** When it was published, in milliseconds since 1970. */
    public long publishedMs() {
        return of.slice().publishedMs(i);
    }

    /** What it is about, or null. */
    public @Nullable String key() {
        return of.slice().key(i);
    }

    /** A copy of what it says. */
    public byte[] content() {
        return of.slice().content(i);
    }

    /** Does it say that its key was deleted? */
    public boolean isTombstone() {
        return of.slice().isTombstone(i);
    }

    /** The application's own; possibly empty. */
    public Map<String, String> headers() {
        return of.slice().headers(i);
    }

    /** Its publisher's own; null if it has none. */
    public @Nullable String id() {
        return of.slice().id(i);
    }

    /** The trace in which it was published; null if it was in none. */
    public @Nullable TraceContext trace() {
        return of.slice().trace(i);
    }

    /** How its content is to be read. */
    public Format format() {
        return of.slice().format(i);
    }
}
