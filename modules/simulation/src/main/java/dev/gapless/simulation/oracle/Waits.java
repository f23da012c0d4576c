package dev.gapless.simulation.oracle;

import dev.gapless.core.Session;
import dev.gapless.core.TopicSettings;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Judges how long one process waits with backpressure (G5): no longer than the settings allow, and as long as they promise. All times are
 * those of the process's own clock, in nanoseconds. A process that is paused waits for nobody: see {@link #onPause}.
 */
public final class Waits {
    /** In place of a number: that node waits for nothing. */
    public static final long NOBODY = Long.MAX_VALUE;

    /** Feeds and cursors are looked at once a heartbeat, and may just have been looked at. */
    private static final int HEARTBEATS = 3;

    /** What is due has a timer of its own. */
    private static final long SLACK_NS = 10_000_000;

    private final String process;
    private final TopicSettings settings;
    private final Map<Long, Long> publishes = new LinkedHashMap<>();
    private final Map<Session, Reader> readers = new HashMap<>();
    private final Set<Long> unreachable = new HashSet<>();
    private long blockedAt = -1;
    private long blockedSinceNs;
    private long crowdedAt = -1;
    private long crowdedSinceNs;

    /** A reader's cursor, as the messages show it. */
    private static final class Reader {
        long answeredNs;
        long acked;
        boolean excused;
        boolean goesBack;
    }

    /** Of a process of this name; {@code settings} are those of its topic. */
    public Waits(String process, TopicSettings settings) {
        this.process = process;
        this.settings = settings;
    }

    private long patienceNs() {
        return settings.backpressureTimeoutNs();
    }

    private long slackNs() {
        return HEARTBEATS * settings.heartbeatNs();
    }

    /** It was paused: what waited meanwhile is not judged. */
    public void onPause() {
        publishes.clear();
        blockedAt = -1;
        crowdedAt = -1;
    }

    // ------------------------------------------------------------------ publishers

    /** This message waits for room. */
    public void publishWaits(long id, long nowNs) {
        publishes.put(id, nowNs);
    }

    /** This message waits no longer, if it did. */
    public void publishEnds(long id, long nowNs) {
        Long since = publishes.remove(id);
        if (since != null) {
            checkNoLongerThan("a publish of " + process + " waited", nowNs - since, patienceNs() + SLACK_NS);
        }
    }

    /**
     * Looks at its log: publishes that nobody answers, and a log that stands still though nobody whom it waits for answers.
     *
     * @param head the log's
     * @param waiting how many publishes wait
     */
    public void lookAtLog(long head, int waiting, long nowNs) {
        for (long since : publishes.values()) {
            checkNoLongerThan("a publish of " + process + " waits", nowNs - since, patienceNs() + SLACK_NS);
            break; // the oldest
        }
        if (waiting == 0 || head != blockedAt) {
            blockedAt = waiting == 0 ? -1 : head;
            blockedSinceNs = nowNs;
            return;
        }
        long answeredNs = blockedSinceNs;
        for (Reader reader : readers.values()) {
            answeredNs = reader.acked < head ? Math.max(answeredNs, reader.answeredNs) : answeredNs;
        }
        checkNoLongerThan(
                process + " waits for readers that do not answer", nowNs - answeredNs, patienceNs() + slackNs());
    }

    // ------------------------------------------------------------------ readers of its log

    /** A reader has a cursor from now on, and is sent what is behind this sequence. */
    public void registered(Session session, long sequence, long nowNs) {
        registered(session, sequence, 0, false, nowNs);
    }

    /**
     * A reader has a cursor from now on.
     *
     * @param sequence behind which the log keeps everything for it
     * @param oldest that of the log: what was overwritten when nobody waited for it is still to be told
     * @param goesBack may the log have to keep more for it later?
     */
    public void registered(Session session, long sequence, long oldest, boolean goesBack, long nowNs) {
        Reader reader = new Reader();
        reader.goesBack = goesBack;
        readers.put(session, reader);
        answers(session, reader, sequence, nowNs);
        reader.excused |= sequence != NOBODY && oldest > sequence + 1;
    }

    /** A cursor has taken the place of that reader's. */
    public void replaced(Session session, long oldest, long nowNs) {
        Reader reader = readers.remove(session);
        if (reader != null) {
            checkWait(session, reader, oldest, nowNs);
        }
    }

    /**
     * A reader says what the log need not keep for it. That may be less than before, if it lacks more.
     *
     * @param oldest that of the log, before anything is done about it
     */
    public void acknowledged(Session session, long sequence, long oldest, long nowNs) {
        Reader reader = readers.get(session);
        if (reader != null && (reader.goesBack || sequence >= reader.acked)) {
            checkWait(session, reader, oldest, nowNs);
            answers(session, reader, sequence, nowNs);
            reader.excused |= sequence != NOBODY
                    && oldest > sequence + 1; // what was overwritten when nobody waited for it is still to be told
        }
    }

    private void answers(Session session, Reader reader, long sequence, long nowNs) {
        reader.acked = sequence;
        reader.answeredNs = nowNs;
        reader.excused = unreachable.contains(session.uid()) || sequence == NOBODY;
    }

    /** The cursors of that process are dropped: nobody waits for it. */
    public void forgotten(long uid) {
        readers.keySet().removeIf(session -> session.uid() == uid);
    }

    /** That reader has ended. */
    public void deregistered(Session session) {
        readers.remove(session);
    }

    /** The membership says whether that process can be reached. */
    public void reachability(long uid, boolean reachable, long nowNs) {
        if (reachable) {
            unreachable.remove(uid);
        } else {
            unreachable.add(uid);
        }
        readers.forEach((session, reader) -> {
            if (session.uid() == uid) {
                reader.excused = true;
                reader.answeredNs = nowNs; // its time begins anew
            }
        });
    }

    /** The log has gone on past a reader, which is told to go on behind this sequence. */
    public void overrun(Session session, long sequence, long oldest, long nowNs) {
        Reader reader = readers.get(session);
        if (reader != null) {
            checkWait(session, reader, oldest, nowNs);
            reader.acked = sequence;
            reader.excused = true; // until it answers
        }
    }

    /** What the log had is not waited for any more: all readers are told so (rule P16). */
    public void invalidated() {
        readers.values().forEach(reader -> reader.excused = true); // until they answer
    }

    private void checkWait(Session session, Reader reader, long oldest, long nowNs) {
        long sinceNs = nowNs - reader.answeredNs;
        if (settings.backpressure() && !reader.excused && oldest > reader.acked + 1 && sinceNs < patienceNs()) {
            throw new Violation("G5: the log of " + process + " has dropped what is behind " + reader.acked + " up to "
                    + oldest + ", and " + session + " answered " + sinceNs / 1_000_000 + " ms ago");
        }
    }

    // ------------------------------------------------------------------ subscriptions

    /** Does a feed wait no longer for a subscription that has not moved for so long? */
    public boolean isGivenUp(long stillNs) {
        return stillNs >= patienceNs() / 2;
    }

    /**
     * Its feed has gone on past a subscription.
     *
     * @param stillNs for how long the subscription had not moved
     */
    public void overtaken(Object subscription, long stillNs) {
        if (settings.backpressure() && !isGivenUp(stillNs)) {
            throw new Violation("G5: the feed of " + process + " goes on past " + subscription + ", which moved "
                    + stillNs / 1_000_000 + " ms ago");
        }
    }

    /**
     * Looks at its feed: one that has stopped its producers waits for somebody.
     *
     * @param place what changes when the feed or one of its subscriptions moves
     * @param full whether it has stopped them
     */
    public void lookAtFeed(long place, boolean full, long nowNs) {
        if (!full || place != crowdedAt) {
            crowdedAt = full ? place : -1;
            crowdedSinceNs = nowNs;
        } else {
            checkNoLongerThan(
                    "the feed of " + process + " is full of what a subscription does not read",
                    nowNs - crowdedSinceNs,
                    patienceNs() / 2 + slackNs());
        }
    }

    /**
     * Looks at a feed of a topic with {@code expire}: it stops its producers while it is behind, and not for long.
     *
     * @param head the feed's
     */
    public void lookAtFeedBehind(long head, boolean stopped, long nowNs) {
        if (!stopped || head != crowdedAt) {
            crowdedAt = stopped ? head : -1;
            crowdedSinceNs = nowNs;
        } else {
            checkNoLongerThan(
                    "the feed of " + process + " is behind, and has stopped its producers",
                    nowNs - crowdedSinceNs,
                    settings.feedHoldNs() + slackNs());
        }
    }

    private static void checkNoLongerThan(String what, long lastedNs, long mostNs) {
        if (lastedNs > mostNs) {
            throw new Violation(
                    "G5: " + what + ", for " + lastedNs / 1_000_000 + " ms of " + mostNs / 1_000_000 + " at most");
        }
    }
}
