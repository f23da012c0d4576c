package dev.gapless.core.subscription;

import dev.gapless.core.feed.At;
import dev.gapless.core.feed.Era;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Vector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages that a subscription read at once, and where it stood before them. The list never changes; {@link #handled} is moved by one
 * thread and read by any.
 */
public final class MessageRun {
    private final Path path;
    private final List<FeedEntry.Message> messages;
    /** Invariant: it never falls, and is at most the number of messages. */
    private volatile int handled;

    /**
     * Where a subscription stands after each message of a run: the vector for each of them, without copying it each time, and without the
     * messages, which nobody keeps who keeps a token's supplier. Immutable.
     */
    public static final class Path {
        private static final Era[] NO_ERAS = {};
        private static final long[] NO_SEQUENCES = {};

        private final Vector before;
        private final Era[] eras;
        private final long[] sequences;

        /** Nowhere else. */
        private Path(Vector before) {
            this.before = before;
            this.eras = NO_ERAS;
            this.sequences = NO_SEQUENCES;
        }

        private Path(Vector before, List<FeedEntry.Message> messages) {
            this.before = before;
            this.eras = new Era[messages.size()];
            this.sequences = new long[messages.size()];
            for (int i = 0; i < eras.length; i++) {
                eras[i] = messages.get(i).era();
                sequences[i] = messages.get(i).sequence();
            }
        }

        /** Where a subscription stands after {@code count} of the messages. */
        public Vector after(int count) {
            if (count == 0) {
                return before;
            }
            Map<String, Placed> changed = new HashMap<>();
            for (int i = count - 1; i >= 0; i--) {
                if (!changed.containsKey(eras[i].node())) {
                    changed.put(eras[i].node(), new At(eras[i], sequences[i]));
                }
            }
            return before.with(changed);
        }
    }

    MessageRun(Vector before, List<FeedEntry.Message> messages) {
        this(new Path(before, messages), messages);
    }

    private MessageRun(Path path, List<FeedEntry.Message> messages) {
        this.path = path;
        this.messages = messages;
    }

    /** No messages, at this place. */
    static MessageRun none(Vector at) {
        return new MessageRun(new Path(at), List.of());
    }

    public List<FeedEntry.Message> messages() {
        return messages;
    }

    /** The first {@code count} messages are done with. */
    public void handled(int count) {
        assert count >= handled && count <= messages.size() : count + " after " + handled + " of " + messages.size();
        handled = count;
    }

    public int handled() {
        return handled;
    }

    /** Where a subscription stands after each of the messages. */
    public Path path() {
        return path;
    }

    /** Where a subscription stands after {@code count} of these messages. */
    public Vector after(int count) {
        return path.after(count);
    }
}
