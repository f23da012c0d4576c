package dev.gapless.core.subscription;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Known;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Unplaced;
import dev.gapless.core.feed.Vector;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a feed: V, its position in every producer, and what it is given next.
 *
 * <pre>
 *              Expired, overtaken                 interval and jitter are over
 *   READING ─────────────────────────► WAITING ────────────────────────────────► RELOADING
 *    │ ▲ ▲                               │ nothing to reload after all             │  │ ▲
 *    │ │ └───────────────────────────────┘                                         │  └─┘ failed: again, later
 *    │ └──────────────────────────── reloaded: V passes ───────────────────────────┘
 *    └─ joins: a feed of its own, then the shared one
 * </pre>
 *
 * <p>It catches up as long as it reads a feed of its own. It may join the shared one while it reads or waits. {@link SubscriptionPhase} has what
 * belongs to each, {@link Standing} the transitions, {@link Advance} what leads to them.
 *
 * <p>What is at or below V is skipped; an expiry begins at V and is dropped when it is empty (S1). When a reload begins, all
 * expiries then in the feed are handed over together, and V passes them only when the reload has succeeded (S2, S3).
 *
 * <p>Invariant: between two positions of one stretch that V takes, every sequence is given or told. It is checked at each
 * message; were it ever broken, the hole would be told as a gap, and counted in {@link #violations}.
 *
 * <p>One thread at a time, except for what says "Any thread".
 */
public final class SubscriptionState {
    private final TopicSettings settings;
    private final Feed shared;
    private volatile ReloadPace pace;
    private final AtomicLong violations = new AtomicLong();

    /** What other threads look at, at once. One thread moves it. */
    private volatile Standing standing;
    /** Has all that the catch-up reader waits for come? Said by the consumer's thread. */
    private volatile boolean mayJoin;
    /** Nobody waits for it any more. */
    private volatile boolean closed;
    /** Does the consumer say where it reads on if the shared feed has gone on past it? */
    private volatile boolean asks;
    /** Does V name messages that its feed has not heard of, so that their producers are asked for them before it reads on? */
    private volatile boolean ahead;
    /** Is it to be told what the shared feed dropped? From then on it asks no more until it is told. For its own thread. */
    private boolean stays;
    /** Where it went on in the shared feed when that had gone on past it the last time; 0 if it never had. */
    private volatile long overtakenTo;
    /** What the consumer said. Invariant: null unless it is behind. */
    private volatile @Nullable Onward onward;
    /** What is known of incarnations that ended beside what its feed says: from its token, and from feeds that it left. */
    private volatile Remembered remembered;
    /** By what it leaves out messages. */
    private volatile long filter;
    /** By what its token's subscription did, until it has been told, and has reloaded; 0 if that is not to be told. */
    private volatile long filterBefore;

    private SubscriptionState(
            Standing first, Feed shared, Remembered remembered, TopicSettings settings, double share) {
        this.settings = settings;
        this.remembered = remembered;
        this.pace = new ReloadPace(settings, share);
        this.shared = shared;
        this.standing = first;
    }

    /**
     * A subscription to the shared feed, from this index and these positions on.
     *
     * @param share how much of the reload jitter it takes, 0 to 1
     */
    public static SubscriptionState live(
            Feed shared, long index, Vector start, TopicSettings settings, double share, long nowNs) {
        Standing first = Standing.first(shared, shared.attach(index, nowNs), start);
        return new SubscriptionState(first, shared, Remembered.NOTHING, settings, share);
    }

    /**
     * A subscription that resumes this token in the shared feed at once.
     *
     * @param share how much of the reload jitter it takes, 0 to 1
     */
    public static SubscriptionState back(
            Feed shared, Feed.Joined joined, CursorToken token, TopicSettings settings, double share) {
        Standing first = Standing.first(shared, joined.cursor(), joined.positions());
        return new SubscriptionState(first, shared, Remembered.of(token), settings, share);
    }

    /**
     * A subscription that reads a feed of its own until it can join the shared one.
     *
     * @param token where it begins, or null
     * @param share how much of the reload jitter it takes, 0 to 1
     */
    public static SubscriptionState catchingUp(
            Feed own,
            Feed shared,
            Vector start,
            @Nullable CursorToken token,
            TopicSettings settings,
            double share,
            long nowNs) {
        Remembered remembered = token == null ? Remembered.NOTHING : Remembered.of(token);
        Standing first = Standing.first(own, own.attach(own.head() + 1, nowNs), start);
        return new SubscriptionState(first, shared, remembered, settings, share);
    }

    /** The positions of a token, which no producer has answered for yet, and the ends that it says were told. */
    public static Vector startOf(@Nullable CursorToken token) {
        Map<String, Placed> positions = new HashMap<>();
        if (token != null) {
            Remembered.of(token).lost().forEach(lost -> positions.put(lost.node(), End.ofToken(lost)));
            token.positions().forEach((node, position) -> {
                if (position != null) {
                    positions.put(node, new Unplaced(node, position));
                }
            });
        }
        return Vector.of(positions);
    }

    /** Everything that its catch-up reader waits for has come: it may join once it has read far enough. Any thread. */
    public void mayJoin(boolean may) {
        mayJoin = may;
    }

    /** From now on it asks where it reads on if the shared feed has gone on past it. Before it is read. */
    public SubscriptionState asking() {
        asks = !settings.backpressure();
        return this;
    }

    /** From now on it is only told what it missed, and does not reload here (rule S3). Before it is read. */
    public SubscriptionState telling() {
        pace = pace.toTell();
        return this;
    }

    /** From now on it leaves out messages, and its tokens say by what: the hash of a filter, 0 for none. */
    public void filteredBy(long hash) {
        filter = hash;
    }

    /** Until it has been told what its token's subscription left out its tokens name that one's filter (rule T1). Before it is read. */
    public void filteredUntilTold(long hash) {
        filterBefore = hash;
    }

    /** Does it wait for {@link #goOn}, as the shared feed has gone on past it? Any thread. */
    public boolean isBehind() {
        return waitsToGoOn() && !ahead;
    }

    /** Does it wait for {@link #goOn}, as its source reflects what its feed has not heard of (rule S4)? Any thread. */
    public boolean isAhead() {
        return waitsToGoOn() && ahead;
    }

    private boolean waitsToGoOn() {
        return standing.phase() instanceof SubscriptionPhase.Behind && onward == null;
    }

    /** Has the shared feed gone on past it, whether or not it knows, so that it will ask where it reads on? Any thread. */
    public boolean isOvertaken() {
        Standing here = standing;
        return mayAsk(here) && !ahead && onward == null && here.index() < shared.oldest();
    }

    /** Does it read the shared feed, and nobody has told it to go on elsewhere? Any thread. */
    public boolean readsShared() {
        return standing.feed() == shared && onward == null;
    }

    /** The consumer says where it reads on that {@link #isBehind}. */
    public void goOn(Onward where) {
        onward = where;
        if (closed) {
            close();
        }
    }

    /** Does it read a feed of its own? Any thread. */
    public boolean isCatchingUp() {
        return standing.feed() != shared;
    }

    /** Is a reload due that may not begin yet? Any thread. */
    public boolean isWaiting() {
        return standing.phase() instanceof SubscriptionPhase.Waiting;
    }

    /** Any thread. */
    public boolean isReloading() {
        return standing.phase() instanceof SubscriptionPhase.Reloading;
    }

    /** How many entries of its feed it has not dealt with. Any thread. */
    public long lag() {
        Standing here = standing;
        return Math.max(0, here.feed().head() - here.oldestUnread() + 1);
    }

    /** When the oldest of them was published, or became known, in milliseconds since 1970; empty if there is none. Any thread. */
    public OptionalLong behindSinceMs() {
        Standing here = standing;
        long index = Math.max(here.oldestUnread(), here.feed().oldest());
        FeedEntry entry = here.feed().get(index);
        if (entry instanceof FeedEntry.Messages messages) {
            return OptionalLong.of(messages.slice().publishedMs((int) (index - messages.index())));
        }
        return entry instanceof FeedEntry.Expired expired ? OptionalLong.of(expired.timeMs()) : OptionalLong.empty();
    }

    /** For people: the key of the last message that this gap states, as far as the feed knows. Any thread. */
    public @Nullable String lastKey(Gap gap) {
        return gap.node() == null || gap.resumesAt() == null
                ? null
                : standing.feed().keyBefore(gap.node(), gap.resumesAt());
    }

    /** How often the invariant was found broken; a defect of Gapless if it is not 0. Any thread. */
    public long violations() {
        return violations.get();
    }

    /** Does the consumer wait for it to free its feed? Any thread. */
    public boolean isPressed() {
        return standing.feed().wantsRoom() || waitsToGoOn();
    }

    /** Is there something to read now? A reload that waits is not. Any thread. */
    public boolean hasNext() {
        Standing here = standing;
        if (here.phase() instanceof SubscriptionPhase.Behind) {
            return onward != null;
        }
        return here.phase() instanceof SubscriptionPhase.Reading
                && (ahead || here.index() <= here.feed().head() || (mayJoin && mayJoin(here, here.positions())));
    }

    /** Nobody waits for it any more. Any thread. */
    public void close() {
        closed = true;
        Standing here = standing;
        here.feed().detach(here.cursor());
        if (onward instanceof Onward.In in) {
            in.feed().detach(in.cursor());
        }
    }

    /**
     * What to do next. Whatever it gave before counts as done with; of messages those up to {@link #handled}, which must be all
     * of them unless the subscription ends.
     */
    public Step next(long nowNs) {
        Standing here = standing;
        if (here.phase() instanceof SubscriptionPhase.Reloading) {
            return Step.RELOADING;
        }
        if (here.phase() instanceof SubscriptionPhase.Waiting waiting && waiting.untilNs() - nowNs > 0) {
            return new Step.Waiting(waiting.untilNs());
        }
        Onward said = onward;
        if (here.phase() instanceof SubscriptionPhase.Behind) {
            if (said == null) {
                return Step.IDLE;
            }
            here = goesOn(here, said);
        }
        here.cursor().moveTo(here.index());
        boolean mayFallBehind = mayAsk(here) && !stays;
        Advance advance = new Advance(
                here.done(), settings, pace, nowNs, mayFallBehind, remembered.lost(), isOvertakenAgain(here));
        Step step = advance.tellEnd();
        if (step == null && ahead) {
            standing = advance.here().behind();
            shared.asked();
            return Step.IDLE;
        }
        if (step == null && mayJoin && join(advance.here(), nowNs)) {
            return Step.JOINED;
        }
        if (step == null) {
            step = advance.withoutForgotten(shared).read();
        }
        standing = advance.here();
        if (here.feed() == shared && advance.overtakenTo() > 0) {
            overtakenTo = advance.overtakenTo();
        }
        violations.addAndGet(advance.holes());
        stays &= !(step instanceof Step.Missed || step instanceof Step.Messages);
        if (waitsToGoOn()) {
            shared.asked();
        }
        return step;
    }

    /** If the shared feed had gone on past it: has it read less than a feed since it last did (rule S3)? */
    private boolean isOvertakenAgain(Standing here) {
        long to = overtakenTo;
        return here.feed() == shared && to > 0 && here.index() - to < shared.size();
    }

    /** If the shared feed has gone on past it: does it ask where to read on (rule S6)? */
    private boolean mayAsk(Standing here) {
        return asks && here.feed() == shared && !(pace.isToTell() && isOvertakenAgain(here));
    }

    private Standing goesOn(Standing here, Onward where) {
        Standing there = where instanceof Onward.In in ? here.readingOn(in) : here.staying();
        stays = where instanceof Onward.Told;
        if (there.feed() != here.feed()) {
            remembered = remembered.and(here.feed().known().passed(), here.passedTo());
        }
        standing = there;
        ahead = false;
        onward = null;
        if (there.feed() != here.feed()) {
            here.feed().detach(here.cursor());
        }
        if (closed) {
            close(); // it may have seen the feed that was left
        }
        return there;
    }

    /** The first {@code count} messages of the run that was given last are done with. */
    public void handled(int count) {
        Standing here = standing;
        here.run().handled(count);
        if (count > 0 && here.feed().wantsRoom()) {
            here.cursor().moveTo(here.oldestUnread());
        }
    }

    private boolean mayJoin(Standing here, Vector at) {
        return here.feed() != shared
                && here.index() > here.feed().lastNotice() // the shared feed may know nothing of it
                && Standing.isPlaced(at)
                && shared.isReachedBy(at);
    }

    private boolean join(Standing here, long nowNs) {
        Vector at = here.positions();
        Feed.Joined joined = mayJoin(here, at) ? shared.join(at.withEndsToldByCatchUp(), nowNs) : null;
        if (joined == null) {
            return false;
        }
        here.feed().detach(here.cursor());
        remembered = remembered.and(here.feed().known().passed(), here.passedTo());
        standing = here.joined(shared, joined);
        if (closed) {
            close(); // it may have seen the feed that was left
        }
        return true;
    }

    /**
     * The reload has succeeded: V passes the gaps.
     *
     * @param reflects what the source of truth is known to reflect, which is then not delivered again, or null (S4)
     */
    public void reloaded(@Nullable CursorToken reflects) {
        Standing here = standing;
        Map<String, Placed> upTo = here.underWay().upTo();
        Vector at = here.positions().with(upTo).passing(upTo);
        remembered = remembered.told(here);
        standing = here.reloaded(reflects == null ? at : at.with(further(here.feed(), at, reflects)));
        ahead = reflects != null && isFurther(standing);
        filterBefore = 0; // last: a token that names the filter of before is told once more at worst
    }

    /**
     * The source of truth reflects this already, which is then not delivered: what a first load says. Not in the midst of a reload.
     */
    public void loaded(CursorToken reflects) {
        Standing here = standing;
        Vector at = here.positions();
        standing = here.passed(at.with(further(here.feed(), at, reflects)));
        ahead = isFurther(standing);
    }

    /** Is it further than its feed has got, and the shared one, in the stretch of a producer that both are in? */
    private boolean isFurther(Standing here) {
        Vector own = here.feed().tails();
        return here.positions().isBeyond(own, here.feed() == shared ? own : shared.tails());
    }

    /** After how many nanoseconds to load again that failed so often, the last time included; empty if that was the last attempt. */
    public OptionalLong loadFailed(int times) {
        boolean last = settings.reloadAttempts() > 0 && times >= settings.reloadAttempts();
        return last
                ? OptionalLong.empty()
                : OptionalLong.of(settings.reloadBackoff().waitNs(times - 1));
    }

    /** Where this token is ahead of these positions, in the epochs that they are in. */
    private static Map<String, Placed> further(Feed feed, Vector at, CursorToken reflects) {
        Map<String, Placed> further = new HashMap<>();
        reflects.positions().forEach((node, position) -> {
            Placed here = feed.where(node, at);
            if (here != null && position != null && position.epoch().equals(here.epoch())) {
                Placed there = here.movedTo(position);
                if (there.isBeyond(here)) {
                    further.put(node, there);
                }
            }
        });
        return further;
    }

    /**
     * The reload has failed. Returns after how many nanoseconds to hand the same gaps over again; empty if that was the last attempt, and
     * the subscription is to end in front of them.
     */
    public OptionalLong reloadFailed() {
        Standing here = standing;
        int failed = here.underWay().failed();
        standing = here.failed();
        return loadFailed(failed + 1);
    }

    /** Where it stands: after the last message handled, and in front of a gap that is being reloaded. Any thread. */
    public Vector positions() {
        return standing.positions();
    }

    /** {@link #token(Vector, String, String, Now)} of {@link #positions}. Any thread. */
    public CursorToken token(String topic, String cluster, Now now) {
        Standing here = standing;
        return token(here, here.positions(), topic, cluster, now);
    }

    /** A token for a place where this subscription is or was (rule T1). Any thread. */
    public CursorToken token(Vector at, String topic, String cluster, Now now) {
        return token(standing, at, topic, cluster, now);
    }

    private CursorToken token(Standing here, Vector at, String topic, String cluster, Now now) {
        Remembered before = remembered;
        Known known = here.feed().known();
        Vector come = at.withoutEndsOfToken(); // of whoever else has that name the feed knows more
        Map<String, @Nullable Position> positions = Listing.of(come, here.untold(), known);
        Remembered.Said said = before.at(here.passedTo(), known.passed(), Listing.lives(come, known, before), now);
        long left = filterBefore;
        CursorToken.Seen seen = before.withLost(said.seen(), positions);
        return new CursorToken(topic, cluster, said.timeMs(), positions, seen).withFilter(left == 0 ? filter : left);
    }
}
