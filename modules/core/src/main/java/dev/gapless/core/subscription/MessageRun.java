package dev.gapless.core.subscription;

import dev.gapless.core.Epoch;
import dev.gapless.core.delivery.RunMessage;
import dev.gapless.core.delivery.RunPart;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Messages that a subscription read at once, and where it stood before them, in the form in which they are kept and sent: whoever reads
 * them makes of a message what it needs. The messages never change. One thread moves on with {@link #next} and says what it is done with by
 * {@link #handled(int)}, which any thread may read.
 */
public final class MessageRun {
    private static final int MAX_MESSAGES = 256;
    private static final VarHandle HANDLED;

    static {
        try {
            HANDLED = MethodHandles.lookup().findVarHandle(MessageRun.class, "handled", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Path path;
    private final List<FeedEntry.Messages> parts;
    private final int size;
    /** Invariant: it never falls, and is at most the number of messages. Released: whoever sees it sees what was done before. */
    private volatile int handled;

    // Where the reader is: the messages that it has come to, the part that it is in, how many of that, and the next
    // part.
    private int passed;
    private FeedEntry.@Nullable Messages part;
    private int inPart;
    private int nextPart;

    /**
     * Where a subscription stands after each message of a run: the vector for each of them, without copying it each time, and without the
     * messages, which nobody keeps who keeps a token's supplier. Immutable.
     */
    public static final class Path {
        private static final Stream[] NO_STREAMS = {};
        private static final long[] NO_SEQUENCES = {};

        private final Frontier before;
        /** Of each part of the run. */
        private final Stream[] streams;
        /** The sequence in front of the first message of each part, less how many messages are in front of that. */
        private final long[] offsets;
        /** How many messages there are up to the end of each part. */
        private final long[] ends;

        /** Nowhere else. */
        private Path(Frontier before) {
            this.before = before;
            this.streams = NO_STREAMS;
            this.offsets = NO_SEQUENCES;
            this.ends = NO_SEQUENCES;
        }

        private Path(Frontier before, List<FeedEntry.Messages> parts) {
            this.before = before;
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

        /** Where a subscription stands after {@code count} of the messages. */
        public Frontier after(int count) {
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

        /** The run, of a subscription that stood there. */
        MessageRun from(Frontier before) {
            return new MessageRun(new Path(before, parts), parts, count);
        }
    }

    private MessageRun(Path path, List<FeedEntry.Messages> parts, int size) {
        this.path = path;
        this.parts = parts;
        this.size = size;
    }

    /** No messages, at this place. */
    static MessageRun none(Frontier at) {
        return new MessageRun(new Path(at), List.of(), 0);
    }

    /** How many messages there are. */
    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Is there a message to move on to? */
    public boolean hasNext() {
        return passed < size;
    }

    /** Moves on to the next message. Only if there is one. */
    public void next() {
        FeedEntry.Messages current = part;
        if (current == null || inPart == current.count()) {
            part = parts.get(nextPart);
            nextPart++;
            inPart = 0;
        }
        inPart++;
        passed++;
    }

    /** How many messages {@link #next} has come to. */
    public int passed() {
        return passed;
    }

    /** The messages among which it is; null before the first. */
    public @Nullable RunPart part() {
        return part;
    }

    /** The number of its message among those, counted from 0. */
    public int inPart() {
        return inPart - 1;
    }

    /** The message of this number, counted from 0. */
    public RunMessage get(int number) {
        int i = number;
        for (FeedEntry.Messages each : parts) {
            if (i < each.count()) {
                return new RunMessage(each, i);
            }
            i -= each.count();
        }
        throw new IndexOutOfBoundsException(number + " of " + size);
    }

    /** The index in the feed of the message of this number, counted from 0. */
    long index(int number) {
        int i = number;
        for (FeedEntry.Messages each : parts) {
            if (i < each.count()) {
                return each.index() + i;
            }
            i -= each.count();
        }
        throw new IndexOutOfBoundsException(number + " of " + size);
    }

    /** All of them. */
    public List<RunMessage> messages() {
        return IntStream.range(0, size).mapToObj(this::get).toList();
    }

    /** The first {@code count} messages are done with. */
    public void handled(int count) {
        assert count >= handled && count <= size : count + " after " + handled + " of " + size;
        HANDLED.setRelease(this, count);
    }

    public int handled() {
        return handled;
    }

    /** Where a subscription stands after each of the messages. */
    public Path path() {
        return path;
    }

    /** Where a subscription stands after {@code count} of these messages. */
    public Frontier after(int count) {
        return path.after(count);
    }
}
