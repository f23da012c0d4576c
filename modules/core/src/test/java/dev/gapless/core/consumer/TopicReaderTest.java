package dev.gapless.core.consumer;

import static dev.gapless.core.Given.EPOCH;
import static dev.gapless.core.Given.LOG;
import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Limits;
import dev.gapless.core.Lineage;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Eras;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.GoneAck;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToProducer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TopicReaderTest implements Outbox.Carrier {
    private static final long OWN = 20;
    private static final long PRODUCER = 1;
    private static final LogIdentity NEXT_LOG = LogIdentity.fresh(new Epoch(8), 0);

    private final List<ToProducer> sent = new ArrayList<>();
    private Feed feed = new Feed(Given.ring(64));
    private final List<String> missed = new ArrayList<>();
    private final Set<Set<String>> unresolvedWhenMissed = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Eras eras = new Eras();
    private final Asking asking = new Asking(() -> ++this.sessions, new SplittableRandom(1));
    private TopicReader consumer = consumer(Start.LATEST, null);
    private long sessions;
    private long nowNs;
    private HistoryView history = Given.history();

    private TopicReader consumer(Start start, CursorToken token) {
        return consumer(start, token, Given.ring(64));
    }

    private TopicReader consumer(Start start, CursorToken token, TopicSettings settings) {
        ReaderContext reader = new ReaderContext(TOPIC, 0, OWN, settings, eras, asking, Given.outbox(this));
        return new TopicReader(reader, feed, start, token);
    }

    @Override
    public void send(long toUid, Packet packet) {
        sent.add(assertInstanceOf(ToProducer.class, packet));
    }

    @Override
    public void carryOut(Effect effect) {
        missed.add(assertInstanceOf(Effect.Missed.class, effect).node());
        unresolvedWhenMissed.add(feed.known().mustBeListed());
    }

    private Now now() {
        return new Now(0, nowNs);
    }

    private static MemberEvent present(long uid) {
        return new MemberEvent.Present(uid, "host:" + uid);
    }

    private static MemberEvent named(long uid) {
        return new MemberEvent.Named(uid, "p");
    }

    private void begin(MemberEvent... members) {
        consumer.begin(List.of(members), history, Set.of(), now());
    }

    /** The producer has answered that it goes on with this sequence. */
    private void live(long next) {
        begin(present(PRODUCER), named(PRODUCER));
        registered(LOG, next, next - 1);
    }

    private Register lastRegister() {
        for (int i = sent.size() - 1; i >= 0; i--) {
            if (sent.get(i) instanceof Register register) {
                return register;
            }
        }
        throw new AssertionError("nothing is asked for: " + sent);
    }

    private Session session() {
        return lastRegister().session();
    }

    private void registered(LogIdentity log, long next, long head) {
        consumer.onMessage(new Registered(TOPIC, 0, session(), log, next, 1, head, 0), now());
    }

    private void expired(Reason reason, LogIdentity log, long resumeAt, boolean answers) {
        consumer.onMessage(new CursorExpired(TOPIC, 0, session(), reason, log, resumeAt, resumeAt - 1, answers), now());
    }

    private void batch(Session session, long first, long last) {
        consumer.onMessage(new Batch(TOPIC, 0, session, first, last, true, slices(first, last)), now());
    }

    private void heartbeat(Session session, long sequence) {
        consumer.onMessage(new Heartbeat(TOPIC, 0, session, PRODUCER, sequence, sequence), now());
    }

    private void after(long delayNs) {
        nowNs += delayNs;
        consumer.onTime(now());
    }

    private FeedEntry last() {
        return feed.get(feed.head());
    }

    private Reason lastReason() {
        return assertInstanceOf(FeedEntry.Expired.class, last()).reason();
    }

    private Position position() {
        return consumer.registrations().get(0).position();
    }

    private boolean asksAgain() {
        return "REGISTERING".equals(consumer.registrations().get(0).phase());
    }

    // ------------------------------------------------------------------ C1, C2

    @Test
    @DisplayName("ruleC1: while registering nothing but an answer to the Register is believed")
    void believesNothingBeforeTheAnswer() {
        begin(present(PRODUCER), named(PRODUCER));
        batch(session(), 1, 2);
        heartbeat(session(), 2);
        expired(Reason.OVERRUN, LOG, 3, false);
        assertEquals(0, feed.head());
        assertNull(position());
    }

    @Test
    @DisplayName("ruleC1: with a position, too, a batch before the answer is not believed: it may be of a new epoch")
    void believesNoBatchBeforeTheAnswer() {
        live(1);
        batch(session(), 1, 2);
        consumer.onSilent(PRODUCER, nowNs);
        batch(session(), 3, 3);
        assertEquals(new Position(EPOCH, 2), position());
    }

    @Test
    @DisplayName("ruleC1, carriedIntoNextLife: what carries another session is ignored")
    void ignoresOtherSessions() {
        live(1);
        long head = feed.head();
        batch(new Session(OWN, 99), 1, 2);
        batch(new Session(19, session().counter()), 1, 2);
        assertEquals(head, feed.head());
    }

    @Test
    @DisplayName(
            "ruleC1: a cursor that no session is left for is taken off once its producer asks; one that is asked for anew is not")
    void deregistersOldSessions() {
        live(1);
        Session old = new Session(OWN, 99);
        sent.clear();
        heartbeat(old, 3);
        assertEquals(List.of(), sent, "its own session keeps the place in the ring");
        consumer.close();
        sent.clear();
        heartbeat(old, 3);
        assertEquals(List.of(new Deregister(TOPIC, 0, old)), sent);
    }

    @Test
    @DisplayName("ruleC2: Latest is asked only until there is a position, and After goes on just behind it")
    void asksAfterOnceThereIsAPosition() {
        live(5);
        batch(session(), 5, 6);
        consumer.onSilent(PRODUCER, nowNs);
        assertEquals(new Start.After(new Position(EPOCH, 6)), lastRegister().start());
        Session asked = session();
        registered(LOG, 9, 8);
        assertNotEquals(asked, session(), "that answer is for somebody else");
        registered(LOG, 7, 8);
        assertFalse(asksAgain());
        assertEquals(new Position(EPOCH, 6), position());
    }

    @Test
    @DisplayName("ruleP8: with a lineage it goes on into the new epoch without a break")
    void goesOnIntoTheNewEpoch() {
        live(5);
        batch(session(), 5, 6);
        long head = feed.head();
        consumer.onSilent(PRODUCER, nowNs);
        LogIdentity recovered = new LogIdentity(new Epoch(9), 0, 7, new Lineage(EPOCH, 6));
        registered(recovered, 7, 6);
        assertEquals(head, feed.head());
        assertEquals(new Position(new Epoch(9), 6), position());
    }

    // ------------------------------------------------------------------ C3

    @Test
    @DisplayName("ruleC3: an expiry stands in the feed, and becomes the position")
    void expiryStandsInTheFeed() {
        live(1);
        batch(session(), 1, 2);
        expired(Reason.OVERRUN, LOG, 9, false);
        assertEquals(Reason.OVERRUN, lastReason());
        assertEquals(new Position(EPOCH, 8), position());
        assertEquals(8, assertInstanceOf(Ack.class, sent.get(sent.size() - 1)).sequence());
    }

    @Test
    @DisplayName("ruleC3: none if it is the position already")
    void noExpiryWithoutABreak() {
        live(1);
        batch(session(), 1, 2);
        long head = feed.head();
        expired(Reason.OVERRUN, LOG, 3, false);
        assertEquals(head, feed.head());
    }

    @Test
    @DisplayName("ruleC3: an expiry may lead back")
    void expiryMayLeadBack() {
        Map<String, Position> positions = new HashMap<>();
        positions.put("p", new Position(EPOCH, 9));
        consumer = consumer(Start.BEGINNING, new CursorToken(TOPIC, "c", 0, positions));
        begin(present(PRODUCER), named(PRODUCER));
        expired(Reason.POSITION_UNKNOWN, LOG, 4, true);
        assertEquals(Reason.POSITION_UNKNOWN, lastReason());
        assertEquals(new Position(EPOCH, 3), position());
    }

    // ------------------------------------------------------------------ C4

    @Test
    @DisplayName("ruleC4: what comes in order is appended and acknowledged")
    void acknowledgesBatches() {
        live(1);
        batch(session(), 1, 3);
        assertEquals(3, assertInstanceOf(Ack.class, sent.get(sent.size() - 1)).sequence());
        assertEquals(3, last().after().sequence());
    }

    private Session liveWithADelay(TopicSettings settings) {
        feed = new Feed(settings);
        consumer = consumer(Start.LATEST, null, settings.with(draft -> draft.ackDelayNs = 5));
        live(1);
        Session session = session();
        sent.clear();
        return session;
    }

    private void batchThatDoesNotAsk(Session session, long first, long last) {
        consumer.onMessage(new Batch(TOPIC, 0, session, first, last, false, slices(first, last)), now());
    }

    private List<Long> acknowledged() {
        List<Long> sequences = sent.stream()
                .map(message -> assertInstanceOf(Ack.class, message).sequence())
                .toList();
        sent.clear();
        return sequences;
    }

    @Test
    @DisplayName("ruleP5: an Ack that nobody asks for is put off, and is one for all that comes until then")
    void putsOffAnAck() {
        Session session = liveWithADelay(Given.ring(64));
        batchThatDoesNotAsk(session, 1, 2);
        assertEquals(List.of(), acknowledged());
        assertEquals(nowNs + 5, consumer.deadlineNs(nowNs));
        after(3);
        batchThatDoesNotAsk(session, 3, 4);
        assertEquals(List.of(), acknowledged());
        after(2);
        assertEquals(List.of(4L), acknowledged());
        assertEquals(Long.MAX_VALUE, consumer.deadlineNs(nowNs));
        after(5);
        assertEquals(List.of(), acknowledged());
    }

    @Test
    @DisplayName("ruleP5: what is asked for is acknowledged at once, with what was put off")
    void acknowledgesAtOnceWhatIsAskedFor() {
        Session session = liveWithADelay(Given.ring(64));
        batchThatDoesNotAsk(session, 1, 2);
        batch(session, 3, 4);
        assertEquals(List.of(4L), acknowledged());
        after(5);
        assertEquals(List.of(), acknowledged());
    }

    @Test
    @DisplayName("ruleP5: who registers again owes no Ack any more")
    void aGapEndsWhatWasPutOff() {
        Session session = liveWithADelay(Given.ring(64));
        batchThatDoesNotAsk(session, 1, 2);
        batchThatDoesNotAsk(session, 4, 5);
        sent.clear();
        after(5);
        assertEquals(List.of(), acknowledged());
    }

    @Test
    @DisplayName("without ack-delay no Ack is put off")
    void withoutADelayNoAckIsPutOff() {
        live(1);
        Session session = session();
        sent.clear();
        batchThatDoesNotAsk(session, 1, 2);
        assertEquals(List.of(2L), acknowledged());
    }

    @Test
    @DisplayName("ruleP5, backpressure: that the feed is full is said at once")
    void aFullFeedPutsNothingOff() {
        Session session = liveWithADelay(Given.settings(4, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD));
        feed.attach(feed.head() + 1, nowNs);
        batchThatDoesNotAsk(session, 1, 4);
        assertEquals(0, assertInstanceOf(Ack.class, sent.get(0)).windowBytes());
    }

    @Test
    @DisplayName("ruleC4, shortCutLosesEverything: a batch that does not follow makes it register again")
    void registersAtAGap() {
        live(1);
        batch(session(), 1, 2);
        long head = feed.head();
        batch(session(), 4, 5);
        assertEquals(head, feed.head());
        assertEquals(new Start.After(new Position(EPOCH, 2)), lastRegister().start());
    }

    @Test
    @DisplayName("ruleC4: a batch that was there already makes it register again, and is not appended twice")
    void registersAtARepetition() {
        live(1);
        batch(session(), 1, 2);
        long head = feed.head();
        batch(session(), 2, 3);
        assertTrue(asksAgain());
        assertEquals(head, feed.head());
    }

    @Test
    @DisplayName("ruleC4, publishOnlyOutageNeverFlushed: a heartbeat shows what was lost, with nobody publishing")
    void heartbeatShowsALoss() {
        live(1);
        sent.clear();
        consumer.onMessage(new Heartbeat(TOPIC, 0, new Session(OWN, sessions), PRODUCER, 0, 0), now());
        assertInstanceOf(Ack.class, sent.get(0));
        assertFalse(asksAgain());
        heartbeat(new Session(OWN, sessions), 2);
        assertTrue(asksAgain());
    }

    /** So many gaps in a row, each right after the producer has answered. */
    private void gaps(int number) {
        for (int i = 0; i < number; i++) {
            long at = position().sequence();
            batch(session(), at + 2, at + 2);
            if (i < number - 1) {
                after(Math.max(0, consumer.deadlineNs(nowNs) - nowNs));
                registered(LOG, at + 1, at + 2);
            }
        }
    }

    @Test
    @DisplayName("ruleC4: what never comes is asked for again at once three times, then at intervals that double")
    void waitsForWhatNeverComes() {
        live(1);
        gaps(4);
        assertTrue(asksAgain());
        assertEquals(nowNs + SECOND / 5, consumer.deadlineNs(nowNs));
        after(SECOND / 5);
        registered(LOG, 1, 2);
        batch(session(), 2, 2);
        assertEquals(nowNs + 2 * SECOND / 5, consumer.deadlineNs(nowNs));
    }

    @Test
    @DisplayName("ruleC1, ruleC4: while a reader waits before it asks again, its cursor keeps its place in the ring")
    void keepsItsCursorWhileItWaits() {
        live(1);
        gaps(4);
        Session before = session();
        sent.clear();
        heartbeat(before, 2);
        assertEquals(List.of(), sent);
    }

    @Test
    @DisplayName("ruleC4: the gaps of one incarnation are not held against the next")
    void gapsEndWithTheIncarnation() {
        live(1);
        gaps(4);
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        consumer.onMembers(List.of(present(2), named(2)), history, now());
        registered(NEXT_LOG, 1, 0);
        Session asked = session();
        batch(asked, 3, 3);
        assertNotEquals(asked, session(), "asked anew at once");
    }

    // ------------------------------------------------------------------ C5

    @Test
    @DisplayName("ruleC5: without an answer it registers again, at intervals that double up to a bound")
    void backoffDoubles() {
        begin(present(PRODUCER), named(PRODUCER));
        long expectedNs = SECOND / 5;
        for (int i = 0; i < 8; i++) {
            assertEquals(nowNs + expectedNs, consumer.deadlineNs(nowNs));
            Session asked = session();
            after(expectedNs - 1);
            assertEquals(asked, session());
            after(1);
            assertNotEquals(asked, session());
            expectedNs = Math.min(expectedNs * 2, 10 * SECOND);
        }
        registered(LOG, 1, 0);
        consumer.onSilent(PRODUCER, nowNs);
        assertEquals(nowNs + SECOND / 5, consumer.deadlineNs(nowNs), "an answer that is accepted ends it");
    }

    @Test
    @DisplayName("ruleC5: a member that takes long to answer is not asked again before it can have answered")
    void waitsAsLongAsAnswersTake() {
        begin(present(PRODUCER), named(PRODUCER));
        Session first = session();
        after(SECOND / 5);
        after(2 * SECOND / 5);
        assertNotEquals(first, session(), "nothing is known of it yet");
        nowNs += SECOND / 5;
        consumer.onMessage(new Registered(TOPIC, 0, first, LOG, 1, 1, 0, 0), now());

        consumer.onSilent(PRODUCER, nowNs);
        assertEquals(nowNs + 2 * 4 * SECOND / 5, consumer.deadlineNs(nowNs), "the first attempt took 0.8 s");
        after(SECOND / 5);
        registered(LOG, 1, 0);
        nowNs += 10 * SECOND + 1;
        consumer.onSilent(PRODUCER, nowNs);
        assertEquals(nowNs + SECOND / 5, consumer.deadlineNs(nowNs), "that was long ago");
    }

    @Test
    @DisplayName("ruleC5: whoever asked before others found out how long it takes waits as long as they")
    void waitsAsLongAsAnswersHaveBeenFoundToTake() {
        begin(present(PRODUCER), named(PRODUCER));
        TopicReader early = consumer;
        Session firstOfEarly = session();
        consumer = consumer(Start.LATEST, null);
        begin(present(PRODUCER), named(PRODUCER));
        Session firstOfLate = session();
        assertNotEquals(firstOfEarly, firstOfLate);

        nowNs += SECOND / 8;
        early.onMessage(new Registered(TOPIC, 0, firstOfEarly, LOG, 1, 1, 0, 0), now());
        nowNs += SECOND / 5 - SECOND / 8;
        consumer.onTime(now());
        assertEquals(firstOfLate, session(), "an answer takes an eighth of a second: twice that is not over");
        after(SECOND / 4 - SECOND / 5 - 1);
        assertEquals(firstOfLate, session());
        after(1);
        assertNotEquals(firstOfLate, session());
    }

    @Test
    @DisplayName("rowO1, ruleC5: a member is asked for as long as it is one, at intervals with jitter, between bounds")
    void registersForAsLongAsItIsAMember() {
        TopicSettings jittery = Given.ring(64).with(draft -> draft.registerJitter = 0.2);
        consumer = consumer(Start.LATEST, null, jittery);
        begin(present(PRODUCER), named(PRODUCER));
        long maxNs = jittery.registerBackoff().maxNs();
        Set<Long> waits = new HashSet<>();
        for (int i = 0; i < 10_000; i++) { // more than a day
            long waitNs = consumer.deadlineNs(nowNs) - nowNs;
            long meantNs = jittery.registerBackoff().waitNs(i);
            assertTrue(Math.abs(waitNs - meantNs) <= meantNs / 5 + 1, "wait " + i + " is " + waitNs);
            assertTrue(waitNs <= maxNs + maxNs / 5 + 1);
            waits.add(waitNs);
            Session asked = session();
            after(waitNs);
            assertNotEquals(asked, session());
            sent.subList(0, sent.size() - 1).clear();
        }
        assertTrue(waits.size() > 9_000, "they differ");
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        sent.clear();
        after(maxNs * 2);
        assertEquals(List.of(), sent);
    }

    @Test
    @DisplayName("rowO2: attempts that are not answered, and registrations that end within 5 s, are failures in a row")
    void countsFailedRegistrations() {
        begin(present(PRODUCER), named(PRODUCER));
        assertEquals(0, failures());
        for (int i = 1; i <= 4; i++) {
            after(consumer.deadlineNs(nowNs) - nowNs);
            assertEquals(i, failures());
        }
        registered(LOG, 1, 0);
        assertEquals(4, failures(), "it was answered just now");
        nowNs += SECOND;
        consumer.onSilent(PRODUCER, nowNs);
        assertEquals(5, failures(), "it ended within 5 s");
        registered(LOG, 1, 0);
        nowNs += 5 * SECOND;
        assertEquals(0, failures(), "it lasts");
        consumer.onSilent(PRODUCER, nowNs);
        assertEquals(0, failures());
        assertEquals(5, consumer.registrationFailures());
    }

    private int failures() {
        return consumer.registrations().get(0).failures(nowNs);
    }

    @Test
    @DisplayName("ruleC5: silence makes it register again")
    void registersWhenTheProducerIsSilent() {
        live(1);
        consumer.onSilent(PRODUCER, nowNs);
        assertTrue(asksAgain());
    }

    @Test
    @DisplayName("ruleC5: an answer of before the silence is not believed: the producer may have forgotten it since")
    void answerOfBeforeTheSilence() {
        begin(present(PRODUCER), named(PRODUCER));
        Session before = session();
        consumer.onSilent(PRODUCER, nowNs);
        assertTrue(asksAgain());
        consumer.onMessage(new Registered(TOPIC, 0, before, LOG, 1, 1, 0, 0), now());
        assertTrue(feed.known().mustBeListed().contains("p"));
    }

    /** Sessions of so many attempts of which none was answered in time. */
    private List<Session> unanswered(int attempts) {
        List<Session> asked = new ArrayList<>(List.of(session()));
        while (asked.size() < attempts) {
            after(consumer.deadlineNs(nowNs) - nowNs);
            asked.add(session());
        }
        return asked;
    }

    private void registered(Session attempt, long next, long head) {
        consumer.onMessage(new Registered(TOPIC, 0, attempt, LOG, next, 1, head, 0), now());
    }

    private Session lastAcknowledged() {
        return assertInstanceOf(Ack.class, sent.get(sent.size() - 1)).session();
    }

    @Test
    @DisplayName(
            "ruleC1, ruleC5: an answer that takes longer than the longest backoff is taken, and so are those to later attempts")
    void takesAnswersThatAlwaysTakeLonger() {
        begin(present(PRODUCER), named(PRODUCER));
        List<Session> asked = unanswered(4);
        registered(asked.get(0), 5, 4);
        assertFalse(asksAgain());
        assertTrue(consumer.isSettled(), "its messages come: nothing is left to wait for");
        batch(asked.get(0), 5, 6);
        assertEquals(new Position(EPOCH, 6), position());
        registered(asked.get(2), 7, 6);
        assertEquals(asked.get(2), lastAcknowledged(), "the producer's cursor is that one now");
        batch(asked.get(2), 7, 7);
        assertEquals(new Position(EPOCH, 7), position());
        long head = feed.head();
        registered(asked.get(1), 7, 6);
        batch(asked.get(0), 8, 8);
        assertEquals(head, feed.head(), "earlier ones are over");
        assertEquals(asked.get(3), session(), "and nothing was asked anew");
    }

    @Test
    @DisplayName(
            "ruleC5: if the answer to the last attempt does not come either, it is asked anew, without a heartbeat")
    void asksAnewWhereTheLastAnswerIsLost() {
        begin(present(PRODUCER), named(PRODUCER));
        List<Session> asked = unanswered(3);
        registered(asked.get(0), 5, 4);
        batch(asked.get(0), 5, 6);
        long waitNs = consumer.deadlineNs(nowNs) - nowNs;
        assertTrue(waitNs > 10 * SECOND, "an answer may take as long as the longest backoff");
        after(waitNs - 1);
        assertFalse(asksAgain());
        after(1);
        assertEquals(new Start.After(new Position(EPOCH, 6)), lastRegister().start());
        registered(LOG, 7, 9);
        assertEquals(Long.MAX_VALUE, consumer.deadlineNs(nowNs), "that was the last one");
    }

    @Test
    @DisplayName("ruleC1, G1: an answer to a later attempt that does not go on at the position is not taken")
    void asksAnewWhereALaterAnswerDoesNotGoOn() {
        begin(present(PRODUCER), named(PRODUCER));
        List<Session> asked = unanswered(2);
        registered(asked.get(0), 5, 4);
        registered(asked.get(1), 7, 6);
        assertEquals(new Start.After(new Position(EPOCH, 4)), lastRegister().start(), "5 and 6 were lost");
        batch(asked.get(1), 5, 6);
        assertEquals(new Position(EPOCH, 4), position(), "nothing counts but the answer to that");
        registered(LOG, 5, 6);
        assertFalse(asksAgain());
    }

    @Test
    @DisplayName("ruleC3: to be overrun is taken of a later attempt only where it leads to the position")
    void asksAnewWhereALaterAttemptIsOverrun() {
        live(5);
        consumer.onSilent(PRODUCER, nowNs);
        List<Session> asked = unanswered(3);
        registered(asked.get(0), 5, 9);
        long head = feed.head();
        consumer.onMessage(new CursorExpired(TOPIC, 0, asked.get(1), Reason.OVERRUN, LOG, 5, 9, true), now());
        assertEquals(asked.get(1), lastAcknowledged());
        consumer.onMessage(new CursorExpired(TOPIC, 0, asked.get(2), Reason.OVERRUN, LOG, 8, 9, true), now());
        assertTrue(asksAgain());
        assertEquals(head, feed.head());
    }

    @Test
    @DisplayName("ruleC1: a later attempt whose answer was lost shows by its heartbeat, and is asked anew")
    void asksAnewWhereALaterAnswerWasLost() {
        begin(present(PRODUCER), named(PRODUCER));
        List<Session> asked = unanswered(2);
        registered(asked.get(0), 1, 0);
        sent.clear();
        heartbeat(asked.get(1), 0);
        assertInstanceOf(Register.class, sent.get(0));
        assertTrue(asksAgain());
    }

    @Test
    @DisplayName(
            "ruleC5: an answer of before a silence is not believed, whichever attempt it answers, also once another was answered")
    void noAnswerOfBeforeTheSilence() {
        begin(present(PRODUCER), named(PRODUCER));
        List<Session> asked = unanswered(3);
        registered(asked.get(0), 1, 0);
        consumer.onSilent(PRODUCER, nowNs);
        registered(asked.get(1), 1, 0);
        registered(asked.get(2), 1, 0);
        assertTrue(asksAgain());
    }

    @Test
    @DisplayName("ruleC5, G5: of many attempts the first and the latest are known, and no more than the bound")
    void attemptsAreBounded() {
        begin(present(PRODUCER), named(PRODUCER));
        List<Session> asked = unanswered(3 * Limits.MAX_ATTEMPTS);
        sent.clear();
        consumer.close();
        List<Session> known = new ArrayList<>(List.of(asked.get(0)));
        known.addAll(asked.subList(asked.size() - Limits.MAX_ATTEMPTS + 1, asked.size()));
        assertEquals(
                known.stream().map(session -> new Deregister(TOPIC, 0, session)).toList(), sent);
    }

    @Test
    @DisplayName("ruleC5: the backoff begins anew once the latest attempt was answered, not before")
    void backoffBeginsAnewBehindTheLatestAnswer() {
        begin(present(PRODUCER), named(PRODUCER));
        List<Session> asked = unanswered(3);
        registered(asked.get(0), 1, 0);
        consumer.onSilent(PRODUCER, nowNs);
        assertEquals(8 * SECOND / 5, consumer.deadlineNs(nowNs) - nowNs);
        registered(LOG, 1, 0);
        nowNs += 10 * SECOND + 1; // how long the first answer took is forgotten
        consumer.onSilent(PRODUCER, nowNs);
        assertEquals(SECOND / 5, consumer.deadlineNs(nowNs) - nowNs);
    }

    @Test
    @DisplayName(
            "ruleC6: a producer that left, and whose cursor a later attempt has moved, is told that everything came")
    void leftAndAskedAgain() {
        begin(present(PRODUCER), named(PRODUCER));
        List<Session> asked = unanswered(2);
        registered(asked.get(0), 1, 0);
        batch(asked.get(0), 1, 2);
        consumer.onMessage(new Gone(TOPIC, 0, asked.get(0), 2), now());
        long head = feed.head();
        registered(asked.get(1), 3, 2);
        assertEquals(new GoneAck(TOPIC, 0, asked.get(1), 2), sent.get(sent.size() - 1));
        assertEquals(head, feed.head());
    }

    // ------------------------------------------------------------------ C6, C7, C8

    @Test
    @DisplayName("ruleM2: who gives way to another one of its name, and published nothing, is no loss")
    void whoLeavesWithNothingIsNotLost() {
        begin(present(PRODUCER));
        consumer.setReady();
        consumer.onMembers(List.of(present(2)), history, now());
        consumer.onMembers(List.of(new MemberEvent.Removed(2, Map.of())), history, now());
        assertEquals(Set.of(PRODUCER), consumer.notYetLate());
        assertEquals(0, feed.head());
    }

    @Test
    @DisplayName("ruleC6: Gone at the position ends the stream in good order, once")
    void goneEndsTheStream() {
        live(1);
        batch(session(), 1, 2);
        consumer.onMessage(new Gone(TOPIC, 0, session(), 2), now());
        consumer.onMessage(new Gone(TOPIC, 0, session(), 2), now());
        assertInstanceOf(FeedEntry.Left.class, last());
        assertEquals(4, feed.head(), "Started, two messages, Left");
        assertEquals(new GoneAck(TOPIC, 0, session(), 2), sent.get(sent.size() - 1));
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        assertTrue(consumer.registrations().isEmpty());
        assertInstanceOf(FeedEntry.Left.class, last(), "it is not lost");
    }

    @Test
    @DisplayName("ruleC6: Gone with another head makes it register again")
    void goneWithAnotherHead() {
        live(1);
        batch(session(), 1, 2);
        consumer.onMessage(new Gone(TOPIC, 0, session(), 3), now());
        assertTrue(asksAgain());
    }

    @Test
    @DisplayName("ruleC7: a producer that was removed is lost when it has not returned in time")
    void lostProducer() {
        live(1);
        batch(session(), 1, 2);
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        after(15 * SECOND - 1);
        assertInstanceOf(FeedEntry.Messages.class, last());
        after(1);
        assertEquals(Reason.PRODUCER_LOST, lastReason());
        assertInstanceOf(End.class, last().after());
        assertTrue(consumer.registrations().isEmpty());
    }

    @Test
    @DisplayName("ruleC7, P5, sequenceReuseAfterCrash: one that returns in time is asked, and answers for itself")
    void returnedProducerAnswersForItself() {
        live(1);
        batch(session(), 1, 2);
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        consumer.onMembers(List.of(present(2)), history, now());
        consumer.onMembers(List.of(named(2)), history, now());
        assertEquals(new Start.After(new Position(EPOCH, 2)), lastRegister().start());
        assertEquals(2, lastRegister().toUid());
        expired(Reason.PRODUCER_RESTARTED, NEXT_LOG, 1, true);
        assertEquals(Reason.PRODUCER_RESTARTED, lastReason());
        assertEquals(new Position(NEXT_LOG.epoch(), 0), position());
        after(20 * SECOND);
        assertEquals(Reason.PRODUCER_RESTARTED, lastReason());
    }

    @Test
    @DisplayName("ruleC7: one that never answered is lost at once, if a subscription is ready")
    void silentProducerIsLostAtOnce() {
        begin(present(PRODUCER), named(PRODUCER));
        consumer.setReady();
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        assertEquals(Reason.PRODUCER_LOST, lastReason());
    }

    @Test
    @DisplayName("ruleC7: each life that never answered is one more loss")
    void eachSilentLifeIsALoss() {
        begin(present(PRODUCER), named(PRODUCER));
        consumer.setReady();
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        Placed first = last().after();
        consumer.onMembers(List.of(present(2)), history, now());
        consumer.onMembers(List.of(named(2)), history, now());
        consumer.onMembers(List.of(new MemberEvent.Removed(2)), history, now());
        assertEquals(Reason.PRODUCER_LOST, lastReason());
        assertTrue(last().after().isBeyond(first), "it lies beyond the first");
    }

    @Test
    @DisplayName("ruleC7, G1: a life that came and went unheard is lost with the one before it, and beyond its end")
    void unheardLifeBehindAPosition() {
        live(8);
        batch(session(), 8, 9);
        long position = assertInstanceOf(At.class, last().after()).era().number();
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        consumer.onMembers(List.of(present(2)), history, now());
        consumer.onMembers(List.of(named(2)), history, now());
        consumer.onMembers(List.of(new MemberEvent.Removed(2)), history, now());
        after(Given.ring(64).producerReturnNs());
        assertEquals(Reason.PRODUCER_LOST, lastReason());
        long end = assertInstanceOf(End.class, last().after()).number();
        assertTrue(end > position, "who was told the end of the first is told this one, too");
    }

    @Test
    @DisplayName(
            "ruleC7: where a name is an address, a life that never said it is one more life of that node, told once")
    void unnamedLifeBehindAPosition() {
        begin(present(PRODUCER), new MemberEvent.Named(PRODUCER, "host:1"));
        registered(LOG, 8, 7);
        consumer.setReady();
        consumer.onMembers(
                List.of(new MemberEvent.Removed(PRODUCER), new MemberEvent.Present(2, "host:1")), history, now());
        consumer.onMembers(List.of(new MemberEvent.Removed(2)), history, now());
        assertInstanceOf(FeedEntry.Started.class, last(), "it may come back");
        after(Given.ring(64).producerReturnNs());
        assertEquals(Reason.PRODUCER_LOST, lastReason());
        assertEquals(2, feed.head());
    }

    @Test
    @DisplayName(
            "ruleC7, S3: a life that came and went without an answer lies between its predecessor's end and its successor")
    void unheardLifeBeforeASuccessor() {
        live(8);
        batch(session(), 8, 9);
        long position = assertInstanceOf(At.class, last().after()).era().number();
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        consumer.onMembers(List.of(present(2), named(2)), history, now());
        consumer.onMembers(List.of(new MemberEvent.Removed(2)), history, now());
        consumer.onMembers(List.of(present(3), named(3)), history, now());
        expired(Reason.PRODUCER_RESTARTED, NEXT_LOG, 1, true);
        At next = assertInstanceOf(At.class, last().after());
        assertTrue(next.era().number() > position + 1, "who was told the first one's end sees that it is not the next");
    }

    @Test
    @DisplayName(
            "ruleF2, S6: a life that went without an answer lies before the next one, though that answered another reader first")
    void unheardLifeBeforeAnAnswerToAnother() {
        LogIdentity nothing = LogIdentity.fresh(Epoch.NONE, 0);
        begin(present(PRODUCER), named(PRODUCER));
        registered(nothing, 1, 0);
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        consumer.onMembers(List.of(present(2), named(2)), history, now());
        consumer.onMembers(List.of(new MemberEvent.Removed(2)), history, now());
        consumer.onMembers(List.of(present(3), named(3)), history, now());
        eras.ofUnpublished("p", nothing, 3); // a catch-up reader that never heard of the others
        registered(nothing, 1, 0);
        Placed lost = assertInstanceOf(FeedEntry.Expired.class, feed.get(feed.head() - 1))
                .after();
        assertTrue(last().after().isBeyond(lost), "who is where the stream goes on lacks nothing of what lies before");
    }

    @Test
    @DisplayName("ruleC7, ruleT1: who resumes while this node gets up is told of members that went before it was up")
    void wentBeforeThisNodeWasUp() {
        resume("q", new Position(EPOCH, 7), present(PRODUCER), new MemberEvent.Removed(PRODUCER), present(2));
        assertEquals(Reason.PRODUCER_LOST, lastReason());
        assertEquals("host:1", last().node());
        assertEquals(1, feed.head());
    }

    @Test
    @DisplayName("ruleC7: before anybody is ready, one that never answered is no loss")
    void noLossBeforeReady() {
        begin(present(PRODUCER), named(PRODUCER));
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        assertEquals(0, feed.head());
    }

    @Test
    @DisplayName("ruleC7, G1: who asked for the past builds on it before being ready")
    void lossBeforeReadyOfThePast() {
        consumer = consumer(new Start.Since(5), null);
        begin(present(PRODUCER), named(PRODUCER));
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        assertEquals(Reason.PRODUCER_LOST, lastReason());
    }

    @Test
    @DisplayName(
            "ruleC7, G1: who came after the reader began, and goes without an answer, is lost, although nobody is ready")
    void lossOfOneThatCameLater() {
        begin();
        consumer.onMembers(List.of(present(PRODUCER), new MemberEvent.Removed(PRODUCER)), history, now());
        assertEquals(Reason.PRODUCER_LOST, lastReason());
    }

    @Test
    @DisplayName("ruleC8: a new life of one that has ended is asked for its beginning")
    void newLifeIsAskedForItsBeginning() {
        live(1);
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        after(15 * SECOND);
        consumer.onMembers(List.of(present(2)), history, now());
        consumer.onMembers(List.of(named(2)), history, now());
        assertEquals(Start.BEGINNING, lastRegister().start());
        registered(NEXT_LOG, 1, 3);
        assertInstanceOf(FeedEntry.Started.class, last());
    }

    // ------------------------------------------------------------------ C9, C10

    @Test
    @DisplayName("ruleC9: who answers after ready() went on without it, and may have published since, is announced")
    void late() {
        begin(present(PRODUCER), named(PRODUCER));
        consumer.goOnWithout(Set.of(PRODUCER), now().ns());
        assertEquals(Set.of("p"), consumer.late());
        registered(LOG, 4, 3);
        assertEquals(Reason.POSITION_UNKNOWN, lastReason());
        assertEquals(Set.of(), consumer.late());
    }

    @Test
    @DisplayName("ruleC9: not if it says that it has published nothing since, by more than clocks drift")
    void lateAndQuiet() {
        for (long quietMs : List.of(1_142L, 1_143L)) {
            consumer = consumer(Start.LATEST, null);
            begin(present(PRODUCER), named(PRODUCER));
            consumer.goOnWithout(Set.of(PRODUCER), now().ns());
            after(SECOND);
            consumer.onMessage(new Registered(TOPIC, 0, session(), LOG, 4, 1, 3, quietMs), now());
            if (quietMs == 1_142) {
                assertEquals(Reason.POSITION_UNKNOWN, lastReason());
            } else {
                assertInstanceOf(FeedEntry.Started.class, last());
            }
        }
    }

    @Test
    @DisplayName("ruleC9: not if it had published nothing")
    void lateWithoutMessages() {
        begin(present(PRODUCER), named(PRODUCER));
        consumer.goOnWithout(Set.of(PRODUCER), now().ns());
        registered(LOG, 1, 0);
        assertInstanceOf(FeedEntry.Started.class, last());
    }

    @Test
    @DisplayName("ruleC9: asked for its earliest, it is late when its ring no longer holds everything")
    void lateEarliest() {
        consumer = consumer(Start.EARLIEST, null);
        begin(present(PRODUCER), named(PRODUCER));
        consumer.goOnWithout(Set.of(PRODUCER), now().ns());
        registered(LOG, 4, 9);
        assertEquals(Reason.POSITION_UNKNOWN, lastReason());
    }

    @Test
    @DisplayName("ruleC9: asked for the past, it is late when it skips anything: its clock may be behind")
    void lateSince() {
        consumer = consumer(new Start.Since(1_000), null);
        begin(present(PRODUCER), named(PRODUCER));
        consumer.goOnWithout(Set.of(PRODUCER), now().ns());
        registered(LOG, 4, 3);
        assertEquals(Reason.POSITION_UNKNOWN, lastReason());
    }

    @Test
    @DisplayName("ruleC9: asked for the oldest, it is not late when it sends all that it ever published")
    void lateAndNothingSkipped() {
        consumer = consumer(Start.EARLIEST, null);
        begin(present(PRODUCER), named(PRODUCER));
        consumer.goOnWithout(Set.of(PRODUCER), now().ns());
        registered(LOG, 1, 5);
        assertInstanceOf(FeedEntry.Started.class, last());
    }

    @Test
    @DisplayName("ruleC10, rowP4: those present are asked for the start, those that come later for their beginning")
    void asksLaterOnesForTheirBeginning() {
        begin(present(PRODUCER), named(PRODUCER));
        assertEquals(Start.LATEST, lastRegister().start());
        consumer.onMembers(List.of(present(2)), history, now());
        consumer.onMembers(List.of(new MemberEvent.Named(2, "q")), history, now());
        assertEquals(Start.BEGINNING, lastRegister().start());
    }

    // ------------------------------------------------------------------ T1

    private void resume(String node, Position position, MemberEvent... members) {
        Map<String, Position> positions = new HashMap<>();
        positions.put(node, position);
        consumer = consumer(Start.BEGINNING, new CursorToken(TOPIC, "c", 0, positions));
        begin(members);
    }

    @Test
    @DisplayName("ruleT1: listed: goes on behind its position")
    void resumesBehindThePosition() {
        resume("p", new Position(EPOCH, 7), present(PRODUCER), named(PRODUCER));
        assertEquals(new Start.After(new Position(EPOCH, 7)), lastRegister().start());
        registered(LOG, 8, 9);
        assertInstanceOf(FeedEntry.Started.class, last());
        assertTrue(consumer.isSettled());
    }

    @Test
    @DisplayName("ruleT1: not listed: from its beginning")
    void resumesUnlistedFromTheBeginning() {
        resume("q", new Position(EPOCH, 7), present(PRODUCER), named(PRODUCER));
        assertEquals(Start.BEGINNING, lastRegister().start());
    }

    @Test
    @DisplayName("ruleT1: unresolved: told that its position is unknown")
    void resumesUnresolved() {
        resume("p", null, present(PRODUCER), named(PRODUCER));
        assertEquals(Start.LATEST, lastRegister().start());
        registered(LOG, 4, 3);
        assertEquals(Reason.POSITION_UNKNOWN, lastReason());
    }

    @Test
    @DisplayName("ruleT1: unresolved under its address, before it had said its name")
    void resumesUnresolvedByAddress() {
        resume("host:1", null, present(PRODUCER), named(PRODUCER));
        registered(LOG, 4, 3);
        assertEquals(Reason.POSITION_UNKNOWN, lastReason());
        assertEquals(1, feed.head(), "and nobody is lost");
    }

    @Test
    @DisplayName("ruleT1: a node may have its address for a name")
    void resumesWhereNamesAreAddresses() {
        resume("host:1", new Position(EPOCH, 7), present(PRODUCER), new MemberEvent.Named(PRODUCER, "host:1"));
        assertEquals(new Start.After(new Position(EPOCH, 7)), lastRegister().start());
        assertEquals(0, feed.head(), "and nobody is lost");
    }

    @Test
    @DisplayName("ruleT1, ruleC7: listed and no member: waited for like one that was removed, then lost")
    void resumesWithoutTheProducer() {
        resume("p", new Position(EPOCH, 7));
        assertEquals(0, feed.head(), "this node may not have heard of it yet");
        assertFalse(consumer.isSettled());
        after(Given.ring(64).producerReturnNs());
        assertEquals(Reason.PRODUCER_LOST, lastReason());
        assertTrue(consumer.isSettled());
        assertEquals(Set.of(), feed.known().mustBeListed());
    }

    @Test
    @DisplayName("ruleT1, G2: a listed producer that this node hears of later goes on where the token says")
    void resumesBeforeItHearsOfTheProducer() {
        resume("p", new Position(EPOCH, 7));
        consumer.onMembers(List.of(present(PRODUCER)), history, now());
        consumer.onMembers(List.of(named(PRODUCER)), history, now());
        assertEquals(new Start.After(new Position(EPOCH, 7)), lastRegister().start());
        assertEquals(0, feed.head(), "and nobody is lost");
    }

    @Test
    @DisplayName("ruleT1: as long as a member has not said its name, it may be the one")
    void waitsForNames() {
        resume("p", new Position(EPOCH, 7), present(PRODUCER));
        assertEquals(0, feed.head());
        consumer.onMembers(List.of(named(PRODUCER)), history, now());
        assertEquals(new Start.After(new Position(EPOCH, 7)), lastRegister().start());
    }

    @Test
    @DisplayName(
            "ruleS5, G1: a reader does not join while a producer's end is open: the shared feed may not know of it")
    void isNotSettledWhileAnEndIsOpen() {
        resume("p", new Position(EPOCH, 7), present(PRODUCER), named(PRODUCER));
        registered(LOG, 8, 9);
        assertTrue(consumer.isSettled());
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        assertFalse(consumer.isSettled());
        consumer.onMembers(List.of(present(2)), history, now());
        consumer.onMembers(List.of(named(2)), history, now());
        assertFalse(consumer.isSettled(), "its successor has not answered");
        consumer.onMembers(List.of(new MemberEvent.Removed(2)), history, now());
        after(Given.ring(64).producerReturnNs());
        assertEquals(Reason.PRODUCER_LOST, lastReason());
        assertTrue(consumer.isSettled());
    }

    @Test
    @DisplayName("ruleT1, G2: a silent member that was given up, and is the one, goes on where the token says")
    void givenUpAndBack() {
        resume("p", new Position(EPOCH, 7), present(PRODUCER));
        after(Given.ring(64).producerReturnNs());
        assertEquals(Reason.PRODUCER_LOST, lastReason());
        assertTrue(consumer.isSettled(), "nothing more is to be expected of it here");
        assertEquals(Set.of("p", "host:1"), feed.known().mustBeListed());
        after(Given.ring(64).producerReturnNs());
        assertEquals(1, feed.head(), "told once");
        consumer.onMembers(List.of(named(PRODUCER)), history, now());
        assertEquals(new Start.After(new Position(EPOCH, 7)), lastRegister().start());
        assertFalse(consumer.isSettled(), "it may have more than the shared feed");
    }

    @Test
    @DisplayName(
            "ruleT1, G5: of a thousand nodes that a token names, and that nobody knows, each is told once and looked at once")
    void givesAThousandUpTogether() {
        Map<String, Position> positions = new HashMap<>();
        for (int i = 0; i < Limits.MAX_TOKEN_POSITIONS; i++) {
            positions.put("pod-" + i, i % 2 == 0 ? null : new Position(new Epoch(i), i));
        }
        consumer = consumer(Start.BEGINNING, new CursorToken(TOPIC, "c", 0, positions));
        begin();
        after(Given.ring(64).producerReturnNs());
        assertEquals(positions.keySet(), Set.copyOf(missed));
        assertEquals(positions.size(), missed.size());
        assertEquals(1, unresolvedWhenMissed.size(), "not gathered anew for each of them");
        assertEquals(Set.of(), feed.known().mustBeListed());
        assertEquals(Set.of(), consumer.known());
    }

    @Test
    @DisplayName("ruleT1: once no member is left that may be it, a token does not name one that was given up")
    void givenUpForGood() {
        resume("p", new Position(EPOCH, 7), present(PRODUCER));
        after(Given.ring(64).producerReturnNs());
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        assertEquals(Set.of(), feed.known().mustBeListed());
    }

    @Test
    @DisplayName("ruleT1, G1: a life that a token knows by its address only is lost before its successor is asked")
    void lifeBeforeTheOneThatIsListed() {
        Map<String, Position> positions = new HashMap<>();
        positions.put("p", new Position(EPOCH, 7));
        positions.put("host:1", null);
        consumer = consumer(Start.BEGINNING, new CursorToken(TOPIC, "c", 0, positions));
        begin(present(PRODUCER), present(2), named(PRODUCER));
        assertEquals(Reason.PRODUCER_LOST, lastReason());
        assertEquals("host:1", last().node());
        assertEquals(new Start.After(new Position(EPOCH, 7)), lastRegister().start());
        registered(LOG, 8, 9);
        assertInstanceOf(FeedEntry.Started.class, last());
    }

    @Test
    @DisplayName("ruleT1, C10: before this node is up, a token names what the one names that is resumed")
    void unresolvedBeforeItIsUp() {
        Map<String, Position> positions = new HashMap<>();
        positions.put("p", new Position(EPOCH, 7));
        positions.put("host:1", null);
        consumer = consumer(Start.BEGINNING, new CursorToken(TOPIC, "c", 0, positions));
        assertEquals(Set.of("host:1"), feed.known().mustBeListed(), "the other one has its position");
    }

    @Test
    @DisplayName("ruleT1: unresolved are all that have not answered, whether they were there or came later")
    void unresolved() {
        begin(present(PRODUCER), named(PRODUCER));
        consumer.onMembers(List.of(present(2)), history, now());
        assertEquals(Set.of("p", "host:2"), feed.known().mustBeListed());
        registered(LOG, 1, 0);
        assertEquals(Set.of("host:2"), feed.known().mustBeListed());
    }

    @Test
    @DisplayName(
            "ruleT2, G1: a life that went without an answer, and is waited for under its name, is not passed until it is told")
    void unheardOfAndWaitedFor() {
        live(1);
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        assertEquals(Set.of(), feed.known().mustBeListed(), "its position says all");
        consumer.onMembers(List.of(present(2), named(2)), history, now());
        assertEquals(Set.of("p"), feed.known().mustBeListed());
        history = Given.history(new Departure(2, "p", 100_000, null));
        consumer.onMembers(List.of(new MemberEvent.Removed(2)), history, now());
        assertEquals(Set.of(), feed.known().mustBeListed(), "the members remember it");
        assertEquals(Set.of(), feed.known().passed().before(Long.MAX_VALUE));
        after(Given.ring(64).producerReturnNs());
        assertEquals(Reason.PRODUCER_LOST, lastReason());
        assertEquals(Set.of(2L), feed.known().passed().before(Long.MAX_VALUE));
    }

    @Test
    @DisplayName(
            "ruleS5, G1: who is waited for is over for a token that lists neither its name nor an address of its lives")
    void openEnds() {
        live(1);
        assertEquals(Set.of(), consumer.openEndsWithout(Set.of()).keySet(), "it is there");
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        assertEquals(Set.of("p"), consumer.openEndsWithout(Set.of("host:3")).keySet());
        assertEquals(Set.of(), consumer.openEndsWithout(Set.of("p")).keySet());
        assertEquals(Set.of(), consumer.openEndsWithout(Set.of("host:1")).keySet());
        consumer.onMembers(List.of(present(2), named(2)), history, now());
        consumer.onMembers(List.of(new MemberEvent.Removed(2)), history, now());
        assertEquals(Set.of(), consumer.openEndsWithout(Set.of("host:1")).keySet());
        assertEquals(Set.of(), consumer.openEndsWithout(Set.of("host:2")).keySet());
        assertEquals(Set.of("p"), consumer.openEndsWithout(Set.of("host:3")).keySet());
    }

    @Test
    void countsTheRegistrationsThatItHadToMakeAgain() {
        begin(present(PRODUCER), named(PRODUCER));
        assertEquals(0, consumer.registeredAgain(), "the first one");
        after(SECOND);
        assertEquals(1, consumer.registeredAgain(), "without an answer");
        registered(LOG, 1, 0);
        batch(session(), 5, 5);
        assertEquals(2, consumer.registeredAgain(), "behind a gap");
        registered(LOG, 1, 5);
        consumer.onSilent(PRODUCER, nowNs);
        assertEquals(3, consumer.registeredAgain(), "in silence");
        registered(LOG, 1, 5);
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), history, now());
        consumer.onMembers(List.of(present(PRODUCER + 1), named(PRODUCER + 1)), history, now());
        assertEquals(PRODUCER + 1, lastRegister().toUid());
        assertEquals(3, consumer.registeredAgain(), "with another life");
    }
}
