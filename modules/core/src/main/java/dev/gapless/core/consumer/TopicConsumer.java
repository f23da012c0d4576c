package dev.gapless.core.consumer;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Now;
import dev.gapless.core.Reason;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.Eras;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Vector;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.ToConsumer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The consuming side of one topic on one node: the shared reader with its feed, a catch-up reader for each subscription that
 * begins before that feed, and who waits to be ready.
 *
 * <p>Subscriptions are read elsewhere; here they are opened, let into the shared feed, and closed. Not thread-safe.
 */
public final class TopicConsumer {
    private final String topic;
    private final long uid;
    private final TopicSettings settings;
    private final Eras eras = new Eras();
    private final LongSupplier sessions;
    private final RandomGenerator jitter;
    private final Outbox outbox;
    private final Effect.Arrived arrived;

    private final TopicReader shared;
    private Map<Long, TopicReader> readers = Map.of();
    private final Map<Long, Open> open = new LinkedHashMap<>(1);
    /** Those of them that are not ready, or still have a reader of their own. */
    private Map<Long, Open> unsettled = Map.of();

    private List<MemberEvent> members = List.of();
    private boolean up;
    private long registeredAgain;
    private long nextReader = Message.SHARED_READER + 1;

    /**
     * A consumer for a first subscription that begins like this.
     *
     * @param uid this node's life
     * @param sessions gives a higher number at each call, for all topics of this process
     */
    public TopicConsumer(
            String topic,
            long uid,
            TopicSettings settings,
            LongSupplier sessions,
            RandomGenerator jitter,
            Outbox outbox,
            Opening first) {
        this.topic = topic;
        this.uid = uid;
        this.settings = settings;
        this.sessions = sessions;
        this.jitter = jitter;
        this.outbox = outbox;
        this.arrived = new Effect.Arrived(topic);
        Start start = first instanceof Opening.Earliest ? Start.EARLIEST : Start.LATEST;
        this.shared = new TopicReader(context(Message.SHARED_READER, settings), new Feed(settings), start, null);
    }

    private ReaderContext context(long number, TopicSettings readerSettings) {
        return new ReaderContext(topic, number, uid, readerSettings, eras, sessions, jitter, outbox);
    }

    /** The shared feed, which says by itself what any thread may call. */
    public Feed feed() {
        return shared.feed();
    }

    /** What is wanted after an input that may have brought something; made once, since that is often. */
    public Effect.Arrived arrivedEffect() {
        return arrived;
    }

    /** How many expiries the shared feed was told, by reason. */
    public Map<Reason, Long> expiries() {
        return shared.expiries();
    }

    /** How often its readers registered with a member that they had registered with before. */
    public long registeredAgain() {
        long sum = registeredAgain + shared.registeredAgain();
        for (TopicReader reader : readers.values()) {
            sum += reader.registeredAgain();
        }
        return sum;
    }

    /** For people: those of the shared reader, in the order of their names. */
    public List<RegistrationStatus> registrations() {
        return shared.registrations();
    }

    // ------------------------------------------------------------------ subscriptions

    /** Opens a subscription. Once it is ready, {@link Effect.Ready} says so. */
    public SubscriptionState open(long id, Opening opening, Now now) {
        Open added = opening instanceof Opening.Resume || opening instanceof Opening.Since
                ? openWithOwnFeed(opening, now)
                : openOnFeed(opening, now.ns());
        open.put(id, added);
        if (unsettled.isEmpty()) {
            unsettled = new LinkedHashMap<>();
        }
        unsettled.put(id, added);
        if (up) {
            awaitAnswers(added, now.ns());
            if (moveOn(
                    id, added, now.ns())) { // it alone: it changes nothing for the others, and there may be thousands
                unsettled.remove(id);
                unsettled = unsettled.isEmpty() ? Map.of() : unsettled;
            }
        }
        return added.subscription;
    }

    private Open openOnFeed(Opening opening, long nowNs) {
        Feed feed = shared.feed();
        SubscriptionState subscription = opening instanceof Opening.Earliest
                ? SubscriptionState.live(feed, feed.oldest(), feed.overtaken().bases(), settings, share(), nowNs)
                : SubscriptionState.live(feed, feed.head() + 1, feed.tails(), settings, share(), nowNs);
        return new Open(subscription, Message.SHARED_READER);
    }

    private double share() {
        return settings.reloadJitterNs() == 0 ? 0 : jitter.nextDouble();
    }

    private Open openWithOwnFeed(Opening opening, Now now) {
        TopicSettings own = settings.forCatchUp();
        Feed feed = new Feed(own);
        CursorToken token = opening instanceof Opening.Resume resume ? resume.token() : null;
        Start start = opening instanceof Opening.Since since ? new Start.Since(since.timeMs()) : Start.BEGINNING;
        long number = nextReader++;
        TopicReader catchUp = new TopicReader(context(number, own), feed, start, token);
        if (readers.isEmpty()) {
            readers = new LinkedHashMap<>();
        }
        readers.put(number, catchUp);
        Set<String> listed = token == null ? Set.of() : token.positions().keySet();
        Vector begins = SubscriptionState.startOf(token).with(shared.openEndsWithout(listed));
        Open added = new Open(
                SubscriptionState.catchingUp(feed, shared.feed(), begins, settings, share(), now.ns()), number);
        if (up) {
            catchUp.begin(members, now);
        }
        return added;
    }

    /** Ends a subscription, and its catch-up reader if it still has one. */
    public void close(long id) {
        Open closed = open.remove(id);
        if (closed != null) {
            if (unsettled.containsKey(id)) {
                unsettled.remove(id);
            }
            closed.subscription.close();
            closeReader(closed.reader);
        }
    }

    /** The subscription reads the shared feed now. */
    public void onJoined(long id) {
        Open joined = open.get(id);
        if (joined != null) {
            closeReader(joined.reader);
        }
    }

    private void closeReader(long number) {
        TopicReader reader = readers.get(number);
        if (reader != null) {
            readers.remove(number);
            readers = readers.isEmpty() ? Map.of() : readers;
            registeredAgain += reader.registeredAgain();
            reader.close();
        }
    }

    /** Nobody subscribes any more. */
    public boolean isIdle() {
        return open.isEmpty();
    }

    /** Takes all registrations off. */
    public void close() {
        List.copyOf(open.keySet()).forEach(this::close);
        shared.close();
    }

    // ------------------------------------------------------------------ inputs

    /**
     * This node is up (rule C10).
     *
     * @param events what led to the present members, and who went before this node was up
     * @param snapshot the members
     */
    public void begin(List<MemberEvent> events, List<MemberEvent> snapshot, Now now) {
        up = true;
        members = List.copyOf(snapshot);
        shared.begin(events, now);
        readers.values().forEach(reader -> reader.begin(events, now));
        open.values().forEach(added -> awaitAnswers(added, now.ns()));
        moveOn(now.ns());
    }

    /**
     * Members came, told their names, or went; what belongs together comes at once.
     *
     * @param snapshot the members from now on
     */
    public void onMembers(List<MemberEvent> events, List<MemberEvent> snapshot, Now now) {
        members = List.copyOf(snapshot);
        shared.onMembers(events, now);
        readers.values().forEach(reader -> reader.onMembers(events, now));
        forgetEnded();
        moveOn(now.ns());
    }

    /** How many nodes' names are remembered. */
    int names() {
        return eras.size();
    }

    /**
     * Names come and go for as long as this node lives (rule F3). Runs only when members change: until then a name stays that
     * could go.
     */
    private void forgetEnded() {
        Set<String> known = shared.known();
        readers.values().forEach(reader -> known.addAll(reader.known()));
        shared.feed().forgetEnded(known);
        known.addAll(shared.feed().known().newest().keySet());
        eras.retain(known);
    }

    public void onMessage(ToConsumer message, Now now) {
        TopicReader to = message.reader() == Message.SHARED_READER ? shared : readers.get(message.reader());
        if (to == null) {
            if (message instanceof Heartbeat heartbeat) {
                outbox.send(heartbeat.fromUid(), heartbeat.deregister());
            }
            return;
        }
        to.onMessage(message, now);
        moveOn(now.ns());
    }

    /** No ping from that node answers ours. */
    public void onSilent(long silentUid, long nowNs) {
        shared.onSilent(silentUid, nowNs);
        readers.values().forEach(reader -> reader.onSilent(silentUid, nowNs));
    }

    /** A subscription has freed a feed that was full. */
    public void onRoom() {
        grantAgain(shared);
        readers.values().forEach(TopicConsumer::grantAgain);
    }

    private static void grantAgain(TopicReader reader) {
        if (reader.feed().wantsRoom() && reader.feed().grantBytes() > 0) {
            reader.grantAgain();
        }
    }

    /** Does what is due; early it does no harm. */
    public void onTime(Now now) {
        if (settings.backpressure()) { // a catch-up feed alone slows nobody else
            shared.feed().findStalled(now.ns());
            readers.values().forEach(reader -> reader.feed().findStalled(now.ns()));
        }
        shared.feed().dropOld(now.ns());
        shared.onTime(now);
        readers.values().forEach(reader -> reader.onTime(now));
        onRoom();
        moveOn(now.ns());
    }

    /** When {@link #onTime} is due next, or {@code Long.MAX_VALUE} if nothing is. */
    public long deadlineNs(long nowNs) {
        long wait = until(shared.deadlineNs(nowNs), nowNs, Long.MAX_VALUE);
        for (TopicReader reader : readers.values()) {
            wait = until(reader.deadlineNs(nowNs), nowNs, wait);
        }
        wait = until(shared.feed().oldDueNs(nowNs), nowNs, wait);
        for (Open waiting : unsettled.values()) {
            if (up && !waiting.ready) {
                wait = Math.min(wait, waiting.readyUntilNs - nowNs);
                break; // they are in the order in which they were opened, and all have the same time
            }
        }
        boolean wantsRoom = shared.feed().wantsRoom()
                || readers.values().stream().anyMatch(reader -> reader.feed().wantsRoom());
        if (wantsRoom) {
            wait = Math.min(wait, settings.heartbeatNs());
        }
        return wait == Long.MAX_VALUE ? wait : nowNs + Math.max(0, wait);
    }

    private static long until(long deadlineNs, long nowNs, long wait) {
        return deadlineNs == Long.MAX_VALUE ? wait : Math.min(wait, deadlineNs - nowNs);
    }

    // ------------------------------------------------------------------ being ready

    private void awaitAnswers(Open added, long nowNs) {
        added.readyUntilNs = nowNs + settings.readyTimeoutNs();
        added.awaited = shared.notYetLate();
        TopicReader reader = readers.get(added.reader);
        if (reader != null) {
            added.awaited.addAll(reader.notYetLate());
        }
    }

    private void moveOn(long nowNs) {
        if (!up || unsettled.isEmpty()) {
            return;
        }
        unsettled.entrySet().removeIf(entry -> moveOn(entry.getKey(), entry.getValue(), nowNs));
        unsettled = unsettled.isEmpty() ? Map.of() : unsettled;
    }

    /** Tells it that it is ready, and whether it may join. Returns true if nothing more is to be done for it. */
    private boolean moveOn(long id, Open waiting, long nowNs) {
        TopicReader reader = readers.get(waiting.reader);
        if (!waiting.ready) {
            tellReady(id, waiting, reader, nowNs);
        }
        if (reader != null) {
            waiting.subscription.mayJoin(waiting.ready && reader.isSettled());
        }
        return waiting.ready && reader == null;
    }

    private void tellReady(long id, Open waiting, @Nullable TopicReader reader, long nowNs) {
        waiting.awaited.removeIf(
                memberUid -> !shared.hasNoPosition(memberUid) && (reader == null || !reader.hasNoPosition(memberUid)));
        boolean tooLong = waiting.readyUntilNs - nowNs <= 0;
        if (!waiting.awaited.isEmpty() && !tooLong) {
            return;
        }
        Set<String> late = new HashSet<>();
        for (TopicReader one : readersOf(reader)) {
            one.goOnWithout(waiting.awaited);
            one.setReady();
            late.addAll(one.late());
        }
        waiting.ready = true;
        waiting.awaited = Set.of();
        outbox.add(new Effect.Ready(topic, id, Set.copyOf(late)));
    }

    private List<TopicReader> readersOf(@Nullable TopicReader reader) {
        List<TopicReader> both = new ArrayList<>();
        both.add(shared);
        if (reader != null) {
            both.add(reader);
        }
        return both;
    }
}
