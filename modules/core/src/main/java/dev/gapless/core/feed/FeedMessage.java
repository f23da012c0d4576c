package dev.gapless.core.feed;

import dev.gapless.core.Position;
import dev.gapless.core.log.Format;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of a feed.
 *
 * @param of those it is one of
 * @param i which, counted from 0
 */
public record FeedMessage(FeedEntry.Messages of, int i) {
    /** Its index in the feed. */
    public long index() {
        return of.index() + i;
    }

    /** The producer's name. */
    public String node() {
        return of.node();
    }

    public Era era() {
        return of.era();
    }

    public long sequence() {
        return of.sequence() + i;
    }

    /** The producer's position after it. */
    public At after() {
        return of.at(i);
    }

    /** The same without its place. */
    public Position position() {
        return new Position(of.era().epoch(), sequence());
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

    /** How its content is to be read. */
    public Format format() {
        return of.slice().format(i);
    }
}
