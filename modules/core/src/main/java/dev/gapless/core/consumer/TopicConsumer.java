package dev.gapless.core.consumer;

import dev.gapless.core.CursorToken;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.Reason;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.Eras;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Vector;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.subscription.Onward;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.ToConsumer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final Asking asking;
    private final Outbox outbox;
    private final Effect.Arrived arrived;
    /** Invariant: none that is not ready is so by its time before; {@code Long.MAX_VALUE} if all are. */
    private long readyDueNs = Long.MAX_VALUE;

    private final TopicReader shared;
    private final Laggards laggards;
    private final CatchUps readers = new CatchUps();
    private final Map<Long, Open> open = new LinkedHashMap<>(1);
    /** Those of them that are not ready, or still have a reader of their own. */
    private Map<Long, Open> unsettled = Map.of();

    private List<MemberEvent> members = List.of();
    private HistoryView history = HistoryView.NOTHING;
    private boolean up;

    /**
     * A consumer without a subscription.
     *
     * @param uid this node's life
     * @param asking of its shard
     */
    public TopicConsumer(String topic, long uid, TopicSettings settings, Asking asking, Outbox outbox) {
        this.topic = topic;
        this.uid = uid;
        this.settings = settings;
        this.asking = asking;
        this.outbox = outbox;
        this.arrived = new Effect.Arrived(topic, null);
        this.shared = new TopicReader(context(Message.SHARED_READER, settings), new Feed(settings), Start.LATEST, null);
        this.laggards = new Laggards(shared);
    }

    private ReaderContext context(long number, TopicSettings readerSettings) {
        return new ReaderContext(topic, number, uid, readerSettings, eras, asking, outbox);
    }

    /** The shared feed, which says by itself what any thread may call. */
    public Feed feed() {
        return shared.feed();
    }

    /** What is wanted after an input that may have brought something for every subscription; made once, since that is often. */
    public Effect.Arrived arrivedEffect() {
        return arrived;
    }

    /** How many expiries the shared feed was told, by reason. */
    public Map<Reason, Long> expiries() {
        return shared.expiries();
    }

    /** How often its readers registered with a member that they had registered with before. */
    public long registeredAgain() {
        return shared.registeredAgain() + readers.registeredAgain();
    }

    /** How many registrations of the shared reader have failed. */
    public long registrationFailures() {
        return shared.registrationFailures();
    }

    /** For people: those of the shared reader, in the order of their names. */
    public List<RegistrationStatus> registrations() {
        return shared.registrations();
    }

    // ------------------------------------------------------------------ subscriptions

    /** Opens a subscription. Once it is ready, {@link Effect.Ready} says so. */
    public SubscriptionState open(long id, Opening opening, Now now) {
        Open added = openOnFeed(id, opening, now);
        open.put(id, added);
        awaits(added);
        if (up) {
            awaitAnswers(added, now.ns());
            if (moveOn(added, now)) { // it alone: it changes nothing for the others, and there may be thousands
                settled(id);
            }
        }
        return added.subscription;
    }

    private void awaitAnswers(Open waiting, long nowNs) {
        long untilNs = nowNs + settings.readyTimeoutNs();
        waiting.awaitAnswers(shared, untilNs);
        if (readyDueNs == Long.MAX_VALUE || untilNs - readyDueNs < 0) {
            readyDueNs = untilNs;
        }
    }

    /** On the shared feed, if it begins there, or as far as it was before. */
    private Open openOnFeed(long id, Opening opening, Now now) {
        Feed feed = shared.feed();
        SubscriptionState state = null;
        if (opening instanceof Opening.Latest) {
            state = SubscriptionState.live(feed, feed.head() + 1, feed.tails(), settings, share(), now.ns());
        } else if (opening instanceof Opening.Resume resume) {
            Vector at = resume.leftOut() ? null : Returning.place(resume.token(), shared, history, now.ns());
            Feed.Joined joined = at == null ? null : feed.join(at, now.ns());
            state = joined == null ? null : SubscriptionState.back(feed, joined, resume.token(), settings, share());
        }
        return state == null ? openWithOwnFeed(id, opening, now) : new Open(id, state.asking(), Message.SHARED_READER);
    }

    private double share() {
        return settings.reloadJitterNs() == 0 ? 0 : asking.nextShare();
    }

    private Open openWithOwnFeed(long id, Opening opening, Now now) {
        CursorToken token = opening instanceof Opening.Resume resume ? resume.token() : null;
        long number = readers.number();
        TopicReader catchUp = catchUp(number, settings.forCatchUp(), opening.start(), token);
        Map<String, Placed> over = shared.openEndsWithout(
                token == null ? Set.of() : token.positions().keySet());
        Vector begins = SubscriptionState.startOf(token).with(over);
        SubscriptionState state = SubscriptionState.catchingUp(
                        catchUp.feed(), shared.feed(), begins, token, settings, share(), now.ns())
                .asking();
        if (opening instanceof Opening.Resume resume && resume.leftOut()) {
            catchUp.hasLeftOut();
            state.filteredUntilTold(resume.token().filter());
        }
        Open added = new Open(id, state, number, opening.isFromThePast(), over.keySet());
        readers.owned(number, added);
        return added;
    }

    private TopicReader catchUp(long number, TopicSettings own, Start start, @Nullable CursorToken token) {
        return readers.add(number, new TopicReader(context(number, own), new Feed(own), start, token));
    }

    /** Ends a subscription, and its catch-up reader if it still has one. */
    public void close(long id) {
        Open closed = open.remove(id);
        if (closed != null) {
            if (unsettled.containsKey(id)) {
                unsettled.remove(id);
            }
            closed.subscription.close();
            laggards.forget(closed);
            leaves(closed);
        }
    }

    /** The subscription reads the shared feed now. */
    public void onJoined(long id) {
        Open joined = open.get(id);
        if (joined != null && joined.subscription.readsShared()) {
            leaves(joined);
        }
    }

    /** It needs no reader but the shared one. */
    private void leaves(Open one) {
        laggards.leaves(one);
        if (one.reader != laggards.number()) {
            readers.close(one.reader);
        }
        readers.close(laggards.closes());
        one.reader = Message.SHARED_READER;
    }

    /** Does nobody subscribe? */
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
     * @param view the members, and what is remembered of others
     */
    public void begin(MemberView view, Now now) {
        up = true;
        members = view.snapshot();
        history = view.history();
        shared.begin(members, history, Set.of(), now);
        open.values().forEach(added -> awaitAnswers(added, now.ns()));
        moveOn(now);
    }

    /**
     * Members came, told their names, or went; what belongs together comes at once.
     *
     * @param view the members from now on, and what is remembered of others
     */
    public void onMembers(List<MemberEvent> events, MemberView view, Now now) {
        members = view.snapshot();
        history = view.history();
        shared.onMembers(events, history, now);
        readers.all().stream().filter(TopicReader::hasBegun).forEach(reader -> reader.onMembers(events, history, now));
        readers.allTouched(now.ns());
        forgetEnded();
        moveOn(now);
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
        for (TopicReader reader : readers.all()) {
            known.addAll(reader.known());
            known.addAll(reader.feed().known().newest().keySet()); // its subscription may not have come to the end
        }
        shared.feed().forgetEnded(known);
        known.addAll(shared.feed().known().newest().keySet());
        eras.retain(known);
    }

    public void onMessage(ToConsumer message, Now now) {
        TopicReader to = message.reader() == Message.SHARED_READER ? shared : readers.of(message.reader());
        if (to == null) {
            if (message instanceof Heartbeat heartbeat) {
                outbox.send(heartbeat.fromUid(), heartbeat.deregister());
            }
            return;
        }
        to.onMessage(message, now);
        Open owner = readers.owner(message.reader());
        if (to != shared) {
            readers.touched(to, now.ns());
        }
        lookAtHold(now.ns());
        placeLaggards(now.ns());
        if (owner == null) {
            moveOn(now);
            outbox.add(arrived);
        } else {
            if (up && unsettled.containsKey(owner.id) && moveOn(owner, now)) {
                settled(owner.id);
            }
            outbox.add(new Effect.Arrived(topic, owner.id));
        }
    }

    /** No ping from that node answers ours. */
    public void onSilent(long silentUid, long nowNs) {
        shared.onSilent(silentUid, nowNs);
        readers.all().forEach(reader -> reader.onSilent(silentUid, nowNs));
        readers.allTouched(nowNs);
    }

    /** This subscription has freed a feed that was full, or the shared feed has gone on past it. */
    public void onRoom(long id, Now now) {
        Open one = open.get(id);
        TopicReader its = one == null ? null : readers.of(one.reader);
        grantAgain(shared);
        if (its != null) {
            grantAgain(its);
        }
        onAsked(now);
    }

    /** The same of any of them. */
    void onRoom(Now now) {
        grantAgain(shared);
        readers.all().forEach(TopicConsumer::grantAgain);
        onAsked(now);
    }

    private void onAsked(Now now) {
        if (shared.feed().takeAsked()) {
            open.values().stream().filter(one -> one.subscription.isAhead()).forEach(one -> askProducers(one, now));
            Vector from = up ? laggards.needed(open.values()) : null;
            if (from != null) {
                long number = readers.number();
                laggards.begins(
                        number,
                        beginAt(from, number, settings.forLaggards(), now),
                        from,
                        now.ns() + settings.heartbeatNs());
            }
            laggards.place(open.values(), now.ns());
            placeLaggards(now.ns());
            moveOn(now);
            outbox.add(arrived); // for those that were answered
        }
    }

    /** What a subscription that has ended held of a feed that others read is free. */
    public void onRoom() {
        grantAgain(shared);
        TopicReader second = readers.of(laggards.number());
        if (second != null) {
            grantAgain(second);
        }
    }

    /**
     * Its source reflects what its feed has not heard of: a reader of its own asks the producers for what comes behind that (rule S4). While
     * one of them is away nobody can be asked, and it is believed.
     */
    private void askProducers(Open one, Now now) {
        Vector at = up ? laggards.reached(one.subscription) : null;
        if (at == null) {
            one.subscription.goOn(Onward.TOLD);
            return;
        }
        leaves(one);
        one.reader = readers.number();
        TopicReader own = beginAt(at, one.reader, settings.forCatchUp(), now);
        readers.owned(one.reader, one);
        one.subscription.mayJoin(false); // before it has what this reader waits for
        one.subscription.goOn(new Onward.In(
                own.feed(),
                own.feed().attach(own.feed().head() + 1, now.ns()),
                at.askedBeyond(shared.feed().tails())));
        awaits(one);
    }

    private TopicReader beginAt(Vector from, long number, TopicSettings own, Now now) {
        CursorToken there = new CursorToken(topic, topic, now.ms(), Laggards.positions(from));
        TopicReader reader = catchUp(number, own, Start.BEGINNING, there);
        reader.beginAgain(members, history, now);
        readers.touched(reader, now.ns());
        return reader;
    }

    private void placeLaggards(long nowNs) {
        boolean asked = laggards.isAsked();
        for (Open one : laggards.decide(nowNs)) {
            if (one.reader != laggards.number()) {
                readers.close(one.reader); // of its own, which it has left
            }
            one.reader = laggards.number();
            awaits(one);
        }
        if (asked && !laggards.isAsked()) {
            outbox.add(arrived); // for those that were answered
        }
        readers.close(laggards.closes());
    }

    private static void grantAgain(TopicReader reader) {
        if (reader.feed().wantsRoom() && reader.feed().grantBytes() > 0) {
            reader.grantAgain();
        }
    }

    /** A feed that is behind waits for its subscriptions for a while (rule S6). */
    private void lookAtHold(long nowNs) {
        if (shared.feed().lookAtHold(nowNs)) {
            grantAgain(shared);
        }
    }

    /** Does what is due; early it does no harm. */
    public void onTime(Now now) {
        if (settings.backpressure()) { // a catch-up feed alone slows nobody else
            shared.feed().findStalled(now.ns());
            readers.all().forEach(reader -> reader.feed().findStalled(now.ns()));
        }
        laggards.findStalled(now.ns());
        shared.feed().dropOld(now.ns());
        shared.onTime(now);
        readers.all().forEach(reader -> reader.onTime(now));
        readers.allTouched(now.ns());
        shared.feed().lookAtHold(now.ns());
        onRoom(now);
        placeLaggards(now.ns());
        moveOn(now);
    }

    /** When {@link #onTime} is due next, or {@code Long.MAX_VALUE} if nothing is. */
    public long deadlineNs(long nowNs) {
        long wait = until(shared.deadlineNs(nowNs), nowNs, Long.MAX_VALUE);
        wait = until(readers.dueNs(nowNs), nowNs, wait);
        wait = until(shared.feed().oldDueNs(nowNs), nowNs, wait);
        wait = until(shared.feed().holdDueNs(), nowNs, wait);
        wait = until(laggards.dueNs(), nowNs, wait);
        wait = until(readyDueNs, nowNs, wait);
        return wait == Long.MAX_VALUE ? wait : nowNs + Math.max(0, wait);
    }

    private static long until(long deadlineNs, long nowNs, long wait) {
        return deadlineNs == Long.MAX_VALUE ? wait : Math.min(wait, deadlineNs - nowNs);
    }

    // ------------------------------------------------------------------ being ready

    private void moveOn(Now now) {
        if (up && !unsettled.isEmpty()) {
            unsettled.values().removeIf(waiting -> moveOn(waiting, now));
            unsettled = unsettled.isEmpty() ? Map.of() : unsettled;
        }
        readyDueNs = Long.MAX_VALUE;
        for (Open waiting : unsettled.values()) {
            if (up && waiting.isWaiting()) {
                readyDueNs = waiting.readyUntilNs();
                break; // they are in the order in which they were opened, and all have the same time
            }
        }
    }

    private void awaits(Open one) {
        unsettled = unsettled.isEmpty() ? new LinkedHashMap<>() : unsettled;
        unsettled.put(one.id, one);
    }

    private void settled(long id) {
        unsettled.remove(id);
        unsettled = unsettled.isEmpty() ? Map.of() : unsettled;
    }

    /** Tells it that it is ready, and whether it may join. Returns true if nothing more is to be done for it. */
    private boolean moveOn(Open waiting, Now now) {
        TopicReader own = readers.of(waiting.reader);
        if (own != null && !own.hasBegun()) {
            waiting.begin(own, members, history, now);
            readers.touched(own, now.ns());
        }
        Set<String> late = waiting.becomeReady(shared, own, history, now.ns());
        if (late != null) {
            outbox.add(new Effect.Ready(topic, waiting.id, late));
        }
        if (own != null) {
            boolean mayJoin = !waiting.isWaiting() && own.isSettled() && !own.isAheadOf(shared);
            if (mayJoin) {
                shared.joinedFromThePast(now.ns());
            }
            waiting.subscription.mayJoin(mayJoin);
        }
        return waiting.isReady() && own == null;
    }
}
