package dev.gapless.core.subscription;

import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.log.Slice;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Pulls the messages of a subscription one after the other, in the form in which they are kept and sent. Whoever pulls makes of a message what it
 * needs, and comes when it wants more: nothing is decoded, copied or queued here. Coming for more says that everything before is done with.
 *
 * <p>One thread at a time.
 */
public final class PullCursor {
    /** Which messages are given. Those that are left out count as done with, like those that were given. */
    public interface Filter {
        boolean takesNode(String node);

        /** Of the message of this number. */
        boolean takesMessage(Slice slice, int i);
    }

    private final SubscriptionState state;
    private Filter filter;

    private @Nullable MessageRun run;
    /** How many messages of the run were looked at, and how many of them are done with. */
    private int passed;

    private int handled;
    // The slice that it is in, the number of the next one, and of the message in it that comes next.
    private FeedEntry.@Nullable Messages slice;
    private int nextSlice;
    private int inSlice;

    public PullCursor(SubscriptionState state, Filter filter) {
        this.state = state;
        this.filter = filter;
    }

    /** From the next message on that one says which are given. */
    public void filter(Filter other) {
        filter = other;
    }

    /** Are there messages to move on to? If not, {@link #read} says what there is. */
    public boolean hasMessages() {
        MessageRun current = run;
        return current != null && passed < current.size();
    }

    /** Moves on to the next message. {@return whether the filter takes it} */
    public boolean next() {
        FeedEntry.Messages current = slice;
        if (current == null || inSlice == current.count()) {
            current = Objects.requireNonNull(run).part(nextSlice);
            slice = current;
            nextSlice++;
            inSlice = 0;
        }
        int i = inSlice;
        inSlice++;
        passed++;
        return filter.takesNode(current.node()) && filter.takesMessage(current.slice(), i);
    }

    /** What the subscription is to do next, if there are no messages left to move on to. */
    public Step read(long nowNs) {
        handled();
        Step step = state.next(nowNs);
        // What was read must not be kept for as long as nothing comes.
        run = step instanceof Step.Messages messages ? messages.run() : null;
        passed = 0;
        handled = 0;
        slice = null;
        nextSlice = 0;
        return step;
    }

    /** The message that it is at is done with: tokens that are taken from now on resume behind it. {@return whether that is new} */
    public boolean handled() {
        if (run == null || passed == handled) {
            return false;
        }
        handled = passed;
        state.handled(passed);
        return true;
    }

    // ------------------------------------------------------------------ where it is

    /** The messages that it is among; null before the first of a run. */
    public FeedEntry.@Nullable Messages slice() {
        return slice;
    }

    /** The number of its message among those. */
    public int inSlice() {
        return inSlice - 1;
    }

    /** The number of its message in the run, counted from 1. */
    public int inRun() {
        return passed;
    }

    /** Where the subscription stands after each message of the run; null if there is no run. */
    public MessageRun.@Nullable Path path() {
        MessageRun current = run;
        return current == null ? null : current.path();
    }
}
