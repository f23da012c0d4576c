package dev.gapless.core.subscription;

import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Vector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages that a subscription read at once, and where it stood before them. Keeps the vector for each of them without
 * copying it each time. The list never changes; {@link #handled} is moved by one thread and read by any.
 */
public final class MessageRun {
    private final Vector before;
    private final List<FeedEntry.Message> messages;
    private volatile int handled;

    MessageRun(Vector before, List<FeedEntry.Message> messages) {
        this.before = before;
        this.messages = messages;
    }

    public List<FeedEntry.Message> messages() {
        return messages;
    }

    /** The first {@code count} messages are done with. */
    public void handled(int count) {
        handled = count;
    }

    public int handled() {
        return handled;
    }

    /** Where a subscription stands after {@code count} of these messages. */
    public Vector after(int count) {
        if (count == 0) {
            return before;
        }
        Map<String, Placed> changed = new HashMap<>();
        for (int i = count - 1; i >= 0; i--) {
            FeedEntry.Message message = messages.get(i);
            if (!changed.containsKey(message.node())) {
                changed.put(message.node(), message.after());
            }
        }
        return before.with(changed);
    }
}
