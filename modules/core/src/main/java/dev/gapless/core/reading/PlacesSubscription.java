package dev.gapless.core.reading;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.Piece;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.Standpoint;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.place.Next;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A subscription has one place in each producer of its topic, and reads each by itself.
 *
 * <pre>
 *                        something is lost             interval and jitter are over
 *     OPENING ──► READING ───────────────► WAITING ───────────────────────────────► RELOADING
 *                  │ ▲ ▲                      │ nothing is lost after all              │  │ ▲
 *                  └─┘ └──────────────────────┘                                        │  └─┘ failed: again, later
 *            messages ▲                                                                │
 *                     └──────────── reloaded: the places move to where it leads ───────┘
 * </pre>
 *
 * <p>What its node's consumer says comes by {@link #said}, and counts when the subscription is looked at next. What is lost is found over all
 * producers before anything is given. A place moves behind what was given when that is done with, and over what is lost when the reload has
 * succeeded: so a token points in front of it.
 *
 * <p>One thread at a time, except for what says "Any thread".
 */
public final class PlacesSubscription implements SubscriptionState {
    private final Opening opening;
    private final String topicName;
    private final SharedTopic topic;
    private final TopicSettings settings;
    private final long home;
    private final ReloadTimes reloads;
    private final Reflections reflections = new Reflections();
    private final AtomicLong violations = new AtomicLong();

    private final Queue<Change> said = new ConcurrentLinkedQueue<>();
    /** How often it was said that anything may be missed. Its consumer writes it. */
    private volatile int announced;
    /** What other threads look at, at once. One thread moves it. */
    private volatile PlaceStanding standing = PlaceStanding.FIRST;
    /** What it saw when it looked last; null if all has to be looked at. For its reader. */
    private @Nullable LastLook last;
    /** What has to be fetched, or looked for, before it can go on. */
    private volatile List<Want> wants = List.of();
    /** Has its consumer not looked at that yet? */
    private volatile boolean asks;
    /** Since when it lacks what is not here, in milliseconds since 1970; 0 if it lacks nothing. */
    private volatile long lacksSinceMs;
    /** By what it leaves out messages. */
    private volatile long filter;
    /** By what its token's subscription did, until it has been told, and has reloaded; 0 if that is not to be told. */
    private volatile long filterBefore;

    /**
     * A subscription that has not begun: {@link Change.Begins} begins it.
     *
     * @param opening where it is to begin: as long as it has not, that is its token
     * @param share how much of the reload jitter it takes, 0 to 1
     * @param home the uid of this node, which its tokens name
     */
    public PlacesSubscription(
            Opening opening, String topicName, SharedTopic topic, TopicSettings settings, double share, long home) {
        this.opening = opening;
        this.topicName = topicName;
        this.topic = topic;
        this.settings = settings;
        this.home = home;
        this.reloads = new ReloadTimes(settings, share);
        this.filterBefore = opening instanceof Opening.Resume resume && resume.leftOut()
                ? resume.token().filter()
                : 0;
    }

    // ------------------------------------------------------------------ for the consumer

    /** Its consumer says this. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one consumer
    public void said(Change change) {
        boolean anything = change instanceof Change.AnythingMissed
                || (change instanceof Change.Begins begins && begins.anything() != null);
        if (anything) {
            announced++; // first: a token that does not see it says that it is not covered
        }
        said.add(change);
    }

    /** How far it is, with what its consumer has said and it has not looked at. Any thread. */
    public HowFar howFar() {
        return new HowFar(withSaid(standing), topic);
    }

    /** The same, after what its consumer has said and its reader has not looked at. */
    private PlaceStanding withSaid(PlaceStanding from) {
        PlaceStanding here = said.isEmpty() ? from : from.done();
        for (Change change : said) {
            here = change.appliedTo(here);
        }
        return here;
    }

    /** Has its reader looked at all that was said? */
    public boolean hasHeardAll() {
        return said.isEmpty();
    }

    /** What has to be fetched, or looked for, before it can go on. Its consumer looks at it when it {@link #isPressed}. */
    public List<Want> wants() {
        asks = false; // first: what is wanted from now on is asked for anew
        return wants;
    }

    // ------------------------------------------------------------------ how it is read

    @Override
    public PlacesSubscription telling() {
        reloads.tell();
        return this;
    }

    @Override
    public PlacesSubscription tellingAtOnce() {
        reloads.tellAtOnce();
        return this;
    }

    @Override
    public void filteredBy(long hash) {
        filter = hash;
    }

    @Override
    public boolean hasNext() {
        PlaceStanding here = standing;
        return !said.isEmpty() || (here.phase() instanceof ReadingPhase.Reading && here.looked() != topic.changes());
    }

    @Override
    public boolean isPressed() {
        return asks || topic.presses();
    }

    @Override
    public Step next(long nowNs) {
        long changes = topic.changes(); // before the look: what comes later is looked at again
        Producers producers;
        PlaceStanding here;
        do {
            producers = topic.producers();
            here = heard();
        } while (producers != topic.producers()); // what was said before they were shown is heard
        if (here.phase() instanceof ReadingPhase.Reloading) {
            return Step.RELOADING;
        } else if (here.phase() instanceof ReadingPhase.Opening) {
            return Step.IDLE;
        }
        Look look = new Look(producers, here.places(), here.past(), topic.cache());
        List<Integer> anything = here.anything();
        if (anything != null) {
            want(Look.All.NOTHING);
            Everything everything = Everything.of(producers, look, anything);
            return missed(here, List.of(Everything.GAP), everything.losses(), everything.past(), nowNs);
        }
        Look.All all = look.all(last == null ? null : last.slots(topic, producers, changes));
        want(all);
        List<Gap> beside = here.places().beside().gaps();
        if (all.losses().isEmpty() && beside.isEmpty()) {
            return given(here, producers, all, changes);
        }
        List<Gap> gaps = new ArrayList<>(beside);
        gaps.addAll(Loss.gaps(all.losses()));
        return missed(here, gaps, all.losses(), null, nowNs);
    }

    /** Where it stands, after everything that its consumer has said. What was given is done with. */
    private PlaceStanding heard() {
        PlaceStanding here = standing.done();
        last = said.isEmpty() ? last : null;
        for (Change change = said.peek(); change != null; change = said.peek()) {
            reflections.hear(change, here);
            here = change.appliedTo(here);
            standing = here; // first: who looks at what was said finds it here, or there
            said.remove();
        }
        standing = here;
        return here;
    }

    private void want(Look.All all) {
        wants = all.wants();
        asks = !all.wants().isEmpty(); // also for the same as before: what was fetched may be gone again
        boolean lacks = !(all.wants().isEmpty() && all.losses().isEmpty());
        lacksSinceMs = !lacks ? 0 : lacksSinceMs == 0 ? topic.changedMs() : lacksSinceMs;
    }

    /** @param past what counts as passed when the reload has succeeded; null if that stays as it is */
    private Step missed(PlaceStanding here, List<Gap> gaps, List<Loss> losses, @Nullable Past past, long nowNs) {
        last = null;
        long beginNs = reloads.beginNs(here.phase(), nowNs);
        if (beginNs - nowNs > 0) {
            standing = here.doing(new ReadingPhase.Waiting(beginNs));
            return new Step.Waiting(beginNs);
        }
        reloads.begins(nowNs);
        topic.tells(gaps);
        standing = here.told()
                .doing(new ReadingPhase.Reloading(losses, past, here.places().beside(), 0));
        return new Step.Missed(gaps, topic.changedMs());
    }

    private Step given(PlaceStanding here, Producers producers, Look.All all, long changes) {
        last = LastLook.of(changes, producers, all);
        Giving giving = new Giving(producers, topic.cache(), here, all.turns(), settings.windowBytes());
        PlaceRun run = giving.run();
        if (!run.isEmpty()) {
            violations.addAndGet(giving.violations());
            standing = here.giving(run);
            reloads.readsOn();
            return new Step.Messages(run, standpoint(standing, producers));
        }
        Look.Turn.Left left = giving.left();
        if (left != null) {
            ProducerPlace.At end = PlaceToken.behindAllOf(left.generation());
            standing = here.at(left.slot(), end).doing(ReadingPhase.READING);
            return new Step.Left(left.name(producers), new Position(end.epoch(), end.sequence()));
        }
        standing = here.idle(changes);
        return Step.IDLE;
    }

    @Override
    public void handled(int count) {
        standing.run().handled(count);
    }

    // ------------------------------------------------------------------ reloading

    @Override
    public void reloaded(@Nullable CursorToken reflects) {
        PlaceStanding here = standing.reloaded(topic.producers());
        standing = reflects == null ? here : reflecting(here, reflects);
        last = null;
        filterBefore = 0; // last: a token that names the filter of before is told once more at worst
    }

    @Override
    public OptionalLong reloadFailed() {
        PlaceStanding here = standing;
        ReadingPhase.Reloading reloading = here.underWay();
        standing = here.doing(reloading.again());
        return loadFailed(reloading.failed() + 1);
    }

    @Override
    public void loaded(CursorToken reflects) {
        standing = reflecting(heard(), reflects);
        last = null;
    }

    private PlaceStanding reflecting(PlaceStanding here, CursorToken reflects) {
        return here.at(reflections.in(reflects, here, topic));
    }

    @Override
    public OptionalLong loadFailed(int times) {
        return reloads.againInNs(times);
    }

    // ------------------------------------------------------------------ where it is

    @Override
    public CursorToken token(String name, String cluster, Now now) {
        return token(standpoint(), name, cluster, now);
    }

    @Override
    public Standpoint standpoint() {
        Producers producers;
        PlaceStanding here;
        do {
            producers = topic.producers();
            here = withSaid(standing); // its reader may not have looked yet
        } while (producers != topic.producers());
        return standpointOf(here, producers);
    }

    private Standpoint standpointOf(PlaceStanding here, Producers producers) {
        return here.phase() instanceof ReadingPhase.Opening
                ? PlaceStandpoint.NotBegun.INSTANCE
                : standpoint(here, producers);
    }

    /** @param producers as it has heard of them, or as they were before */
    private PlaceStandpoint standpoint(PlaceStanding here, Producers producers) {
        PlaceRun run = here.run();
        boolean mayMiss =
                announced != here.announced() || here.mayMissAnything(); // last: it was said before they were shown
        return new PlaceStandpoint(here.places(), run.path(), run.handled(), here.past(), producers, mayMiss);
    }

    @Override
    public CursorToken token(Standpoint at, String name, String cluster, Now now) {
        long left = filterBefore;
        long by = left == 0 ? filter : left;
        if (at instanceof PlaceStandpoint stood) {
            return new PlaceToken(stood, topic.cache(), name)
                    .taken(cluster, by, now)
                    .takenBy(home);
        }
        return opening instanceof Opening.Resume resume
                ? resume.token()
                : new CursorToken(name, cluster, now.ms(), HistoryId.UNKNOWN, List.of(), by);
    }

    @Override
    public List<CursorToken.Entry> listed(CursorToken taken) {
        return standpoint() instanceof PlaceStandpoint here && !here.mayMiss()
                ? PassedStreams.listed(taken, here)
                : taken.entries().stream().filter(entry -> !entry.over()).toList();
    }

    @Override
    public boolean knows(Epoch epoch, @Nullable String node) {
        return PassedStreams.knows(topic.producers(), topicName, epoch, node);
    }

    // ------------------------------------------------------------------ for people

    @Override
    public boolean isCatchingUp() {
        return wants.stream().anyMatch(want -> want.what() instanceof Next.Fetch) || howFar().waitsForProducer();
    }

    @Override
    public boolean isWaiting() {
        return standing.phase() instanceof ReadingPhase.Waiting;
    }

    @Override
    public boolean isReloading() {
        return standing.phase() instanceof ReadingPhase.Reloading;
    }

    @Override
    public long lag() {
        return behind().messages();
    }

    @Override
    public OptionalLong behindSinceMs() {
        return behind().sinceMs(lacksSinceMs);
    }

    private Behind behind() {
        PlaceStanding here = withSaid(standing); // its reader may not look, as when it is paused
        PlaceRun run = here.run();
        int handled = run.handled();
        int inHand = run.size() - handled;
        Standpoint front = standpointOf(here, topic.producers());
        return front instanceof PlaceStandpoint stood
                ? Behind.of(
                        stood.behind(run.size()),
                        inHand,
                        inHand == 0 ? Long.MAX_VALUE : run.get(handled).publishedMs(),
                        topic.cache())
                : Behind.NOTHING;
    }

    @Override
    public @Nullable String lastKey(Gap gap) {
        Position resumesAt = gap.resumesAt();
        if (resumesAt == null || resumesAt.sequence() <= 1) {
            return null;
        }
        long last = resumesAt.sequence() - 1;
        Piece piece = topic.cache().find(resumesAt.epoch(), last);
        return piece == null ? null : piece.slice().key((int) (last - piece.first()));
    }

    @Override
    public long violations() {
        return violations.get();
    }
}
