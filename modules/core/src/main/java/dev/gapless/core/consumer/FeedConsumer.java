package dev.gapless.core.consumer;

import dev.gapless.core.Epoch;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.ConsumerMeasures;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.RegistrationStatus;
import dev.gapless.core.delivery.ResponseTimes;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedCursor;
import dev.gapless.core.feed.FeedMeasures;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.StreamsView;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.subscription.FeedSubscription;
import dev.gapless.core.subscription.ReadOn;
import dev.gapless.core.subscription.TopicView;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToConsumer;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The consuming side of one topic on one node: what is known of its streams, the readers, and the open subscriptions.
 *
 * <p>Subscriptions are read elsewhere; here they are opened, placed in the feed of a reader, and closed. Not thread-safe.
 */
public final class FeedConsumer implements TopicConsumer, ReaderContext.Heard, TopicView {
    private final String topic;
    private final TopicSettings settings;
    private final ResponseTimes asking;
    private final Outbox outbox;
    private final Effect.Arrived arrived;
    private final ConsumerMeasures measures;

    private final Streams streams;
    private final TopicReader shared;
    private final Placement placement;
    private final Map<Long, OpenSubscription> open = new LinkedHashMap<>(1);
    /** Those of them that are not ready. */
    private Map<Long, OpenSubscription> unready = Map.of();

    private boolean up;
    private long registeredAgain;

    /**
     * A consumer without a subscription.
     *
     * @param uid this node's incarnation
     * @param asking of its shard
     */
    public FeedConsumer(String topic, long uid, TopicSettings settings, ResponseTimes asking, Outbox outbox) {
        this.topic = topic;
        this.settings = settings;
        this.asking = asking;
        this.outbox = outbox;
        this.arrived = new Effect.Arrived(topic, null);
        this.streams = new Streams(topic, settings);
        Placement.Readers readers = (number, start, its) -> new TopicReader(
                new ReaderContext(topic, number, uid, its, asking, outbox, this), streams, new Feed(its), start);
        this.shared = readers.make(Message.SHARED_READER, Start.LATEST, settings);
        this.placement = new Placement(shared, streams, settings, readers, this::tellOf);
        this.measures = new FeedMeasures(shared.feed());
    }

    /** The shared feed, which says by itself what any thread may call. */
    public Feed feed() {
        return shared.feed();
    }

    @Override
    public ConsumerMeasures measures() {
        return measures;
    }

    @Override
    public void limit(long bytes) {
        Feed feed = shared.feed();
        if (feed.maxBytes() != Math.min(bytes, settings.mostBytesInFeed())) {
            feed.limit(bytes);
        }
    }

    @Override
    public Effect.Arrived arrivedEffect() {
        return arrived;
    }

    @Override
    public Map<Reason, Long> expiries() {
        return shared.expiries();
    }

    @Override
    public long registeredAgain() {
        return registeredAgain;
    }

    @Override
    public long registrationFailures() {
        return shared.registrationFailures();
    }

    @Override
    public List<RegistrationStatus> registrations() {
        return shared.registrations();
    }

    @Override
    public StreamsView known() {
        return streams.known();
    }

    @Override
    public long changes() {
        return placement.changes();
    }

    // ------------------------------------------------------------------ subscriptions

    @Override
    public FeedSubscription open(long id, Opening opening, Now now) {
        double share = settings.reloadJitterNs() == 0 ? 0 : asking.nextShare();
        FeedSubscription state = FeedSubscription.of(opening, shared.feed(), this, settings, share);
        OpenSubscription added = new OpenSubscription(id, state, opening);
        added.readyUntilNs = now.ns() + settings.readyTimeoutNs();
        open.put(id, added);
        unready = unready.isEmpty() ? new LinkedHashMap<>() : unready;
        unready.put(id, added);
        moveOn(added, namesToCome(List.of(added)), now);
        if (added.ready) {
            unready.remove(id); // it alone: it changes nothing for the others, and there may be thousands
        }
        return state;
    }

    @Override
    public void close(long id) {
        OpenSubscription closed = open.remove(id);
        if (closed != null) {
            if (unready.containsKey(id)) {
                unready.remove(id);
            }
            closed.subscription.close();
            placement.forget(closed);
        }
    }

    @Override
    public boolean isIdle() {
        return open.isEmpty();
    }

    @Override
    public void close() {
        List.copyOf(open.keySet()).forEach(this::close);
        shared.close();
    }

    /** Begins it, if that may be by now, and looks whether it is ready. */
    private void moveOn(OpenSubscription one, Set<Long> unnamed, Now now) {
        if (up && one.mayBegin(streams.history(), !unnamed.isEmpty(), now.ns())) {
            shared.resumeWithout(unnamed, now.ns()); // its time is up: nobody waits for them again
            begin(one, now);
        }
        Set<String> late = up ? one.becomeReady(streams.history(), now.ns()) : null;
        if (late != null) {
            outbox.add(new Effect.Ready(topic, one.id, late));
        }
    }

    /** Members whose names may still come, if any of these wait for them: those that {@code ready()} has not gone on without. */
    private Set<Long> namesToCome(Collection<OpenSubscription> some) {
        if (!up || some.stream().noneMatch(one -> !one.hasBegun() && one.opening.isFromThePast())) {
            return Set.of();
        }
        Set<Long> unnamed = new HashSet<>(shared.unansweredMembers());
        streams.named().forEach(member -> unnamed.remove(member.uid()));
        return unnamed;
    }

    private void begin(OpenSubscription one, Now now) {
        one.begin();
        one.forgotten = streams.forgotten();
        Resumption from = Resumption.of(one.opening, streams, now);
        streams.publishExpected();
        if (from == null) {
            Feed feed = shared.feed();
            FeedCursor cursor = feed.attach(feed.head() + 1, now.ns());
            one.subscription.begin(shared.tails(), Map.of(), streams.notices());
            one.subscription.goOn(new ReadOn.In(feed, cursor));
            one.reads(shared, false);
            return;
        }
        one.subscription.begin(from.at(), from.ended(), streams.notices() - (from.isCovered() ? 0 : 1));
        if (!from.isCovered()) {
            one.subscription.anythingMayBeMissed(); // up to here
        }
        placement.place(one, now);
    }

    private void moveOn(Now now) {
        if (!unready.isEmpty()) {
            Set<Long> unnamed = namesToCome(unready.values());
            unready.values().forEach(one -> moveOn(one, unnamed, now));
            unready.values().removeIf(one -> one.ready);
            unready = unready.isEmpty() ? Map.of() : unready;
        }
        placement.placeThoseThatWait(now);
    }

    /** There may be something for it. */
    private void tellOf(OpenSubscription one) {
        outbox.add(new Effect.Arrived(topic, one.id));
    }

    // ------------------------------------------------------------------ members

    @Override
    public void begin(MemberView view, Now now) {
        up = true;
        streams.remember(view.history());
        for (MemberEvent event : view.snapshot()) {
            if (event instanceof MemberEvent.Present present) {
                streams.appeared(present.uid(), present.address());
            } else if (event instanceof MemberEvent.Named named) {
                streams.named(named.uid(), named.node(), named.sinceMs());
            }
        }
        streams.publish();
        shared.begin(Frontier.EMPTY, Start.LATEST, now);
        open.values().forEach(one -> one.readyUntilNs = now.ns() + settings.readyTimeoutNs());
        moveOn(now);
    }

    @Override
    public void onMembers(List<MemberEvent> events, MemberView view, Now now) {
        if (view.history().announcedSince(streams.history())) {
            streams.notice(); // in front of whatever those say that come
        }
        streams.remember(view.history());
        for (MemberEvent event : events) {
            if (event instanceof MemberEvent.Present present) {
                Stream stream = streams.appeared(present.uid(), present.address());
                placement.readers(reader -> reader.appeared(stream));
            } else if (event instanceof MemberEvent.Named named) {
                Stream stream = streams.named(named.uid(), named.node(), named.sinceMs());
                if (stream != null) {
                    placement.readers(reader -> reader.onNamed(stream, now.ns()));
                }
            } else if (event instanceof MemberEvent.Removed removed) {
                onRemoved(removed, now);
            }
        }
        streams.saidSince(now).forEach((stream, end) -> settle(stream, end, now));
        forgetSettled(now);
        streams.publish();
        placement.changed(now.ns());
        moveOn(now);
    }

    private void onRemoved(MemberEvent.Removed removed, Now now) {
        Stream stream = streams.removed(removed.uid());
        if (stream == null) {
            return;
        }
        streams.waitAnew(stream, now);
        placement.readers(reader -> reader.hostGone(removed.uid(), now));
        End end = streams.endOf(stream, removed.published(), placement.isMute(stream.epoch()), now);
        boolean isLacked = end != null && !end.isOpen() && placement.lacks(stream.epoch(), end.head());
        if (end != null && !(isLacked && streams.isDurable(stream.epoch()))) {
            settle(stream, end, now);
        } else {
            streams.waitFor(stream, end == null ? End.lost(now.ms()) : end, now);
            placement.readers(reader -> streams.heardOf(stream.epoch(), reader.heard(stream.epoch())));
            placement.readers(reader -> reader.waitsFor(stream.epoch(), now.ns()));
        }
    }

    @Override
    public void restarted(long reader, String node, Position successor, Now now) {
        endsOf(reader, node, End.restarted(successor, now.ms()), now);
    }

    @Override
    public boolean replaced(long reader, String node, Now now) {
        if (placement.asksForSuccession(node)) {
            return false;
        }
        endsOf(reader, node, End.lost(now.ms()), now);
        return true;
    }

    /** Earlier incarnations of that node ended so, as this reader hears; for this one alone while another one gets them. */
    private void endsOf(long reader, String node, End end, Now now) {
        TopicReader its = Objects.requireNonNull(placement.reader(reader));
        boolean othersGetThem = placement.carriesOf(node);
        for (Stream stream : streams.waitedFor(node)) {
            if (othersGetThem && its.reads(stream.epoch())) {
                its.ended(stream, end, now.ns());
            }
        }
        if (!othersGetThem) {
            settleWaitedFor(node, end, now);
        }
    }

    @Override
    public boolean areFurther(long reader, Epoch stream, long sequence) {
        return placement.areFurther(reader, stream, sequence);
    }

    @Override
    public void onReregistration() {
        registeredAgain++;
    }

    @Override
    public long sharedFrom(Epoch stream) {
        return shared.feed().completeBehind(stream);
    }

    private void settleWaitedFor(String node, End end, Now now) {
        List<Stream> before = streams.waitedFor(node);
        before.forEach(stream -> settle(stream, end, now));
        if (!before.isEmpty()) {
            streams.publish();
            outbox.add(arrived); // it is in every feed
        }
    }

    @Override
    public void passed(Stream stream, long head, End end, Now now) {
        streams.endsSo(stream.epoch(), end);
        if (!placement.reads(stream.epoch()) && !placement.lacks(stream.epoch(), head)) {
            settle(stream, end, now);
            streams.publish();
            placement.changed(now.ns());
            outbox.add(arrived); // it is in every feed
        }
    }

    @Override
    public void left(Epoch stream, long head) {
        streams.left(stream, head);
    }

    /** How it ended is settled, for all readers in one step. */
    private void settle(Stream stream, End end, Now now) {
        End its = streams.settle(stream, end, now);
        placement.readers(reader -> reader.ended(stream, its, now.ns()));
    }

    /** Those whose node did not come back, unless one with its name is being asked. */
    private void settleOverdue(Now now) {
        boolean any = false;
        for (Stream stream : streams.overdue(now.ns())) {
            if (placement.asksForSuccession(stream.node()) || placement.carriesOf(stream.node())) {
                streams.waitLonger(stream, now);
            } else {
                settle(stream, streams.endOfOverdue(stream, now), now);
                any = true;
            }
        }
        if (any) {
            forgetSettled(now);
            streams.publish();
            placement.changed(now.ns());
        }
    }

    /** Streams come and go for as long as this node lives (rule F3). Runs only when members change, or some were waited for in vain. */
    private void forgetSettled(Now now) {
        streams.forgetTooMany();
        if (placement.anybodyWaits()) {
            return; // no feed keeps for them what they have not read
        }
        Set<Epoch> recent = streams.recent(now);
        Set<Epoch> over = new HashSet<>();
        placement.readers(reader -> {
            reader.feed().forgetEnded(recent);
            reader.feed().addOver(over);
        });
        streams.forgetSettled(over, now);
    }

    @Override
    public void addAwaitedNodes(Set<String> nodes) {
        streams.addAwaitedNodes(nodes);
    }

    /** How many streams are remembered. */
    int streams() {
        return streams.size();
    }

    // ------------------------------------------------------------------ messages and room

    @Override
    public void onMessage(ToConsumer message, Now now) {
        TopicReader to = placement.reader(message.reader());
        if (to == null) {
            if (message instanceof Heartbeat heartbeat) {
                outbox.send(heartbeat.fromUid(), heartbeat.deregister());
            }
            return;
        }
        to.onMessage(message, now);
        if (message instanceof Registered || message instanceof CursorExpired) {
            placement.changed(now.ns());
            moveOn(now);
        } else {
            placement.touched(to, now.ns());
        }
        lookAtHold(now.ns());
        OpenSubscription only = placement.onlyOneAt(to);
        outbox.add(only == null ? arrived : new Effect.Arrived(topic, only.id));
    }

    @Override
    public void onSilent(long silentUid, long nowNs) {
        placement.readers(reader -> reader.onSilent(silentUid, nowNs));
        placement.changed(nowNs);
    }

    @Override
    public void onRoom(long id, Now now) {
        OpenSubscription one = open.get(id);
        shared.grantAgain();
        if (one != null && one.reader != null && one.reader != shared) {
            one.reader.grantAgain();
        }
        if (one != null && one.subscription.asks()) {
            placement.place(one, now);
        }
    }

    /** The same of any of them. */
    void onRoom(Now now) {
        placement.readers(TopicReader::grantAgain);
        if (shared.feed().takeAsked()) {
            for (OpenSubscription one : open.values()) {
                if (one.subscription.asks()) {
                    placement.place(one, now);
                }
            }
        }
    }

    @Override
    public void onRoom() {
        placement.readers(TopicReader::grantAgain);
    }

    /** A feed that is behind waits for its subscriptions for a while (rule S6). */
    private void lookAtHold(long nowNs) {
        if (shared.feed().lookAtHold(nowNs)) {
            shared.grantAgain();
        }
    }

    // ------------------------------------------------------------------ time

    @Override
    public void onTime(Now now) {
        if (settings.backpressure()) { // a feed that one reads alone slows nobody else
            shared.feed().findStalled(now.ns());
        }
        placement.findStalled(now.ns());
        shared.feed().dropOld(now.ns());
        settleOverdue(now);
        placement.readers(reader -> reader.onTime(now));
        placement.changed(now.ns());
        lookAtHold(now.ns());
        onRoom(now);
        moveOn(now);
    }

    @Override
    public long deadlineNs(long nowNs) {
        long wait = until(shared.deadlineNs(nowNs), nowNs, Long.MAX_VALUE);
        wait = until(placement.dueNs(nowNs), nowNs, wait);
        wait = until(shared.feed().oldDueNs(nowNs), nowNs, wait);
        wait = until(shared.feed().holdDueNs(), nowNs, wait);
        wait = until(streams.dueNs(), nowNs, wait);
        wait = until(readyDueNs(), nowNs, wait);
        return wait == Long.MAX_VALUE ? wait : nowNs + Math.max(0, wait);
    }

    private long readyDueNs() {
        // They are in the order in which they were opened, and all have the same time.
        return !up || unready.isEmpty() ? Long.MAX_VALUE : first(unready).readyUntilNs;
    }

    private static OpenSubscription first(Map<Long, OpenSubscription> some) {
        return some.values().iterator().next();
    }

    private static long until(long deadlineNs, long nowNs, long wait) {
        return deadlineNs == Long.MAX_VALUE ? wait : Math.min(wait, deadlineNs - nowNs);
    }

    /** How many readers there are beside the shared one. */
    int catchUps() {
        return placement.size();
    }

    @Nullable TopicReader catchUp(long number) {
        return placement.reader(number);
    }
}
