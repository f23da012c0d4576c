package dev.gapless.core.subscription;

import dev.gapless.core.Epoch;
import dev.gapless.core.delivery.MessageRun;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Frontier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages of a feed that a subscription read at once. */
final class FeedRun extends MessageRun {
    private static final int MAX_MESSAGES = 256;

    private final List<FeedEntry.Messages> parts;
    private final RunPath path;

    private FeedRun(List<FeedEntry.Messages> parts, int size, RunPath path) {
        super(parts, size);
        this.parts = parts;
        this.path = path;
    }

    /** One without messages. */
    static FeedRun none() {
        return new FeedRun(List.of(), 0, RunPath.NONE);
    }

    RunPath path() {
        return path;
    }

    /** The frontier behind those that are done with, if it was there in front of all. */
    Frontier positions(Frontier before) {
        return path.after(before, handled());
    }

    /** The index in the feed of the message of this number, counted from 0. */
    long index(int number) {
        int i = number;
        for (FeedEntry.Messages part : parts) {
            if (i < part.count()) {
                return part.index() + i;
            }
            i -= part.count();
        }
        throw new IndexOutOfBoundsException(number + " of " + size());
    }

    /** A run in the making, no larger than it may be. */
    static final class Builder {
        private final List<FeedEntry.Messages> parts = new ArrayList<>(2);
        private final long maxBytes;
        private int count;
        private long bytes;
        /** Up to where there is something of the streams, but for that of the last part. */
        private Map<Epoch, Long> earlier = Map.of();

        /** One that takes no more messages once it has so many bytes. */
        Builder(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        boolean isEmpty() {
            return count == 0;
        }

        boolean isFull() {
            return count >= MAX_MESSAGES || bytes >= maxBytes;
        }

        /** Adds as many as may be, from this one on. {@return what was added} */
        FeedEntry.Messages add(FeedEntry.Messages messages, int first) {
            int most = Math.min(MAX_MESSAGES - count, messages.count() - first);
            int fitting = messages.slice().fitting(first, most, maxBytes - bytes);
            FeedEntry.Messages added = messages.part(first, fitting);
            changeTo(added.stream().epoch());
            bytes += added.slice().sizeBytes();
            count += fitting;
            parts.add(added);
            return added;
        }

        private void changeTo(Epoch stream) {
            FeedEntry.Messages before = last();
            if (before != null && !before.stream().epoch().equals(stream)) {
                if (earlier.isEmpty()) {
                    earlier = new HashMap<>();
                }
                earlier.put(before.stream().epoch(), before.lastSequence());
            }
        }

        /** The sequence of the last message of that stream in it; 0 if there is none. */
        long reached(Epoch stream) {
            FeedEntry.Messages before = last();
            return before != null && before.stream().epoch().equals(stream)
                    ? before.lastSequence()
                    : earlier.getOrDefault(stream, 0L);
        }

        private FeedEntry.@Nullable Messages last() {
            return parts.isEmpty() ? null : parts.get(parts.size() - 1);
        }

        FeedRun build() {
            return new FeedRun(parts, count, new RunPath(parts));
        }
    }
}
