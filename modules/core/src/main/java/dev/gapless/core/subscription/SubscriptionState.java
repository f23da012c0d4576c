package dev.gapless.core.subscription;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.FeedReader;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Unplaced;
import dev.gapless.core.feed.Vector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a feed: V, its position in every producer, and what it is given next.
 *
 * <pre>
 *                          next()                         reloaded
 *   CATCHING UP ──joins──► READING ──Missed──► RELOADING ──────────► READING
 *    └─ its own feed        └─ the shared feed    └─ again, after a while, if the reload failed
 * </pre>
 *
 * <p>What is at or below V is skipped; an expiry begins at V and is dropped when it is empty (S1). When a reload begins, all
 * expiries then in the feed are handed over together, and V passes them only when the reload has succeeded (S2, S3).
 *
 * <p>Invariant: between two positions of one stretch that V takes, every sequence is given or told. It is checked at each
 * message; were it ever broken, the hole would be told as a gap, and counted in {@link #violations}.
 *
 * <p>One thread at a time, except {@link #token} and the getters of state.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread moves it
public final class SubscriptionState {
    private static final int MAX_RUN = 256;

    private final TopicSettings settings;
    private final Feed shared;
    private volatile Feed feed;
    private volatile FeedReader reader;
    private volatile long index;
    private volatile boolean mayJoin;
    private volatile MessageRun run;
    /** Where V goes on once the reload that is under way has succeeded. */
    private volatile @Nullable Map<String, Placed> pending;
    /** Producers that left while the feed went past this subscription, to be told behind what it missed; a token names them until then. */
    private volatile List<End> passedEnds = List.of();

    private final ReloadPace pace;
    private int reloadsFailed;
    private final AtomicLong violations = new AtomicLong();

    private SubscriptionState(
            Feed feed, Feed shared, long index, Vector start, TopicSettings settings, double share, long nowNs) {
        this.settings = settings;
        this.pace = new ReloadPace(settings, share);
        this.shared = shared;
        this.feed = feed;
        this.index = index;
        this.reader = feed.attach(index, nowNs);
        this.run = new MessageRun(start, List.of());
    }

    /**
     * A subscription to the shared feed, from this index and these positions on.
     *
     * @param share how much of the reload jitter it takes, 0 to 1
     */
    public static SubscriptionState live(
            Feed shared, long index, Vector start, TopicSettings settings, double share, long nowNs) {
        return new SubscriptionState(shared, shared, index, start, settings, share, nowNs);
    }

    /**
     * A subscription that reads a feed of its own until it can join the shared one.
     *
     * @param share how much of the reload jitter it takes, 0 to 1
     */
    public static SubscriptionState behind(
            Feed own, Feed shared, Vector start, TopicSettings settings, double share, long nowNs) {
        return new SubscriptionState(own, shared, own.head() + 1, start, settings, share, nowNs);
    }

    /** The positions of a token, which no producer has answered for yet. */
    public static Vector startOf(@Nullable CursorToken token) {
        Map<String, Placed> positions = new HashMap<>();
        if (token != null) {
            token.positions().forEach((node, position) -> {
                if (position != null) {
                    positions.put(node, new Unplaced(node, position));
                }
            });
        }
        return Vector.of(positions);
    }

    /** Everything that its catch-up reader waits for has come: it may join once it has read far enough. */
    public void mayJoin(boolean may) {
        mayJoin = may;
    }

    public boolean isCatchingUp() {
        return feed != shared;
    }

    /** Is a reload due that may not begin yet? Any thread. */
    public boolean isWaiting() {
        return pace.isWaiting();
    }

    public boolean isReloading() {
        return pending != null;
    }

    /** How many entries of its feed it has not dealt with. Any thread. */
    public long lag() {
        return Math.max(0, feed.head() - oldestUnread() + 1);
    }

    /** When the oldest of them was published, or became known, in milliseconds since 1970; empty if there is none. Any thread. */
    public OptionalLong behindSinceMs() {
        Feed read = feed;
        FeedEntry entry = read.get(Math.max(oldestUnread(), read.oldest()));
        if (entry instanceof FeedEntry.Message message) {
            return OptionalLong.of(message.frame().publishedMs());
        }
        return entry instanceof FeedEntry.Expired expired ? OptionalLong.of(expired.timeMs()) : OptionalLong.empty();
    }

    private long oldestUnread() {
        MessageRun current = run;
        int done = current.handled();
        List<FeedEntry.Message> messages = current.messages();
        return done < messages.size() ? messages.get(done).index() : index;
    }

    /** For people: the key of the last message that this gap states, as far as the feed knows. Any thread. */
    public @Nullable String lastKey(Gap gap) {
        return gap.node() == null || gap.resumesAt() == null ? null : feed.keyBefore(gap.node(), gap.resumesAt());
    }

    /** How often the invariant was found broken; a defect of Gapless if it is not 0. */
    public long violations() {
        return violations.get();
    }

    /** Does the consumer wait for it to free its feed? */
    public boolean isPressed() {
        return feed.wantsRoom();
    }

    /** Is there something to read now? A reload that waits is not. */
    public boolean hasNext() {
        if (pending != null || pace.isWaiting()) {
            return false;
        }
        Feed read = feed; // before the index, which a join sets first
        return index <= read.head() || (mayJoin && isCatchingUp() && mayJoinAt(positions()));
    }

    /** Nobody waits for it any more. */
    public void close() {
        feed.detach(reader);
    }

    /**
     * What to do next. Whatever it gave before counts as done with; of messages those up to {@link #handled}, which must be all
     * of them unless the subscription ends.
     */
    public Step next(long nowNs) {
        if (pending != null) {
            return Step.RELOADING;
        }
        if (pace.isWaiting() && pace.untilNs() - nowNs > 0) {
            return new Step.Waiting(pace.untilNs());
        }
        Vector at = run.after(run.handled());
        run = new MessageRun(at, List.of());
        reader.moveTo(index);
        Step left = nextPassedEnd(at);
        if (left != null) {
            return left;
        }
        if (isCatchingUp() && mayJoin && join(at, nowNs)) {
            pace.forget(); // what waited there is none of the other feed's
            return Step.JOINED;
        }
        return read(withoutForgotten(at), nowNs);
    }

    /**
     * Names come and go: V keeps no ends that the feed has forgotten (rule F3), but for those that its catch-up reader told: should such a
     * life turn up after all, it goes on where it was.
     */
    private Vector withoutForgotten(Vector at) {
        Set<String> known = feed.newest().keySet();
        if (isCatchingUp() || at.positions().size() <= known.size()) {
            return at;
        }
        Vector left = at.withoutToldEndsBut(known);
        run = new MessageRun(left, List.of());
        return left;
    }

    /** The first {@code count} messages of the run that was given last are done with. */
    public void handled(int count) {
        MessageRun current = run;
        current.handled(count);
        if (count > 0 && feed.wantsRoom()) {
            reader.moveTo(current.messages().get(count - 1).index() + 1);
        }
    }

    private boolean mayJoinAt(Vector at) {
        return index > feed.lastNotice() // the shared feed may know nothing of it
                && at.positions().values().stream().noneMatch(position -> position instanceof Unplaced)
                && shared.isReachedBy(at);
    }

    private boolean join(Vector at, long nowNs) {
        Feed.Joined joined = mayJoinAt(at) ? shared.join(at.withEndsToldByCatchUp(), nowNs) : null;
        if (joined == null) {
            return false;
        }
        feed.detach(reader);
        reader = joined.reader();
        index = reader.next();
        run = new MessageRun(joined.positions(), List.of());
        feed = shared;
        return true;
    }

    /** Reads up to the first entry that is no message; messages before it come first. */
    private Step read(Vector start, long nowNs) {
        Vector at = start;
        Map<String, Placed> moved = new HashMap<>();
        List<FeedEntry.Message> messages = new ArrayList<>();
        long bytes = 0;
        while (messages.size() < MAX_RUN && bytes < settings.windowBytes()) {
            long head = feed.head();
            if (index > head) {
                break;
            }
            FeedEntry entry = feed.get(index);
            if (!messages.isEmpty() && !(entry instanceof FeedEntry.Message)) {
                break;
            }
            if (entry == null) {
                return overtaken(at, nowNs);
            }
            String node = entry.node();
            Placed known = moved.containsKey(node) ? moved.get(node) : feed.where(node, at);
            Placed before = entry.place(known);
            if (before != null && !before.equals(known)) {
                at = at.with(before);
                run = new MessageRun(at, List.of());
            }
            if (entry instanceof FeedEntry.Message message) {
                if (isNew(entry, before)) {
                    if (!follows(message, before)) {
                        return messages.isEmpty() ? hole(at, message, nowNs) : give(at, messages);
                    }
                    messages.add(message);
                    bytes += message.frame().sizeBytes();
                    moved.put(node, entry.after());
                }
                index = index + 1;
            } else {
                Step step = notice(entry, before, at, nowNs);
                if (step != null) {
                    return step;
                }
                at = run.after(0);
            }
        }
        if (messages.isEmpty()) {
            reader.moveTo(index);
            return Step.IDLE;
        }
        return give(at, messages);
    }

    private Step give(Vector at, List<FeedEntry.Message> messages) {
        run = new MessageRun(at, messages);
        return new Step.Messages(run);
    }

    /** Rule S1. Positions of a token that nobody has answered for yet are below every other. */
    private static boolean isNew(FeedEntry entry, @Nullable Placed before) {
        return entry.after().isBeyond(before);
    }

    private static boolean follows(FeedEntry.Message message, @Nullable Placed before) {
        return before == null
                || (before instanceof At at
                        && at.era().number() == message.era().number()
                        && message.sequence() == at.sequence() + 1);
    }

    /** An entry that is no message. Returns null if there is nothing to do about it; V then stands in {@link #run}. */
    private @Nullable Step notice(FeedEntry entry, @Nullable Placed before, Vector at, long nowNs) {
        if (entry instanceof FeedEntry.Expired expired) {
            return expired(expired, at, nowNs);
        }
        index = index + 1;
        // The place where a stream begins counts as read too, so that V has it: a catch-up reader joins by it.
        if (isNew(entry, before) || at.get(entry.node()) == null) {
            run = new MessageRun(at.with(entry.after()), List.of());
            if (entry instanceof FeedEntry.Left left && left.after().hasPublished()) {
                return left(left.after()); // who never published anything leaves without a word
            }
        } else {
            run = new MessageRun(at, List.of());
        }
        return null;
    }

    /** What should never be: a hole in a stretch. It is told. */
    private Step hole(Vector at, FeedEntry.Message message, long nowNs) {
        Expiries expiries = new Expiries(feed, at);
        expiries.add(new At(message.era(), message.sequence() - 1), Reason.POSITION_UNKNOWN);
        Step step = hand(at, expiries, nowNs);
        if (!(step instanceof Step.Waiting)) { // else it is come to again
            violations.incrementAndGet();
        }
        return step == null ? read(run.after(0), nowNs) : step;
    }

    /** Hands over this expiry and all behind it. */
    private @Nullable Step expired(FeedEntry.Expired first, Vector at, long nowNs) {
        Expiries expiries = new Expiries(feed, at);
        expiries.add(first); // the feed may have gone on past it by now
        long here = index;
        index = here + 1;
        expiries.addFrom(index);
        Step step = hand(at, expiries, nowNs);
        if (step instanceof Step.Waiting) {
            index = here;
        }
        return step;
    }

    /** The feed has gone on past this subscription (rule S3). */
    private Step overtaken(Vector at, long nowNs) {
        Feed.Overtaken overtaken = feed.overtaken();
        Vector from = at.with(wentOn(at, overtaken.bases()));
        Expiries expiries = new Expiries(feed, from);
        List<End> ends = new ArrayList<>(passedEnds);
        ends.addAll(expiries.addOvertaken(overtaken));
        long here = index;
        index = overtaken.oldest();
        expiries.addFrom(index);
        Step step = hand(from, expiries, nowNs);
        if (step instanceof Step.Waiting) {
            index = here;
            return step;
        }
        passedEnds = List.copyOf(ends);
        if (step == null) {
            step = nextPassedEnd(run.after(0));
        }
        return step == null ? read(run.after(0), nowNs) : step;
    }

    /** Where the feed says by its bases that producers go on which were taken for lost, or where their streams began: it joins by that. */
    private Map<String, Placed> wentOn(Vector at, Vector bases) {
        Map<String, Placed> went = new HashMap<>();
        bases.positions().forEach((node, base) -> {
            Placed known = feed.where(node, at);
            Placed position = known instanceof End ? known.goesOn(base) : known;
            if (position != null && !position.equals(at.get(node))) {
                went.put(node, position);
            }
        });
        return went;
    }

    /** What was told of a later life says already that this one is over. */
    private @Nullable Step nextPassedEnd(Vector at) {
        while (!passedEnds.isEmpty()) {
            End end = passedEnds.get(0);
            passedEnds = List.copyOf(passedEnds.subList(1, passedEnds.size()));
            if (end.equals(at.get(end.node()))) {
                return left(end);
            }
        }
        return null;
    }

    private static Step.Left left(End end) {
        return new Step.Left(end.node(), end.last());
    }

    /** Begins a reload if anything is missed, and it is time for one; else V passes at once, and null is returned. */
    private @Nullable Step hand(Vector at, Expiries expiries, long nowNs) {
        Expiries.Missed missed = expiries.missed();
        if (missed.gaps().isEmpty()) {
            pace.forget();
            run = new MessageRun(at.with(missed.upTo()), List.of());
            return null;
        }
        run = new MessageRun(at, List.of());
        if (!pace.begin(nowNs)) {
            return new Step.Waiting(pace.untilNs());
        }
        pending = missed.upTo();
        return new Step.Missed(missed.gaps(), missed.timeMs());
    }

    /**
     * The reload has succeeded: V passes the gaps.
     *
     * @param reflects what the source of truth is known to reflect, which is then not delivered again, or null (S4)
     */
    public void reloaded(@Nullable CursorToken reflects) {
        Map<String, Placed> upTo = Objects.requireNonNull(pending, "no reload is under way");
        Vector at = run.after(0).with(upTo);
        if (reflects != null) {
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
            run = new MessageRun(at.with(further), List.of());
        } else {
            run = new MessageRun(at, List.of());
        }
        pending = null;
        reloadsFailed = 0;
    }

    /**
     * The reload has failed. Returns after how many nanoseconds to hand the same gaps over again; empty if that was the last attempt, and
     * the subscription is to end in front of them.
     */
    public OptionalLong reloadFailed() {
        long wait = settings.reloadBackoff().waitNs(reloadsFailed++);
        boolean last = settings.reloadAttempts() > 0 && reloadsFailed >= settings.reloadAttempts();
        return last ? OptionalLong.empty() : OptionalLong.of(wait);
    }

    /** Where it stands: behind the last message handled, and in front of a gap that is being reloaded. Any thread. */
    public Vector positions() {
        MessageRun current = run;
        return current.after(current.handled());
    }

    /** {@link #token(Vector, String, String, long)} of {@link #positions}. Any thread. */
    public CursorToken token(String topic, String cluster, long nowMs) {
        return token(positions(), topic, cluster, nowMs);
    }

    /** A token for a place where this subscription is or was (rule T1). Any thread. */
    public CursorToken token(Vector at, String topic, String cluster, long nowMs) {
        Feed read = feed;
        List<End> untold = passedEnds;
        Map<String, @Nullable Position> positions = new HashMap<>();
        for (String node : read.unresolved()) {
            positions.put(node, null);
        }
        // What began with an expiry that was not passed yet has no position either.
        read.newest().keySet().forEach(node -> positions.put(node, null));
        read.origins().forEach((node, origin) -> positions.put(node, origin.position()));
        at.positions().forEach((node, position) -> {
            End end = position instanceof End over ? over : null;
            if (end != null
                    && isOver(end, read)
                    && untold.stream().noneMatch(one -> one.node().equals(node))) {
                positions.remove(node);
            } else {
                // Where it was over before V began, only the feed knows.
                positions.put(node, end != null && wasOver(end) ? null : position.position());
            }
        });
        return new CursorToken(topic, cluster, nowMs, positions);
    }

    /** Is that producer over, so that nothing of it is left to tell? */
    private static boolean isOver(End end, Feed read) {
        if (read.unresolved().contains(end.node())) {
            return false;
        }
        Placed newest = read.newest().get(end.node());
        if (newest == null) {
            return true;
        }
        // Where the feed has not seen the end that this subscription was told, its producer may be there yet.
        return (newest instanceof End || wasOver(end)) && !newest.isBeyond(end);
    }

    private static boolean wasOver(End end) {
        return end.toldBy() == End.ToldBy.START;
    }
}
