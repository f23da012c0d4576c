package dev.gapless.core.delivery;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Messages that a subscription read at once, in the form in which they are kept and sent: whoever reads them makes of a message what it needs.
 * The messages never change. One thread moves on with {@link #next} and says what it is done with by {@link #handled(int)}, which any thread
 * may read.
 */
public class MessageRun {
    private static final VarHandle HANDLED;

    static {
        try {
            HANDLED = MethodHandles.lookup().findVarHandle(MessageRun.class, "handled", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final List<? extends RunPart> parts;
    private final int size;
    /** Invariant: it never falls, and is at most the number of messages. Released: whoever sees it sees what was done before. */
    private volatile int handled;

    // Where the reader is: the messages that it has come to, the part that it is in, how many of that, and the next
    // part.
    private int passed;
    private @Nullable RunPart part;
    private int inPart;
    private int nextPart;

    /**
     * Messages that nobody has come to.
     *
     * @param parts they never change
     * @param size how many messages they have together
     */
    protected MessageRun(List<? extends RunPart> parts, int size) {
        this.parts = parts;
        this.size = size;
    }

    /** How many messages there are. */
    public final int size() {
        return size;
    }

    public final boolean isEmpty() {
        return size == 0;
    }

    /** Is there a message to move on to? */
    public final boolean hasNext() {
        return passed < size;
    }

    /** Moves on to the next message. Only if there is one. */
    public final void next() {
        RunPart current = part;
        if (current == null || inPart == current.count()) {
            part = parts.get(nextPart);
            nextPart++;
            inPart = 0;
        }
        inPart++;
        passed++;
    }

    /** How many messages {@link #next} has come to. */
    public final int passed() {
        return passed;
    }

    /** The messages among which it is; null before the first. */
    public final @Nullable RunPart part() {
        return part;
    }

    /** The number of its message among those, counted from 0. */
    public final int inPart() {
        return inPart - 1;
    }

    /** The message of this number, counted from 0. */
    public final RunMessage get(int number) {
        int i = number;
        for (RunPart each : parts) {
            if (i < each.count()) {
                return new RunMessage(each, i);
            }
            i -= each.count();
        }
        throw new IndexOutOfBoundsException(number + " of " + size);
    }

    /** All of them. */
    public final List<RunMessage> messages() {
        return IntStream.range(0, size).mapToObj(this::get).toList();
    }

    /** The first {@code count} messages are done with. */
    public final void handled(int count) {
        assert count >= handled && count <= size : count + " after " + handled + " of " + size;
        HANDLED.setRelease(this, count);
    }

    public final int handled() {
        return handled;
    }
}
