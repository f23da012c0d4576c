package dev.gapless.core.consumer;

import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.subscription.SubscriptionState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An open subscription, and what it waits for until it is ready (rule C10). */
final class Open {
    final long id;
    final SubscriptionState subscription;
    /** Invariant: the shared one's, unless it catches up. */
    long reader;

    /** Is it to be told of incarnations that ended before (rule T2)? */
    private final boolean fromThePast;
    /** Producers that were over for it when it was opened. */
    private final Set<String> over;

    /** Members of which the shared reader has no position. */
    private Set<Long> awaited = new HashSet<>(0);
    /** Those of which its own reader has none: not even its token's. */
    private Set<Long> awaitedByOwn = new HashSet<>(0);

    private boolean ready;
    /** Does it wait for nothing of the shared reader, which it joins? */
    private boolean mayJoin;

    private long readyUntilNs;

    /** One that begins with what comes next. */
    Open(long id, SubscriptionState subscription, long reader) {
        this(id, subscription, reader, false, Set.of());
    }

    /**
     * One with a reader of its own.
     *
     * @param over producers that are over for it
     */
    Open(long id, SubscriptionState subscription, long reader, boolean fromThePast, Set<String> over) {
        this.id = id;
        this.fromThePast = fromThePast;
        this.over = Set.copyOf(over);
        this.subscription = subscription;
        this.reader = reader;
    }

    boolean isReady() {
        return ready;
    }

    /** Does it wait for any answer? */
    boolean isWaiting() {
        return !ready || !mayJoin;
    }

    /** When it waits no more, at the latest. */
    long readyUntilNs() {
        return readyUntilNs;
    }

    /** The shared reader, and its own once that begins, wait for the members that have given no position yet. */
    void awaitAnswers(TopicReader shared, long untilNs) {
        readyUntilNs = untilNs;
        awaited = shared.notYetLate();
    }

    /** Its own reader begins; one that is to be told what ended since only once that is remembered here, or its time is up. */
    void begin(TopicReader own, List<MemberEvent> members, HistoryView history, Now now) {
        if (!own.hasBegun() && (!fromThePast || history.complete() || readyUntilNs - now.ns() <= 0)) {
            own.begin(members, history, over, now);
            awaitedByOwn = own.notYetLate();
        }
    }

    /**
     * If its reader has all that it waits for, or its time is up, it is ready. It waits for the history, too: a token without one is told of
     * the past where it is resumed. Returns the members that did not answer, or null if it is not ready, or was before.
     */
    @Nullable Set<String> becomeReady(TopicReader shared, @Nullable TopicReader own, HistoryView history, long nowNs) {
        boolean tooLong = readyUntilNs - nowNs <= 0;
        if (!mayJoin && (tooLong || haveAll(shared, awaited, history))) {
            shared.goOnWithout(awaited, nowNs);
            shared.setReady();
            mayJoin = true;
        }
        boolean hasAll = own == null ? mayJoin : own.hasBegun() && haveAll(own, awaitedByOwn, history);
        if (ready || !(hasAll || tooLong)) {
            return null;
        }
        ready = true;
        Set<String> late = new HashSet<>(shared.late());
        if (own != null) {
            own.goOnWithout(awaitedByOwn, nowNs);
            own.setReady();
            late.addAll(own.late());
        }
        return Set.copyOf(late);
    }

    private static boolean haveAll(TopicReader reader, Set<Long> awaited, HistoryView history) {
        awaited.removeIf(memberUid -> !reader.hasNoPosition(memberUid));
        return awaited.isEmpty() && history.complete();
    }
}
