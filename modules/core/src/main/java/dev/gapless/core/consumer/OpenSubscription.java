package dev.gapless.core.consumer;

import dev.gapless.core.HistoryView;
import dev.gapless.core.Start;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.subscription.FeedSubscription;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An open subscription, and what it waits for until it is ready (rule C10). */
final class OpenSubscription {
    final long id;
    final FeedSubscription subscription;
    final Opening opening;
    /** Whose feed it reads; null while it waits for one. */
    @Nullable TopicReader reader;
    /** What the members that are present are asked for: until it has a reader of its own that does. */
    @Nullable Start start;
    /** Since when it waits for a reader. */
    long waitsNs;
    /** {@link Streams#forgotten} when it had a reader the last time. */
    long forgotten;
    /** When it is ready at the latest. */
    long readyUntilNs;

    boolean ready;
    private long readyNs;
    private boolean begun;
    /** Members that are to answer first. */
    private Set<Long> awaited = Set.of();

    OpenSubscription(long id, FeedSubscription subscription, Opening opening) {
        this.id = id;
        this.subscription = subscription;
        this.opening = opening;
        this.start = opening instanceof Opening.Earliest || opening instanceof Opening.Since ? opening.start() : null;
    }

    /**
     * May it begin? One that begins in the past only once it is remembered here what ended since, and it is known whose successors the members
     * are, or its time is up.
     *
     * @param namesToCome of members
     */
    boolean mayBegin(HistoryView history, boolean namesToCome, long nowNs) {
        boolean knows = history.complete() && !namesToCome;
        return !begun && (!opening.isFromThePast() || knows || readyUntilNs - nowNs <= 0);
    }

    void begin() {
        begun = true;
    }

    /** May it be at places that producers never had, as an application says it? */
    boolean claims() {
        boolean isMadeByHand =
                opening instanceof Opening.Resume resume && resume.token().isMadeByHand();
        return isMadeByHand || subscription.claims();
    }

    boolean hasBegun() {
        return begun;
    }

    /**
     * Its reader waits for the members that are present, and have given no place; if it is ready already, it does without.
     *
     * @param alone whether that reader begins for it, or is shared
     */
    void reads(TopicReader its, boolean alone) {
        reader = its;
        if (!ready) {
            awaited = its.unansweredMembers();
        } else if (alone) {
            its.resumeWithout(its.unansweredMembers(), readyNs);
            its.setReady();
        }
    }

    /**
     * If its reader has all that it waits for, or its time is up, it is ready. It waits for the history, too: a token without one is told of
     * the past where it is resumed.
     *
     * @return the members that did not answer, or null if it is not ready, or was before
     */
    @Nullable Set<String> becomeReady(HistoryView history, long nowNs) {
        TopicReader its = reader;
        boolean tooLong = readyUntilNs - nowNs <= 0;
        if (its != null) {
            awaited.removeIf(uid -> !its.hasNoPlace(uid));
        }
        boolean hasAll = its != null && awaited.isEmpty() && history.complete();
        if (ready || !(hasAll || tooLong)) {
            return null;
        }
        ready = true;
        readyNs = nowNs;
        subscription.becomeReady();
        if (its == null) {
            return Set.of();
        }
        its.resumeWithout(awaited, nowNs);
        its.setReady();
        awaited = new HashSet<>(0);
        return Set.copyOf(its.late());
    }
}
