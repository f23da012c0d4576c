package dev.gapless.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.NotSerializable;
import dev.gapless.Topic;
import dev.gapless.core.log.Content;
import dev.gapless.internal.fence.Fence;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the first message of each class back that is published to one topic: would a subscriber get what was published? A class that was
 * refused is read back with each message, so that what was refused once does not pass later. Thread-safe.
 */
public final class RoundTrip {
    private static final Logger LOG = LoggerFactory.getLogger(RoundTrip.class);

    /** Those of further classes are not read back. */
    private static final int MOST_CLASSES = 1_000;

    /** What happens to a message that does not come back as it was. */
    public enum Mode {
        /** It is not published. */
        REFUSE,
        /** A line of the log says so, and it is published. */
        WARN,
        /** Nobody looks. */
        OFF
    }

    private final String topic;
    private final Mode mode;
    private final Codec codec;

    /** Classes of which no message is read back any more. Replaced, and never changed. */
    private volatile Set<Class<?>> done = Set.of();

    /** Classes of which a message was refused. */
    private final Set<Class<?>> refused = new HashSet<>();

    RoundTrip(String topic, Mode mode, Codec codec) {
        this.topic = topic;
        this.mode = mode;
        this.codec = codec;
    }

    /**
     * Before a message is published.
     *
     * @param message none if it is a tombstone
     * @param content what it was written to
     * @throws NotSerializable if it does not come back as it was, and is to be refused
     */
    public void check(Topic<?> of, @Nullable Object message, Content content) {
        if (message == null || mode == Mode.OFF || isDone(message.getClass())) {
            return;
        }
        String problem = isTakenAsItIs(message) ? null : problem(of, message, content);
        if (problem == null) {
            passed(message.getClass());
        } else if (mode == Mode.REFUSE) {
            refused(message.getClass());
            throw new NotSerializable(
                    line(message, problem)
                            + ". It is not published; gapless.roundtrip = warn or off, for this topic, publishes it all the same",
                    null);
        } else if (finish(message.getClass())) {
            LOG.warn("{}. It is published all the same, as gapless.roundtrip = warn says", line(message, problem));
        }
    }

    /** JSON is what its text says: a gateway's clients are not to be told which of two numbers a node reads it as. */
    private static boolean isTakenAsItIs(Object message) {
        return Codec.isTakenAsItIs(message) || message instanceof JsonNode;
    }

    private String line(Object message, String problem) {
        return "Topic " + topic + ": a message of " + message.getClass().getName() + " " + problem;
    }

    private boolean isDone(Class<?> type) {
        Set<Class<?>> known = done;
        return known.contains(type) || known.size() >= MOST_CLASSES;
    }

    private synchronized void passed(Class<?> type) {
        if (!refused.contains(type)) {
            var unused = finish(type);
        }
    }

    private synchronized void refused(Class<?> type) {
        if (refused.size() < MOST_CLASSES) {
            refused.add(type);
        }
    }

    /** {@return whether no message of that class came before} */
    private synchronized boolean finish(Class<?> type) {
        if (isDone(type)) {
            return false;
        }
        Set<Class<?>> more = new HashSet<>(done);
        more.add(type);
        done = Set.copyOf(more);
        return true;
    }

    /** Why a subscriber would not get it, or not as it is; null if it would. */
    private @Nullable String problem(Topic<?> of, Object message, Content content) {
        Object read;
        try {
            read = codec.read(content);
        } catch (Throwable e) {
            Fence.rethrowFatal(e);
            return "is written, and cannot be read: " + Fence.text(e)
                    + ". Subscribers would not get it. With Jackson a member that is an interface, an abstract or a sealed class needs"
                    + " @JsonTypeInfo and @JsonSubTypes, and a class that it cannot make a @JsonCreator";
        }
        if (!of.type().isInstance(read)) {
            return "comes back of " + (read == null ? "null" : read.getClass().getName())
                    + ", which is no " + of.type().getName()
                    + ": subscribers would leave it out. Use the class of the messages for the topic";
        }
        Difference found = difference(message, read, content);
        return found == null ? null : "does not come back as it was published: " + found;
    }

    private @Nullable Difference difference(Object message, Object read, Content content) {
        boolean jackson = codec.isOfJackson(content.format());
        Comparison first = new Comparison(jackson, false);
        Difference found = find(first, message, read);
        if (found != null || !first.isUndecided() || hasSameBytes(read, content)) {
            return found;
        }
        Comparison always = new Comparison(jackson, true);
        Difference named = find(always, message, read);
        return named == null && always.isUndecided()
                ? new Difference(
                        "",
                        "has other bytes when it is written again",
                        "Let the serializer read all that it writes, or give the class an equals")
                : named;
    }

    /** What throws, such as an {@code equals} of the application, decides nothing. */
    private static @Nullable Difference find(Comparison comparison, Object message, Object read) {
        try {
            return comparison.find(message, read);
        } catch (Throwable e) {
            Fence.rethrowFatal(e);
            comparison.giveUp();
            return null;
        }
    }

    /** Its serializer may use one array for all messages, and another order for what has none, such as a set. */
    private boolean hasSameBytes(Object read, Content content) {
        byte[] first = content.bytes().clone();
        byte[] again;
        try {
            again = codec.write(read).clone();
        } catch (Throwable e) {
            Fence.rethrowFatal(e);
            return false;
        } finally {
            System.arraycopy(first, 0, content.bytes(), 0, first.length);
        }
        if (Arrays.equals(first, again)) {
            return true;
        }
        Arrays.sort(first);
        Arrays.sort(again);
        return Arrays.equals(first, again);
    }
}
