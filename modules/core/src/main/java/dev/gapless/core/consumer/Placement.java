package dev.gapless.core.consumer;

import dev.gapless.core.Epoch;
import dev.gapless.core.Now;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedCursor;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.subscription.ReadOn;
import dev.gapless.core.wire.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * In which reader's feed each subscription reads (rule S5): the shared one's, if that has all that it lacks; else that of another one that
 * has; else it waits for one that begins at its place, for all that wait. Nothing is announced here: only a producer's answer does that.
 *
 * <p>Not thread-safe; any thread may ask for {@link #changes}.
 */
final class Placement {
    /** For so long others may come that want the same, while there is another reader. */
    private static final long MOMENT_NS = 5_000_000;

    /** Makes a reader that asks members that are present for this. */
    interface Readers {
        TopicReader make(long number, Start start, TopicSettings settings);
    }

    private final TopicReader shared;
    private final Streams streams;
    private final TopicSettings settings;
    private final Readers make;
    /** Is told whom there may be something for. */
    private final Consumer<OpenSubscription> placed;

    private final Map<Long, CatchUpReader> catchUps = new LinkedHashMap<>(1);
    private final Set<OpenSubscription> waiting = new LinkedHashSet<>();
    /** They ask once they have read what their reader had, which is gone. */
    private final Set<OpenSubscription> leaving = new HashSet<>();

    /** Invariant: no reader is due before; {@code Long.MAX_VALUE} if none is. */
    private long dueNs = Long.MAX_VALUE;
    /** How often it may have become another question where a subscription is placed. */
    private final AtomicLong changes = new AtomicLong();

    Placement(
            TopicReader shared,
            Streams streams,
            TopicSettings settings,
            Readers make,
            Consumer<OpenSubscription> placed) {
        this.shared = shared;
        this.streams = streams;
        this.settings = settings;
        this.make = make;
        this.placed = placed;
    }

    // ------------------------------------------------------------------ readers

    /** All readers, the shared one first. */
    void readers(Consumer<TopicReader> what) {
        what.accept(shared);
        catchUps.values().forEach(catchUp -> what.accept(catchUp.reader));
    }

    @Nullable TopicReader reader(long number) {
        if (number == Message.SHARED_READER) {
            return shared;
        }
        CatchUpReader catchUp = catchUps.get(number);
        return catchUp == null ? null : catchUp.reader;
    }

    /** The only subscription that reads there; null if there may be others. */
    @Nullable OpenSubscription onlyOneAt(TopicReader reader) {
        CatchUpReader catchUp = catchUps.get(reader.number());
        return catchUp == null || catchUp.subscriptions.size() != 1
                ? null
                : catchUp.subscriptions.iterator().next();
    }

    /** Does one of that reader's subscriptions lack less of that stream than what lies behind this sequence? */
    boolean areFurther(long reader, Epoch stream, long sequence) {
        CatchUpReader catchUp = catchUps.get(reader);
        return catchUp != null
                && catchUp.subscriptions.stream()
                        .map(one -> one.subscription.placedAt().get(stream))
                        .anyMatch(place -> place != null && !place.over() && place.sequence() > sequence);
    }

    int size() {
        return catchUps.size();
    }

    /** Is there a subscription that reads no feed, or one whose reader is gone? */
    boolean anybodyWaits() {
        return !waiting.isEmpty() || !leaving.isEmpty();
    }

    /** Does a reader get a stream of an earlier incarnation of that node from the log of a later one now? */
    boolean carriesOf(String node) {
        return shared.carriesOf(node) || catchUps.values().stream().anyMatch(catchUp -> catchUp.reader.carriesOf(node));
    }

    /** Has a reader yet to come to the end of that stream? */
    boolean reads(Epoch stream) {
        return shared.reads(stream) || catchUps.values().stream().anyMatch(catchUp -> catchUp.reader.reads(stream));
    }

    /** Has a reader less of that stream than up to there, or a subscription that waits for one? */
    boolean lacks(Epoch stream, long head) {
        return shared.lacks(stream, head)
                || catchUps.values().stream().anyMatch(catchUp -> catchUp.reader.lacks(stream, head))
                || waiting.stream()
                        .anyMatch(one -> lacks(one.subscription.placedAt().get(stream), head));
    }

    private static boolean lacks(@Nullable Place place, long head) {
        return place != null && !place.over() && Math.max(0, place.sequence()) < head;
    }

    boolean isMute(Epoch stream) {
        return shared.isMute(stream) || catchUps.values().stream().anyMatch(catchUp -> catchUp.reader.isMute(stream));
    }

    /** Is a producer with this name asked for what comes behind an earlier incarnation? */
    boolean asksForSuccession(String node) {
        return shared.asksForSuccession(node)
                || catchUps.values().stream().anyMatch(catchUp -> catchUp.reader.asksForSuccession(node));
    }

    /** Something has happened to this one. */
    void touched(TopicReader reader, long nowNs) {
        if (reader != shared) {
            long atNs = reader.deadlineNs(nowNs);
            if (atNs != Long.MAX_VALUE && (dueNs == Long.MAX_VALUE || atNs - dueNs < 0)) {
                dueNs = atNs;
            }
        }
    }

    /** Something has happened to all of them, or that changes which streams they have. */
    void changed(long nowNs) {
        changes.incrementAndGet();
        changedDue(nowNs);
    }

    /** Rises whenever a subscription that was refused may ask again. Any thread. */
    long changes() {
        return changes.get();
    }

    /** When something is due, or {@code Long.MAX_VALUE}. */
    long dueNs(long nowNs) {
        changedDue(nowNs);
        if (waiting.isEmpty()) {
            return dueNs;
        }
        long beginNs = catchUps.size() < settings.catchUpReaders()
                ? waiting.iterator().next().waitsNs + MOMENT_NS
                : nowNs + settings.feedHoldNs() / 2 + MOMENT_NS;
        return dueNs == Long.MAX_VALUE || beginNs - dueNs < 0 ? beginNs : dueNs;
    }

    private void changedDue(long nowNs) {
        dueNs = Long.MAX_VALUE;
        catchUps.values().forEach(catchUp -> touched(catchUp.reader, nowNs));
    }

    // ------------------------------------------------------------------ subscriptions

    /** Places one that asks; if no feed has what it lacks, it waits. */
    void place(OpenSubscription one, Now now) {
        if (one.reader != null && !one.subscription.isOvertaken()) { // its feed has all ends that it has not read
            one.forgotten = streams.forgotten();
        }
        if (one.start == null && isPlaced(one, now)) {
            return;
        }
        if (waiting.add(one)) {
            one.waitsNs = now.ns();
            TopicReader its = one.reader;
            if (settings.backpressure() && its != null && !one.subscription.isOvertaken()) {
                its.asksHowFar(one.subscription.placedAt(), now.ns()); // what it has yet to read is nowhere else, maybe
                one.waitsNs += settings.registerBackoff().minNs();
            } else {
                leave(one);
            }
        }
        beginIfItIsTime(now);
    }

    private boolean isPlaced(OpenSubscription one, Now now) {
        Frontier at = one.subscription.placedAt();
        if (isPlaced(one, shared, at, false, now)) {
            return true;
        }
        TopicReader its = one.reader;
        if (its != null && !one.subscription.isOvertaken() && its.hasHeardOf(at)) {
            waiting.remove(one);
            one.subscription.goOn(ReadOn.STAY);
            placed.accept(one);
            return true;
        }
        for (CatchUpReader catchUp : List.copyOf(catchUps.values())) {
            if (isPlaced(one, catchUp.reader, at, false, now)) {
                return true;
            }
        }
        return false;
    }

    private boolean isPlaced(OpenSubscription one, TopicReader reader, Frontier at, boolean began, Now now) {
        if (reader == one.reader) {
            return false; // it would not ask
        }
        TopicReader its = one.subscription.isOvertaken() ? null : one.reader;
        if (settings.durable() && its != null && !reader.hasBegunAs(its)) {
            return false; // a log that is not open yet keeps nothing for who asks
        }
        Map<Stream, End> ended = endsToTell(at, reader);
        Map<Epoch, Place> over = new HashMap<>();
        ended.keySet().forEach(stream -> over.put(stream.epoch(), Place.over(stream, Place.AWAITED)));
        long announcedTo = reader == shared ? one.subscription.announcedTo() : 0;
        Map<Epoch, Place> passed = new HashMap<>(reader.feed().over(at, streams.known(), announcedTo));
        if (its != null) {
            passed.putAll(its.feed().passedInLogs(at, streams.known()));
        }
        over.putAll(passed);
        Feed.Placed placed = reader.place(at.with(over), one.claims(), began, now.ns());
        if (placed == null) {
            return false;
        }
        boolean unknown = one.forgotten != streams.forgotten();
        move(one, reader, new ReadOn.In(reader.feed(), placed.cursor(), ended, unknown, placed.begins(), passed));
        return true;
    }

    /** Streams that ended, and whose ends it has not read, and would not read there. */
    private Map<Stream, End> endsToTell(Frontier at, TopicReader reader) {
        Map<Stream, End> ended = new LinkedHashMap<>();
        for (Streams.Settled settled : streams.settled()) {
            Stream stream = settled.stream();
            boolean concernsIt =
                    settled.wasMember() || at.get(stream) != null; // else it is a stranger's that another token named
            // Its node's store may have what is lacked, which is asked for now, or once its member is removed.
            boolean isAsked = streams.waitedFor(stream.epoch()) != null || streams.member(stream.epoch()) != null;
            if (concernsIt && !isAsked && !at.isOver(stream) && !reader.feed().hasEnd(stream.epoch())) {
                ended.put(stream, reader.asAnnouncedHere(settled.end()));
            }
        }
        return ended;
    }

    private void move(OpenSubscription one, TopicReader reader, ReadOn.In onward) {
        one.forgotten = streams.forgotten();
        leave(one);
        waiting.remove(one);
        leaving.remove(one);
        one.reads(reader, reader != shared);
        CatchUpReader catchUp = catchUps.get(reader.number());
        if (catchUp != null) {
            catchUp.subscriptions.add(one);
        }
        one.subscription.goOn(onward);
        placed.accept(one);
    }

    private void leave(OpenSubscription one) {
        TopicReader its = one.reader;
        one.reader = null;
        CatchUpReader catchUp = its == null ? null : catchUps.get(its.number());
        if (catchUp != null && catchUp.subscriptions.remove(one) && catchUp.subscriptions.isEmpty()) {
            end(catchUp);
        }
    }

    private void end(CatchUpReader catchUp) {
        catchUp.reader.close();
        catchUps.remove(catchUp.reader.number());
    }

    /** It is closed. */
    void forget(OpenSubscription one) {
        waiting.remove(one);
        leaving.remove(one);
        leave(one);
    }

    /** Looks again for all that wait, and begins a reader for them if it is time. */
    void placeThoseThatWait(Now now) {
        for (OpenSubscription one : List.copyOf(waiting)) {
            if (one.start == null) {
                isPlaced(one, now);
            }
        }
        beginIfItIsTime(now);
    }

    private void beginIfItIsTime(Now now) {
        if (waiting.isEmpty()) {
            return;
        }
        OpenSubscription first = waiting.iterator().next();
        if (now.ns() - first.waitsNs < (catchUps.isEmpty() ? 0 : MOMENT_NS)) {
            return;
        }
        leave(first); // its producers have not said that they have what it says
        if (catchUps.size() < settings.catchUpReaders()) {
            begin(now);
        } else {
            endOneThatStandsStill(now.ns());
        }
    }

    // ------------------------------------------------------------------ beginning and ending a reader

    private void begin(Now now) {
        OpenSubscription first = waiting.iterator().next();
        Frontier at = first.subscription.placedAt();
        boolean alone = first.start != null || first.claims();
        if (!begins(first.start, alone ? at : leastOf(at), null, now) && !begins(first.start, at, first, now)) {
            throw new IllegalStateException("A reader from " + at + " on does not have what is missing there");
        }
        changed(now.ns());
    }

    /**
     * Begins a reader for all that wait for the same.
     *
     * @param whose the one that stands there; null if others may have passed more
     * @return false if it is of use to none of them, and has ended
     */
    private boolean begins(@Nullable Start start, Frontier from, @Nullable OpenSubscription whose, Now now) {
        TopicReader reader = make.make(freeNumber(), start == null ? Start.LATEST : start, settings.forCatchUp());
        CatchUpReader made = new CatchUpReader(reader, now.ns());
        catchUps.put(reader.number(), made);
        for (Place place : from.places()) {
            if (!place.over() && streams.isUnknown(place.stream().epoch())) {
                streams.expect(place.stream(), now);
            }
        }
        streams.expectMore(from, now);
        streams.publishExpected();
        reader.begin(from, Start.BEGINNING, now);
        for (OpenSubscription one : List.copyOf(waiting)) {
            if (start != null && start.equals(one.start)) {
                one.start = null;
                placeAtTheStart(one, reader, now);
            } else if (start == null && one.start == null) {
                isPlaced(one, reader, one.subscription.placedAt(), one == whose, now);
            }
        }
        if (made.subscriptions.isEmpty()) {
            end(made);
            return false;
        }
        return true;
    }

    private void placeAtTheStart(OpenSubscription one, TopicReader reader, Now now) {
        Feed feed = reader.feed();
        Map<Stream, End> ended = endsToTell(one.subscription.placedAt(), reader);
        boolean unknown = one.forgotten != streams.forgotten();
        FeedCursor cursor = feed.attach(1, now.ns());
        move(one, reader, new ReadOn.In(feed, cursor, ended, unknown, Map.of()));
    }

    /** One of another reader before may be taken: what is still under way for that has another session. */
    private long freeNumber() {
        long number = Message.SHARED_READER + 1;
        while (catchUps.containsKey(number)) {
            number++;
        }
        return number;
    }

    /** The least place in each stream of all that wait and know the same streams. */
    private Frontier leastOf(Frontier first) {
        Map<Epoch, Boolean> streamsOfFirst = open(first);
        Map<Epoch, Place> least = new HashMap<>();
        first.places().forEach(place -> least.put(place.stream().epoch(), place));
        for (OpenSubscription one : waiting) {
            Frontier at = one.subscription.placedAt();
            if (one.start == null && !one.claims() && open(at).equals(streamsOfFirst)) {
                for (Place place : at.places()) {
                    if (!place.over()) {
                        least.merge(place.stream().epoch(), place, Placement::lesser);
                    }
                }
            }
        }
        return Frontier.of(least);
    }

    /** The streams that go on, and whether its place there is known. */
    private static Map<Epoch, Boolean> open(Frontier at) {
        Map<Epoch, Boolean> known = new HashMap<>();
        for (Place place : at.places()) {
            if (!place.over()) {
                known.put(place.stream().epoch(), place.isKnown());
            }
        }
        return known;
    }

    private static Place lesser(Place one, Place other) {
        if (one.over() || !one.isKnown()) {
            return other;
        }
        return other.over() || !other.isKnown() || other.sequence() >= one.sequence() ? one : other;
    }

    /** Others wait, and there are as many readers as may be: one goes whose subscriptions read nothing. They ask again once they have read. */
    private void endOneThatStandsStill(long nowNs) {
        CatchUpReader stillest = null;
        for (CatchUpReader catchUp : catchUps.values()) {
            long stillNs = catchUp.stillNs(nowNs);
            if (stillNs >= settings.feedHoldNs() && (stillest == null || stillNs > stillest.stillNs(nowNs))) {
                stillest = catchUp;
            }
        }
        if (stillest != null) {
            for (OpenSubscription one : new ArrayList<>(stillest.subscriptions)) {
                one.reader = null;
                one.forgotten = streams.forgotten();
                leaving.add(one);
                one.subscription.leaveOnceRead();
            }
            end(stillest);
        }
    }

    /** Several read one feed, and none must hold up the others: who frees nothing falls behind alone. */
    void findStalled(long nowNs) {
        for (CatchUpReader catchUp : catchUps.values()) {
            if (catchUp.subscriptions.size() > 1 || settings.backpressure()) { // publishers wait for it
                catchUp.reader.feed().findStalled(nowNs);
            }
        }
    }
}
