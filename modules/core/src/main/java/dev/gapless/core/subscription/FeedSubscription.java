package dev.gapless.core.subscription;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Limits;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.ReloadPace;
import dev.gapless.core.delivery.Standpoint;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.EndedStreams;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.StreamsView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a feed: the frontier, which is its place in every stream, and what it is given next.
 *
 * <pre>
 *                 a notice, overtaken                 interval and jitter are over
 *     READING ─────────────────────────► WAITING ────────────────────────────────► RELOADING
 *      │ ▲ ▲ ▲                               │ nothing to reload after all             │  │ ▲
 *   asks │ │ └───────────────────────────────┘                                         │  └─┘ failed: again, later
 *      ▼ │ └──────────────────────────── reloaded: the frontier passes ─────────────────────┘
 *    UNPLACED, also at first
 * </pre>
 *
 * <p>It asks where to read on when its feed has gone on past it, and when the shared feed has all that it lacks. {@link SubscriptionPhase}
 * has what belongs to each phase, {@link Standing} the transitions, {@link Advance} what leads to them.
 *
 * <p>What is at or below the frontier is skipped; a gap begins at the frontier and is dropped when it is empty (S1). When a reload begins, all
 * notices then in the feed are handed over together, and the frontier passes them only when the reload has succeeded (S2, S3).
 *
 * <p>Invariant: between two places in one stream that the frontier takes, every sequence is given or announced. It is checked at each
 * message; were it ever broken, the hole would be told as a gap, and counted in {@link #violations}.
 *
 * <p>One thread at a time, except for what says "Any thread", and for what says "Consumer": that is called while it is unplaced.
 */
public final class FeedSubscription implements SubscriptionState {
    /** A number of changes that there never is. */
    private static final long NEVER = -1;

    private final TopicSettings settings;
    private final Feed shared;
    private final TopicView topic;
    /** Where it began; null if it began without a token. */
    private final @Nullable CursorToken token;
    /** Up to when it knows who ended, as long as it has not been told what ended since. */
    private final long beganMs;

    private final AtomicLong violations = new AtomicLong();
    private volatile ReloadPace pace;
    /** What other threads look at, at once. One thread moves it. */
    private volatile Standing standing;
    /** May it be placed? Before, its place is that of its token. */
    private volatile boolean begun;
    /** Is it ready? Then it counts what members published that had not said where they are. */
    private volatile boolean ready;

    private volatile long announcedTo;
    /** Nobody waits for it any more. */
    private volatile boolean closed;
    /** Does the frontier name messages that its feed has not heard of, so that their producers are asked for them before it reads on? */
    private volatile boolean ahead;
    /** Did a reload ever say more than any feed had heard of? */
    private volatile boolean claims;
    /** The streams of which a reload said more than there was, as their producers answered. */
    private final Set<Epoch> refused = new HashSet<>(0);
    /** Its reader is gone: once it has read what there is, it asks where to read on. */
    private volatile boolean leaves;
    /** Where it went on in its feed, or was placed there, when a feed had gone on past it the last time; 0 if none had. */
    private volatile long placedFrom;

    private boolean placedOnce;
    /** Did it ask for being ahead? */
    private boolean askedAhead;
    /** {@link TopicView#changes} when it asked for another feed the last time, and was not placed in the shared one. */
    private volatile long askedAt = NEVER;
    /** What the consumer said. Invariant: null unless it is unplaced. */
    private volatile @Nullable ReadOn onward;
    /** By what it leaves out messages. */
    private volatile long filter;
    /** By what its token's subscription did, until it has been told, and has reloaded; 0 if that is not to be told. */
    private volatile long filterBefore;

    private FeedSubscription(
            Feed shared,
            TopicView topic,
            TopicSettings settings,
            double share,
            @Nullable CursorToken token,
            long beganMs) {
        this.settings = settings;
        this.topic = topic;
        this.token = token;
        this.beganMs = beganMs;
        this.pace = new ReloadPace(settings, share);
        this.shared = shared;
        this.standing = Standing.first(shared);
    }

    /**
     * A subscription that has not begun.
     *
     * @param share how much of the reload jitter it takes, 0 to 1
     */
    public static FeedSubscription of(
            Opening opening, Feed shared, TopicView topic, TopicSettings settings, double share) {
        if (opening instanceof Opening.Resume resume) {
            CursorToken from = resume.token();
            FeedSubscription state = new FeedSubscription(shared, topic, settings, share, from, from.timeMs());
            state.filterBefore = resume.leftOut() ? from.filter() : 0;
            return state;
        }
        long sinceMs = opening instanceof Opening.Since since ? since.timeMs() : Long.MAX_VALUE;
        return new FeedSubscription(shared, topic, settings, share, null, sinceMs);
    }

    // ------------------------------------------------------------------ for the consumer

    /**
     * Consumer. It may be placed from now on.
     *
     * @param at the frontier
     * @param ended how streams ended, which it is told before it reads anything
     * @param notices {@link Frontier#notices}
     */
    public void begin(Frontier at, Map<Stream, End> ended, long notices) {
        Missing missing = new Missing(at);
        ended.forEach(missing::add);
        Missing.Announced announced = missing.announced();
        standing = standing.begun(at.passing(notices), Pending.of(announced, knowsUpToMs(announced)));
        begun = true;
    }

    /** Until it has been told this. One that was made by hand lists what it knows, whenever that was: then all that is remembered counts. */
    private long knowsUpToMs(Missing.Announced announced) {
        if (token == null || !token.isMadeByHand()) {
            return beganMs;
        }
        boolean isAll = announced.gaps().isEmpty()
                && announced.upTo().isEmpty()
                && announced.left().isEmpty();
        return isAll
                ? Long.MAX_VALUE
                : Math.max(beganMs, topic.known().history().horizonMs());
    }

    /** It is told that anything may be missed: of what has ended in the shared feed, too. At the beginning the consumer knows that. */
    public void anythingMayBeMissed() {
        announcedTo = shared.head();
    }

    /** Any thread. What had ended in the shared feed up to this index when it was told that anything may be missed; 0 if it was not. */
    public long announcedTo() {
        return announcedTo;
    }

    /** Any thread. It is ready. */
    public void becomeReady() {
        ready = true;
    }

    /** Any thread. Does it wait for {@link #goOn}? */
    public boolean asks() {
        return begun && standing.phase() instanceof SubscriptionPhase.Unplaced && onward == null;
    }

    /** Consumer. The frontier, behind all that it is told first. */
    public Frontier placedAt() {
        Standing here = standing;
        return here.positions().with(here.pending().upTo());
    }

    /** Consumer. Has its feed gone on past it, or has it none? */
    public boolean isOvertaken() {
        Standing here = standing;
        return here.index() < here.feed().oldest();
    }

    /** Consumer. Does its place come from what a reload says, and no feed has heard of so much? */
    public boolean claims() {
        return ahead || (claims && isFurther(standing));
    }

    /** Consumer. It reads on there. */
    public void goOn(ReadOn where) {
        leaves &= where instanceof ReadOn.Stay;
        onward = where;
        if (closed) {
            close();
        }
    }

    /** Any thread. Its reader is gone: once it has read what there is, it asks where to read on. */
    public void leaveOnceRead() {
        leaves = true;
    }

    // ------------------------------------------------------------------ how it is read

    @Override
    public FeedSubscription telling() {
        pace = pace.toTell();
        return this;
    }

    @Override
    public FeedSubscription tellingAtOnce() {
        pace = pace.toTellAtOnce();
        return this;
    }

    @Override
    public void filteredBy(long hash) {
        filter = hash;
    }

    @Override
    public boolean isCatchingUp() {
        Standing here = standing;
        return here.feed() != shared || here.phase() instanceof SubscriptionPhase.Unplaced;
    }

    @Override
    public boolean isWaiting() {
        return standing.phase() instanceof SubscriptionPhase.Waiting;
    }

    @Override
    public boolean isReloading() {
        return standing.phase() instanceof SubscriptionPhase.Reloading;
    }

    @Override
    public long lag() {
        Unread unread = unread();
        return Math.max(0, unread.feed().head() - unread.first() + 1);
    }

    private record Unread(Feed feed, long first) {}

    /** Who asked where to read on, and stands still, lacks what is there. */
    private Unread unread() {
        Standing here = standing;
        return here.phase() instanceof SubscriptionPhase.Unplaced && onward instanceof ReadOn.In in
                ? new Unread(in.feed(), in.cursor().next())
                : new Unread(here.feed(), here.oldestUnread());
    }

    /** The index of the first entry of its feed that it has not dealt with. Any thread. */
    public long oldestUnread() {
        return standing.oldestUnread();
    }

    @Override
    public OptionalLong behindSinceMs() {
        Unread unread = unread();
        long index = Math.max(unread.first(), unread.feed().oldest());
        FeedEntry entry = unread.feed().get(index);
        if (entry instanceof FeedEntry.Messages messages) {
            return OptionalLong.of(messages.slice().publishedMs((int) (index - messages.index())));
        }
        return entry instanceof FeedEntry.Expired expired ? OptionalLong.of(expired.timeMs()) : OptionalLong.empty();
    }

    @Override
    public @Nullable String lastKey(Gap gap) {
        Position resumesAt = gap.resumesAt();
        if (resumesAt == null) {
            return null;
        }
        String key = standing.feed().keyBefore(resumesAt);
        return key == null ? shared.keyBefore(resumesAt) : key;
    }

    @Override
    public long violations() {
        return violations.get();
    }

    @Override
    public boolean isPressed() {
        return standing.feed().wantsRoom() || asks();
    }

    @Override
    public boolean hasNext() {
        Standing here = standing;
        if (here.phase() instanceof SubscriptionPhase.Unplaced) {
            return onward != null;
        }
        return here.phase() instanceof SubscriptionPhase.Reading
                && (here.index() <= here.feed().head()
                        || hasMore(here, topic.known())
                        || wantsToMove(here)
                        || holdsRoom(here));
    }

    /** Does its feed wait for room that it holds, and needs no more? */
    private static boolean holdsRoom(Standing here) {
        return here.feed().wantsRoom() && here.cursor().next() < here.index();
    }

    /** Is there something beside what its feed says? */
    private static boolean hasMore(Standing here, StreamsView known) {
        return !here.pending().isNothing()
                || !here.unannounced().isEmpty()
                || here.notices() < known.notices()
                || known.stored().hasLostOf(here.positions());
    }

    /** Is there reason to ask where to read on? */
    private boolean wantsToMove(Standing here) {
        if (ahead) {
            return true;
        } else if (leaves) {
            return here.index() > here.feed().head();
        }
        Frontier at = here.positions();
        return here.feed() != shared
                && askedAt != topic.changes()
                && here.index() > here.feed().lastNotice()
                && at.places().stream().allMatch(place -> place.over() || place.isKnown())
                && shared.mayCover(at.with(here.feed().passedInLogs(at, topic.known())), topic.known(), announcedTo);
    }

    /** Nobody waits for it any more. Any thread. */
    public void close() {
        closed = true;
        Standing here = standing;
        here.feed().detach(here.cursor());
        if (onward instanceof ReadOn.In in) {
            in.feed().detach(in.cursor());
        }
    }

    @Override
    public Step next(long nowNs) {
        Standing here = standing;
        if (here.phase() instanceof SubscriptionPhase.Reloading) {
            return Step.RELOADING;
        }
        if (here.phase() instanceof SubscriptionPhase.Waiting waiting && waiting.untilNs() - nowNs > 0) {
            return new Step.Waiting(waiting.untilNs());
        }
        if (here.phase() instanceof SubscriptionPhase.Unplaced) {
            ReadOn said = onward;
            if (said == null) {
                return Step.IDLE;
            }
            here = goesOn(here, said);
        }
        here.cursor().moveTo(here.index());
        long head = here.feed().head(); // first: what is known by then was known before any entry up to there
        StreamsView known = topic.known();
        boolean again = isOvertakenAgain(here);
        boolean onlyAnnounces = again && (pace.onlyAnnounces() || here.feed() != shared); // or it would ask for ever
        boolean mayAsk = !settings.backpressure() && !onlyAnnounces;
        Advance advance = new Advance(
                withoutForgotten(here.done(), known, nowNs), head, known, settings, pace, nowNs, mayAsk, again);
        Step step = advance.tellLeft();
        if (step == null && asksToMove(advance.here(), known)) {
            return Step.IDLE;
        }
        if (step == null) {
            step = advance.read();
        }
        standing = asking(advance.here());
        if (advance.overtakenTo() > 0) {
            placedFrom = advance.overtakenTo();
        }
        violations.addAndGet(advance.holes());
        if (step instanceof Step.Messages) {
            pace.readsOn();
        } else if (step instanceof Step.Missed missed && missed.gaps().get(0).node() == null) {
            anythingMayBeMissed();
        }
        if (asks()) {
            shared.asked();
        }
        return step;
    }

    private boolean asksToMove(Standing here, StreamsView known) {
        long changes = topic.changes();
        boolean asks = here.phase() instanceof SubscriptionPhase.Reading && !hasMore(here, known) && wantsToMove(here);
        if (asks) {
            askedAhead = ahead;
            askedAt = ahead ? askedAt : changes; // it was another question
            standing = asking(here.unplaced(here.positions()));
            shared.asked();
        }
        return asks;
    }

    /**
     * Who asks counts what came before a member says where it is, if it is ready, or began in the past; and what only its feed has heard of, or
     * may come to.
     */
    private Standing asking(Standing here) {
        boolean counts = ready || here.feed() != shared; // there it had asked for what is past
        if (!counts || !(here.phase() instanceof SubscriptionPhase.Unplaced)) {
            return here;
        }
        Frontier at = here.positions();
        Map<Epoch, Place> unknown = new HashMap<>(here.feed().stored(at));
        if (here.index() < here.feed().oldest()) {
            unknown.putAll(here.feed().unread(at, topic.known()));
        }
        for (Place place : at.places()) {
            if (place.sequence() == Place.AWAITED && !place.over()) {
                long began = here.feed().began(place.stream().epoch());
                unknown.put(place.stream().epoch(), Place.at(place.stream(), Math.max(began, Place.UNKNOWN)));
            }
        }
        return here.unplaced(at.elsewhere().with(unknown));
    }

    /**
     * Streams come and go: the frontier lists none that is over, and that nobody remembers any more (rule F3). Only behind the last notice: what was told
     * together may have entries in front of it.
     */
    private Standing withoutForgotten(Standing here, StreamsView known, long nowNs) {
        Frontier at = here.positions();
        if (!at.mayHaveEnded() || here.index() <= here.feed().lastNotice()) {
            return here;
        }
        AtomicLong excess = new AtomicLong(at.places().stream()
                        .filter(place -> place.kind() == Place.Kind.LOST)
                        .count()
                - Limits.MAX_TOKEN_LOST);
        HistoryView history = known.history();
        long recentMs = history.listedSinceMs(history.timeMs(nowNs));
        Frontier fewer = at.without(place -> place.kind() == Place.Kind.LOST
                ? excess.getAndDecrement() > 0
                : place.over() && !isRemembered(place.stream().epoch(), known, recentMs) && !keeps(at, place, known));
        return fewer == at ? here : here.movedTo(here.index(), fewer);
    }

    /**
     * A node's store may have a stream that is over here: it stays in the frontier until the subscription has read something of the one that the
     * node's member has, as long as there are few of them.
     */
    private boolean keeps(Frontier at, Place over, StreamsView known) {
        return settings.durable()
                && at.places().size() <= Limits.MAX_TOKEN_ENDED
                && !known.isAtAMember(at, over.stream().node());
    }

    /** Those that ended lately are listed by tokens, with their places. */
    private static boolean isRemembered(Epoch stream, StreamsView known, long recentMs) {
        EndedStreams.Gone gone = known.remembered().get(stream);
        return (gone != null && gone.departure().endedMs() > recentMs)
                || known.settled().contains(stream)
                || known.strangers().contains(stream)
                || known.unheard().contains(stream)
                || known.open().containsKey(stream);
    }

    /** If its feed had gone on past it: has it read less than a feed since it last did (rule S3)? */
    private boolean isOvertakenAgain(Standing here) {
        long from = placedFrom;
        return from > 0 && here.index() - from < here.feed().size();
    }

    private Standing goesOn(Standing here, ReadOn where) {
        Standing there;
        if (!(where instanceof ReadOn.In in)) {
            there = here.staying();
        } else {
            there = readsOn(here, in, topic.known(), placedOnce);
            placedFrom = placedOnce && here.index() < here.feed().oldest() ? there.index() : 0;
            placedOnce = true;
            askedAt = in.feed() == shared ? NEVER : askedAt; // if it has to leave that again it may come back
            here.feed().detach(here.cursor());
        }
        standing = there;
        ahead &= !askedAhead; // else it got ahead meanwhile
        askedAhead = false;
        onward = null;
        if (closed) {
            close(); // it may have seen the feed that was left
        }
        return there;
    }

    /** What no log had is over. */
    private static List<Place> overForGood(Frontier at) {
        return at.places().stream()
                .filter(Place::isOverUnlessStored)
                .map(place -> Place.over(place.stream(), Place.AWAITED))
                .toList();
    }

    private static Standing readsOn(Standing here, ReadOn.In in, StreamsView known, boolean moves) {
        Pending told = here.pending().at(in.passed());
        Map<Epoch, Place> passed = new HashMap<>(in.passed());
        passed.keySet().removeAll(told.upTo().keySet()); // the frontier passes those once they were told
        Frontier at = (moves ? here.positions().with(overForGood(here.positions())) : here.positions()).with(passed);
        Missing missing = new Missing(at.with(told.upTo()));
        in.ended().forEach(missing::add);
        Pending pending = told.and(missing.announced(), in.unknown());
        for (Map.Entry<Epoch, Long> begins : in.begins().entrySet()) {
            Place before = at.with(pending.upTo()).get(begins.getKey());
            if (before == null) {
                continue;
            }
            Stream stream = before.stream();
            Place place = Place.at(stream, begins.getValue());
            if (known.stored().isTooLate(at, stream)) {
                pending = pending.and(
                        new Gap(stream.node(), Reason.PRODUCER_LOST, stream.epoch(), null, null, null),
                        Place.over(stream, Place.AWAITED));
            } else if (before.sequence() == Place.AWAITED || place.sequence() == 0) { // nothing was published before
                at = at.with(place);
            } else {
                Position resumesAt = stream.at(begins.getValue() + 1);
                pending = pending.and(
                        new Gap(stream.node(), Reason.POSITION_UNKNOWN, stream.epoch(), null, null, resumesAt), place);
            }
        }
        return here.readingOn(in.feed(), in.cursor(), at, pending);
    }

    @Override
    public void handled(int count) {
        Standing here = standing;
        here.run().handled(count);
        if (count > 0 && here.feed().wantsRoom()) {
            here.cursor().moveTo(here.oldestUnread());
        }
    }

    // ------------------------------------------------------------------ reloading

    @Override
    public void reloaded(@Nullable CursorToken reflects) {
        Standing here = standing;
        Frontier at = withBeginnings(here.underWay().upTo(), here);
        remembersRefused(at, here.positions());
        standing = here.reloaded(reflects == null ? at : at.with(believed(further(at, reflects), here.feed())));
        ahead = (ahead || reflects != null) && isFurther(standing);
        claims |= ahead;
        filterBefore = 0; // last: a token that names the filter of before is told once more at worst
    }

    @Override
    public void loaded(CursorToken reflects) {
        Standing here = standing;
        Frontier at = withBeginnings(here.positions(), here);
        standing = here.movedTo(here.index(), at.with(further(at, reflects)));
        ahead = isFurther(standing);
        claims |= ahead;
    }

    /** Is it further than its feed has got, and the shared one, in any stream? */
    private boolean isFurther(Standing here) {
        return !further(here.positions().places(), here.feed()).isEmpty();
    }

    /** The streams of these places of which neither this feed nor the shared one has got so far. */
    private Set<Epoch> further(Collection<Place> places, Feed feed) {
        Map<Epoch, Place> own = feed.tails();
        Map<Epoch, Place> others = feed == shared ? own : shared.tails();
        Set<Epoch> further = new HashSet<>();
        for (Place place : places) {
            Epoch epoch = place.stream().epoch();
            if (!place.over() && isBeyond(place, own.get(epoch)) && isBeyond(place, others.get(epoch))) {
                further.add(epoch);
            }
        }
        return further;
    }

    private static boolean isBeyond(Place place, @Nullable Place tail) {
        return place.sequence() > (tail == null ? 0 : tail.sequence());
    }

    /** Where this token is ahead of the frontier, in streams that go on. */
    private Map<Epoch, Place> further(Frontier at, CursorToken reflects) {
        Map<Epoch, Place> further = new HashMap<>();
        Map<Epoch, Stream> open = topic.known().open();
        for (CursorToken.Entry entry : reflects.entries()) {
            Place here = at.get(entry.epoch());
            Stream stream = here == null ? open.get(entry.epoch()) : here.stream();
            boolean goesOn = here == null || (!here.over() && here.isKnown());
            boolean isNext = (here != null && here.sequence() > 0) || !hasOpen(at, entry);
            if (stream != null && goesOn && isNext && entry.sequence() > (here == null ? 0 : here.sequence())) {
                further.put(entry.epoch(), Place.at(stream, entry.sequence()));
            }
        }
        return further;
    }

    /** It was told where these streams go on: behind less than its sources had claimed. */
    private void remembersRefused(Frontier at, Frontier before) {
        for (Place claimed : before.places()) {
            Place now = at.get(claimed.stream());
            if (!claimed.over() && now != null && !now.over() && now.sequence() < claimed.sequence()) {
                refused.add(claimed.stream().epoch());
            }
        }
        refused.removeIf(epoch -> at.get(epoch) == null);
    }

    /** Without what a source claims again, as long as no feed has heard of so much. */
    private Map<Epoch, Place> believed(Map<Epoch, Place> further, Feed feed) {
        Set<Epoch> beyond = further(further.values(), feed);
        beyond.retainAll(refused);
        further.keySet().removeAll(beyond);
        return further;
    }

    /** Is it to be told yet how another stream of that node ended, which comes first? */
    private static boolean hasOpen(Frontier at, CursorToken.Entry of) {
        return at.places().stream()
                .anyMatch(place -> !place.over()
                        && place.stream().node().equals(of.node())
                        && !place.stream().epoch().equals(of.epoch()));
    }

    @Override
    public OptionalLong loadFailed(int times) {
        boolean last = settings.reloadAttempts() > 0 && times >= settings.reloadAttempts();
        return last
                ? OptionalLong.empty()
                : OptionalLong.of(settings.reloadBackoff().waitNs(times - 1));
    }

    @Override
    public OptionalLong reloadFailed() {
        Standing here = standing;
        int failed = here.underWay().failed();
        standing = here.failed();
        return loadFailed(failed + 1);
    }

    // ------------------------------------------------------------------ where it is

    /** Where it stands: after the last message handled, and in front of a gap that is being reloaded. Any thread. */
    public Frontier positions() {
        return standing.positions();
    }

    @Override
    public CursorToken token(String topicName, String cluster, Now now) {
        Standing here = standing;
        return token(here, here.positions(), topic.known(), topicName, cluster, now);
    }

    @Override
    public List<CursorToken.Entry> listed(CursorToken taken) {
        Standing here = standing;
        StreamsView known = topic.known();
        boolean anything = here.notices() < known.notices()
                || here.pending().gaps().stream().anyMatch(gap -> gap.node() == null);
        if (!begun || anything) {
            return taken.entries().stream().filter(entry -> !entry.over()).toList();
        }
        List<CursorToken.Entry> listed = new ArrayList<>(taken.entries());
        Set<Epoch> epochs =
                taken.entries().stream().map(CursorToken.Entry::epoch).collect(Collectors.toSet());
        Tokens.ended(here.positions(), known, here.pending(), here.unannounced()).stream()
                .filter(entry -> !epochs.contains(entry.epoch()))
                .forEach(listed::add);
        return listed;
    }

    /** What is known of the topic's streams now. Any thread. */
    public StreamsView known() {
        return topic.known();
    }

    @Override
    public Standpoint standpoint() {
        StreamsView known = topic.known(); // first: of what came since the frontier says nothing
        return new FeedStandpoint(positions(), RunPath.NONE, known);
    }

    @Override
    public CursorToken token(Standpoint at, String topicName, String cluster, Now now) {
        FeedStandpoint stood = (FeedStandpoint) at;
        return token(standing, stood.frontier(), stood.known(), topicName, cluster, now);
    }

    @Override
    public boolean knows(Epoch epoch, @Nullable String node) {
        return topic.known().knows(epoch, node);
    }

    /** Where streams began of which it has read nothing yet, as far as its feed knows by now. */
    private Frontier withBeginnings(Frontier at, Standing here) {
        Feed feed = here.feed();
        if (here.phase() instanceof SubscriptionPhase.Unplaced) {
            if (!(onward instanceof ReadOn.In in)) {
                return at; // it is yet to be asked there
            }
            feed = in.feed();
        }
        Map<Epoch, Place> begins = new HashMap<>();
        for (Place place : at.places()) {
            long began = place.isAwaited() ? feed.began(place.stream().epoch()) : Place.UNKNOWN;
            if (began >= 0) {
                begins.put(place.stream().epoch(), Place.at(place.stream(), began));
            }
        }
        return at.with(begins);
    }

    private CursorToken token(
            Standing here, Frontier at, StreamsView known, String topicName, String cluster, Now now) {
        long left = filterBefore;
        long by = left == 0 ? filter : left;
        if (!begun) {
            CursorToken from = token;
            return from == null
                    ? new CursorToken(topicName, cluster, now.ms(), HistoryId.UNKNOWN, List.of(), by)
                    : from;
        }
        return Tokens.of(
                withBeginnings(at, here).elsewhere(),
                known,
                here.pending(),
                here.unannounced(),
                settings.durable(),
                topicName,
                cluster,
                by,
                now);
    }
}
