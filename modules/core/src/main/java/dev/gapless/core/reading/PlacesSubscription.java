package dev.gapless.core.reading;

import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.Piece;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.ReloadPace;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.log.Slice;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
public final class PlacesSubscription {
    private final SharedTopic topic;
    private final TopicSettings settings;
    private final Queue<Change> said = new ConcurrentLinkedQueue<>();
    private volatile ReloadPace pace;
    /** What other threads look at, at once. One thread moves it. */
    private volatile PlaceStanding standing = PlaceStanding.FIRST;
    /** What has to be fetched, or looked for, before it can go on. */
    private volatile List<Want> wants = List.of();

    /**
     * A subscription that has not begun: {@link Change.Begins} begins it.
     *
     * @param opening where it is to begin: as long as it has not, that is its token
     * @param share how much of the reload jitter it takes, 0 to 1
     * @param home the uid of this node, which its tokens name
     */
    public PlacesSubscription(
            Opening opening, String topicName, SharedTopic topic, TopicSettings settings, double share, long home) {
        this.topic = topic;
        this.settings = settings;
        this.pace = new ReloadPace(settings, share);
    }

    /** Any thread. Its consumer says this. */
    public void said(Change change) {
        said.add(change);
    }

    /** Any thread. Is there anything to do? */
    public boolean hasNext() {
        PlaceStanding here = standing;
        return !said.isEmpty() || (here.phase() instanceof ReadingPhase.Reading && here.looked() != topic.changes());
    }

    /** Any thread. How far it is. */
    public HowFar howFar() {
        return new HowFar(standing, topic);
    }

    /** Any thread. What has to be fetched, or looked for, before it can go on. */
    public List<Want> wants() {
        return wants;
    }

    /** What to do next. Whatever it gave before counts as done with, as far as {@link #handled} said. */
    public Step next(long nowNs) {
        PlaceStanding here = standing.done();
        for (Change change = said.poll(); change != null; change = said.poll()) {
            here = change.appliedTo(here);
        }
        standing = here;
        if (here.phase() instanceof ReadingPhase.Reloading) {
            return Step.RELOADING;
        } else if (here.phase() instanceof ReadingPhase.Opening) {
            return Step.IDLE;
        }
        long changes = topic.changes(); // before the look: what comes later is looked at again
        Producers producers = topic.producers();
        Look look = new Look(producers, here.places(), here.past(), topic.cache());
        Change.AnythingMissed anything = here.anything();
        if (anything != null) {
            Everything everything = Everything.of(producers, look, anything.namelessMembers());
            return missed(here, List.of(Everything.GAP), everything.losses(), everything.past(), nowNs);
        }
        Look.All all = look.all();
        wants = all.wants();
        return all.losses().isEmpty()
                ? given(here, producers, changes)
                : missed(here, gaps(all.losses()), all.losses(), null, nowNs);
    }

    /** @param past what counts as passed when the reload has succeeded; null if that stays as it is */
    private Step missed(PlaceStanding here, List<Gap> gaps, List<Loss> losses, @Nullable Past past, long nowNs) {
        long beginNs = here.phase() instanceof ReadingPhase.Waiting waiting
                ? waiting.untilNs()
                : pace.mayBeginNs(nowNs, false);
        if (beginNs - nowNs > 0) {
            standing = here.doing(new ReadingPhase.Waiting(beginNs));
            return new Step.Waiting(beginNs);
        }
        pace.begins(nowNs);
        standing = here.told().doing(new ReadingPhase.Reloading(losses, past, 0));
        return new Step.Missed(gaps, topic.changedMs());
    }

    private static List<Gap> gaps(List<Loss> losses) {
        List<Gap> gaps = new ArrayList<>();
        losses.forEach(loss -> gaps.addAll(loss.gaps()));
        return List.copyOf(gaps);
    }

    private Step given(PlaceStanding here, Producers producers, long changes) {
        PlaceRun.Builder run = new PlaceRun.Builder(settings.windowBytes());
        Places at = here.places();
        Look look = new Look(producers, at, here.past(), topic.cache());
        Look.Turn turn = look.first();
        while (turn instanceof Look.Turn.Give give && !run.isFull()) {
            GivenPart part = part(give, producers);
            run.add(part);
            at = part.behind(part.count(), at);
            look = new Look(producers, at, here.past(), topic.cache());
            turn = look.first();
        }
        if (!run.isEmpty()) {
            PlaceRun messages = run.build();
            standing = here.giving(messages);
            pace.readsOn();
            return new Step.Messages(messages, new PlaceStandpoint(here.places(), messages, 0));
        }
        if (turn instanceof Look.Turn.Left left) {
            long last = left.generation().end() instanceof End.Stated stated ? stated.sequence() : 0;
            ProducerPlace.At end = new ProducerPlace.At(left.generation().epoch(), last, ProducerPlace.Mark.END);
            standing = here.at(left.slot(), end).doing(ReadingPhase.READING);
            return new Step.Left(name(producers, left.slot()), new Position(end.epoch(), last));
        }
        standing = here.idle(changes);
        return Step.IDLE;
    }

    private static GivenPart part(Look.Turn.Give give, Producers producers) {
        Piece piece = give.piece();
        Slice slice = piece.from(give.sequence());
        long last = give.generation().end() instanceof End.Stated stated ? stated.sequence() : Long.MAX_VALUE;
        int most = (int) Math.min(slice.count(), last - give.sequence() + 1);
        return new GivenPart(
                give.slot(),
                name(producers, give.slot()),
                give.generation().epoch(),
                give.sequence(),
                most < slice.count() ? slice.part(0, most) : slice);
    }

    private static String name(Producers producers, int slot) {
        var producer = producers.get(slot);
        return producer == null ? Gap.NOBODY : producer.name();
    }

    /** The first so many messages of the run that was given last are done with. */
    public void handled(int count) {
        standing.run().handled(count);
    }

    /** The reload has succeeded: the places move to where what was lost leads. */
    public void reloaded() {
        PlaceStanding here = standing;
        if (!(here.phase() instanceof ReadingPhase.Reloading reloading)) {
            throw new IllegalStateException("No reload is under way");
        }
        Places places = here.places();
        Past past = reloading.past() == null ? here.past() : reloading.past();
        for (Loss loss : reloading.losses()) {
            places = places.with(loss.slot(), loss.to());
            if (loss.to() instanceof ProducerPlace.ToldUnseen
                    || (loss.to() instanceof ProducerPlace.At at && at.mark() == ProducerPlace.Mark.TOLD)) {
                past = past.told(loss.slot(), loss.lastEvent());
            }
        }
        standing = here.at(places).withPast(past).doing(ReadingPhase.READING);
    }
}
