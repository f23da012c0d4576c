package dev.gapless.core.subscription;

import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the messages of a run lead: the frontier behind each of them, without copying it each time, and without the messages, which nobody keeps
 * who keeps a standpoint. Immutable.
 */
final class RunPath {
    /** Nowhere. */
    static final RunPath NONE = new RunPath(List.of());

    /** Of each part of the run. */
    private final Stream[] streams;
    /** The sequence in front of the first message of each part, less how many messages are in front of that. */
    private final long[] offsets;
    /** How many messages there are up to the end of each part. */
    private final long[] ends;

    RunPath(List<FeedEntry.Messages> parts) {
        this.streams = new Stream[parts.size()];
        this.offsets = new long[parts.size()];
        this.ends = new long[parts.size()];
        long end = 0;
        for (int i = 0; i < streams.length; i++) {
            FeedEntry.Messages part = parts.get(i);
            streams[i] = part.stream();
            offsets[i] = part.sequence() - 1 - end;
            end += part.count();
            ends[i] = end;
        }
    }

    /** Where a subscription stands behind {@code count} of the messages, if it stood there in front of them. */
    Frontier after(Frontier before, int count) {
        if (count == 0) {
            return before;
        }
        List<Place> changed = new ArrayList<>(streams.length);
        long begins = 0;
        for (int i = 0; i < streams.length && begins < count; i++) {
            changed.add(Place.at(streams[i], offsets[i] + Math.min(count, ends[i])));
            begins = ends[i];
        }
        return before.with(changed);
    }
}
