package dev.gapless.core.delivery;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Now;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One subscription, as its reader sees it: what it is given next, and where it stands. {@link TopicConsumer#open} makes it, and wakes whoever reads
 * it by {@link dev.gapless.core.effect.Effect.Arrived}.
 *
 * <p>One thread at a time, except for what says "Any thread".
 */
public interface SubscriptionState {
    // ------------------------------------------------------------------ how it is read

    /** From now on it is only told what it missed, and does not reload here (rule S3). Before it is read. */
    SubscriptionState telling();

    /** The same, at once: who reads it spreads its reloads by itself. Before it is read. */
    SubscriptionState tellingAtOnce();

    /** From now on it leaves out messages, and its tokens say by what: the hash of a filter, 0 for none. */
    void filteredBy(long hash);

    /** Is there something to read now, or to free? A reload that waits is not. Any thread. */
    boolean hasNext();

    /**
     * What to do next. Whatever it gave before counts as done with; of messages those up to {@link #handled}, which must be all
     * of them unless the subscription ends.
     */
    Step next(long nowNs);

    /** The first {@code count} messages of the run that was given last are done with. */
    void handled(int count);

    /** Does its consumer wait for it to free something, or to ask where it reads on? {@link TopicConsumer#onRoom(long, Now)} is to be called. Any thread. */
    boolean isPressed();

    // ------------------------------------------------------------------ reloading

    /**
     * The reload has succeeded: it goes on behind the gaps.
     *
     * @param reflects what the source of truth is known to reflect, which is then not delivered again, or null (S4)
     */
    void reloaded(@Nullable CursorToken reflects);

    /**
     * The reload has failed. Returns after how many nanoseconds to hand the same gaps over again; empty if that was the last attempt, and
     * the subscription is to end in front of them.
     */
    OptionalLong reloadFailed();

    /**
     * The source of truth reflects this already, which is then not delivered: what a first load says. Not in the midst of a reload.
     */
    void loaded(CursorToken reflects);

    /** After how many nanoseconds to load again that failed so often, the last time included; empty if that was the last attempt. */
    OptionalLong loadFailed(int times);

    // ------------------------------------------------------------------ where it is

    /** A token for where it stands: behind the last message handled, and in front of a gap that is being reloaded (rule T1). Any thread. */
    CursorToken token(String topicName, String cluster, Now now);

    /** Where it stands, for a token that may be made later. Any thread. */
    Standpoint standpoint();

    /**
     * A token for where this subscription stood (rule T1). Any thread.
     *
     * @param at one of its own
     * @param now when it stood there, or earlier
     */
    CursorToken token(Standpoint at, String topicName, String cluster, Now now);

    /**
     * Where a client stands that keeps positions alone: the token's, and all other streams that are over for it and remembered here. As long as it
     * is to be told that anything may be missed, none of those that are over: a list of positions does not say that, and what it lacks is told.
     * Any thread.
     *
     * @param taken a token of this subscription
     */
    List<CursorToken.Entry> listed(CursorToken taken);

    /**
     * Is there, or was there, an incarnation of that node with this log? A member is it, the history remembers it, or a log has its messages. That a
     * token names it is not enough. Any thread.
     */
    boolean knows(Epoch epoch, @Nullable String node);

    // ------------------------------------------------------------------ for people

    /** Does it read what others of its node do not read with it? Any thread. */
    boolean isCatchingUp();

    /** Is a reload due that may not begin yet? Any thread. */
    boolean isWaiting();

    /** Any thread. */
    boolean isReloading();

    /** How many messages, and notices between them, it has not dealt with. Any thread. */
    long lag();

    /** When the oldest of them was published, or became known, in milliseconds since 1970; empty if there is none. Any thread. */
    OptionalLong behindSinceMs();

    /** The key of the last message that this gap states, as far as it is known. Any thread. */
    @Nullable String lastKey(Gap gap);

    /** How often a message did not follow what it had; a defect of Gapless if it is not 0. Any thread. */
    long violations();
}
