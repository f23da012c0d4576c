package dev.gapless.core.consumer;

import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.subscription.SubscriptionState;
import java.util.ArrayList;
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

    private Set<Long> awaited = Set.of();
    private boolean ready;
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

    /** When it is ready at the latest. */
    long readyUntilNs() {
        return readyUntilNs;
    }

    /** It waits for the members that have given the shared reader no position yet; for its own reader's once that begins. */
    void awaitAnswers(TopicReader shared, long untilNs) {
        readyUntilNs = untilNs;
        awaited = shared.notYetLate();
    }

    /** Its own reader begins; one that is to be told what ended since only once that is remembered here, or its time is up. */
    void begin(TopicReader own, List<MemberEvent> members, HistoryView history, Now now) {
        if (!own.hasBegun() && (!fromThePast || history.complete() || readyUntilNs - now.ns() <= 0)) {
            own.begin(members, history, over, now);
            awaited.addAll(own.notYetLate());
        }
    }

    /**
     * If all that it waits for has come, or its time is up, it is ready. It waits for the history, too: a token without one is told of the
     * past where it is resumed. Returns the members that did not answer, or null if it is not ready.
     */
    @Nullable Set<String> becomeReady(TopicReader shared, @Nullable TopicReader own, HistoryView history, long nowNs) {
        awaited.removeIf(
                memberUid -> !shared.hasNoPosition(memberUid) && (own == null || !own.hasNoPosition(memberUid)));
        boolean tooLong = readyUntilNs - nowNs <= 0;
        boolean begun = own == null || own.hasBegun();
        if (!(begun && awaited.isEmpty() && history.complete()) && !tooLong) {
            return null;
        }
        Set<String> late = new HashSet<>();
        for (TopicReader one : readers(shared, own)) {
            one.goOnWithout(awaited);
            one.setReady();
            late.addAll(one.late());
        }
        ready = true;
        awaited = Set.of();
        return Set.copyOf(late);
    }

    private static List<TopicReader> readers(TopicReader shared, @Nullable TopicReader own) {
        List<TopicReader> both = new ArrayList<>();
        both.add(shared);
        if (own != null) {
            both.add(own);
        }
        return both;
    }
}
