package dev.gapless.core.consumer;

import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.Limits;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.ResponseTimes;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One reader, whose topic's streams are those of {@link #streams}. Incarnations 1 and up are of a node {@code p}, unless a test says otherwise. */
class TopicReaderTest implements Outbox.Carrier, ReaderContext.Heard {
    private boolean areFurther;
    /** Does another reader ask for succession? */
    private boolean askedElsewhere;

    private static final long OWN = 20;
    private static final long PRODUCER = 1;
    private static final Stream P = Stream.of(PRODUCER, TOPIC, "p");
    private static final Stream NEXT = Stream.of(2, TOPIC, "p");
    private static final LogIdentity LOG = LogIdentity.fresh(P.epoch(), 0);
    private static final LogIdentity NEXT_LOG = LogIdentity.fresh(NEXT.epoch(), 0);

    private final List<ToProducer> sent = new ArrayList<>();
    private final List<Position> restarted = new ArrayList<>();
    private final Map<Epoch, Long> left = new HashMap<>();
    private final List<String> missed = new ArrayList<>();
    private final Streams streams = new Streams(TOPIC, Given.ring(64));
    private Feed feed = new Feed(Given.ring(64));
    private final ResponseTimes asking = new ResponseTimes(() -> ++this.sessions, new SplittableRandom(1));
    private TopicReader reader = reader(Start.LATEST);
    private boolean begun;
    /** What members are asked for of which no place is known. */
    private Start unlisted = Start.LATEST;

    private long sessions;
    private long nowNs;

    private TopicReader reader(Start start) {
        return reader(start, Given.ring(64));
    }

    private TopicReader reader(Start start, TopicSettings settings) {
        begun = false;
        unlisted = start;
        ReaderContext context = new ReaderContext(TOPIC, 0, OWN, settings, asking, Given.outbox(this), this);
        return new TopicReader(context, streams, feed, start);
    }

    @Override
    public void send(long toUid, Packet packet) {
        sent.add(assertInstanceOf(ToProducer.class, packet));
    }

    @Override
    public void carryOut(Effect effect) {
        missed.add(assertInstanceOf(Effect.Missed.class, effect).node());
    }

    @Override
    public void restarted(long number, String node, Position successor, Now now) {
        restarted.add(successor);
        for (Stream before : streams.waitedFor(node)) {
            settle(before, End.restarted(successor, now.ms()));
        }
    }

    @Override
    public void onReregistration() {}

    @Override
    public boolean areFurther(long itsNumber, Epoch stream, long sequence) {
        return areFurther;
    }

    @Override
    public long sharedFrom(Epoch stream) {
        return -1;
    }

    @Override
    public boolean replaced(long number, String node, Now now) {
        if (askedElsewhere) {
            return false;
        }
        for (Stream before : streams.waitedFor(node)) {
            settle(before, End.lost(now.ms()));
        }
        return true;
    }

    @Override
    public void passed(Stream stream, long head, End end, Now when) {
        left.put(stream.epoch(), head);
    }

    @Override
    public void left(Epoch stream, long head) {
        left.put(stream, head);
        streams.left(stream, head);
    }

    private Now now() {
        return new Now(0, nowNs);
    }

    // ------------------------------------------------------------------ members

    private void present(long uid) {
        Stream stream = streams.appeared(uid, "host:" + uid);
        if (begun) {
            reader.appeared(stream);
        }
    }

    private void named(long uid, String name) {
        Stream stream = streams.named(uid, name, 0);
        if (begun && stream != null) {
            reader.onNamed(stream, nowNs);
        }
    }

    private void member(long uid) {
        present(uid);
        named(uid, "p");
    }

    private void removed(long uid) {
        removed(uid, null);
    }

    private void removed(long uid, @Nullable Map<Epoch, Long> published) {
        Stream stream = streams.removed(uid);
        assertTrue(stream != null, "a member");
        End end = streams.endOf(stream, published, reader.isMute(stream.epoch()), now());
        if (end == null) {
            streams.waitFor(stream, End.lost(now().ms()), now());
            reader.waitsFor(stream.epoch(), nowNs);
        } else {
            settle(stream, end);
        }
    }

    private void settle(Stream stream, End end) {
        reader.ended(stream, streams.settle(stream, end, now()), nowNs);
    }

    /** The member is present, and has said its name. */
    private void begin() {
        if (streams.member(P.epoch()) == null) {
            member(PRODUCER);
        }
        beginWithWhoIsThere();
    }

    private void beginAt(Place... places) {
        member(PRODUCER);
        begun = true;
        Map<Epoch, Place> from = new HashMap<>();
        Arrays.asList(places).forEach(place -> from.put(place.stream().epoch(), place));
        reader.begin(Frontier.of(from), unlisted, now());
    }

    private void beginWithWhoIsThere() {
        begun = true;
        reader.begin(Frontier.EMPTY, unlisted, now());
    }

    /** The producer has answered that it goes on with this sequence. */
    private void live(long next) {
        begin();
        registered(LOG, next, next - 1);
    }

    // ------------------------------------------------------------------ messages

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
        reader.onMessage(new Registered(TOPIC, 0, session(), log, next, 1, head, 0), now());
    }

    private void expired(Reason reason, LogIdentity log, long resumeAt, boolean answers) {
        reader.onMessage(
                new CursorExpired(TOPIC, 0, session(), reason, log, resumeAt, 1, resumeAt - 1, answers), now());
    }

    private void batch(Session session, long first, long last) {
        reader.onMessage(new Batch(TOPIC, 0, session, first, 1, last, true, slices(first, last)), now());
    }

    private void heartbeat(Session session, long sequence) {
        reader.onMessage(new Heartbeat(TOPIC, 0, session, PRODUCER, sequence, 1, sequence), now());
    }

    private void after(long delayNs) {
        nowNs += delayNs;
        reader.onTime(now());
    }

    private FeedEntry last() {
        return feed.get(feed.head());
    }

    private Reason lastReason() {
        return assertInstanceOf(FeedEntry.Expired.class, last()).reason();
    }

    private Position position() {
        return reader.registrations().get(0).position();
    }

    private boolean asksAgain() {
        return "REGISTERING".equals(reader.registrations().get(0).phase());
    }

    // ------------------------------------------------------------------ C1, C2

    @Test
    @DisplayName("ruleC1: while registering nothing but an answer to the Register is believed")
    void believesNothingBeforeTheAnswer() {
        begin();
        batch(session(), 1, 2);
        heartbeat(session(), 2);
        expired(Reason.OVERRUN, LOG, 3, false);
        assertEquals(0, feed.head());
        assertNull(position());
    }

    @Test
    @DisplayName("ruleC1: with a position, too, a batch before the answer is not believed")
    void believesNoBatchBeforeTheAnswer() {
        live(1);
        batch(session(), 1, 2);
        reader.onSilent(PRODUCER, nowNs);
        batch(session(), 3, 3);
        assertEquals(P.at(2), position());
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
        reader.close();
        sent.clear();
        heartbeat(old, 3);
        assertEquals(List.of(new Deregister(TOPIC, 0, old)), sent);
    }

    @Test
    @DisplayName("ruleC2: Latest is asked only until there is a position, and After goes on just behind it")
    void asksAfterOnceThereIsAPosition() {
        live(5);
        batch(session(), 5, 6);
        reader.onSilent(PRODUCER, nowNs);
        assertEquals(new Start.After(P.at(6)), lastRegister().start());
        Session asked = session();
        registered(LOG, 9, 8);
        assertNotEquals(asked, session(), "that answer is for somebody else");
        registered(LOG, 7, 8);
        assertFalse(asksAgain());
        assertEquals(P.at(6), position());
    }

    // ------------------------------------------------------------------ C3

    @Test
    @DisplayName("ruleC3: an expiry stands in the feed, and becomes the position")
    void expiryStandsInTheFeed() {
        live(1);
        batch(session(), 1, 2);
        expired(Reason.OVERRUN, LOG, 9, false);
        assertEquals(Reason.OVERRUN, lastReason());
        assertEquals(P.at(8), position());
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
        beginAt(Place.at(P, 9));
        expired(Reason.POSITION_UNKNOWN, LOG, 4, true);
        assertEquals(Reason.POSITION_UNKNOWN, lastReason());
        assertEquals(P.at(3), position());
    }

    // ------------------------------------------------------------------ C4

    @Test
    @DisplayName("ruleC4: what comes in order is appended and acknowledged")
    void acknowledgesBatches() {
        live(1);
        batch(session(), 1, 3);
        assertEquals(3, assertInstanceOf(Ack.class, sent.get(sent.size() - 1)).sequence());
        assertEquals(3, ((FeedEntry.Messages) last()).lastSequence());
    }

    private Session liveWithADelay(TopicSettings settings) {
        feed = new Feed(settings);
        reader = reader(Start.LATEST, settings.with(draft -> draft.ackDelayNs = 5));
        live(1);
        Session session = session();
        sent.clear();
        return session;
    }

    private void batchThatDoesNotAsk(Session session, long first, long last) {
        reader.onMessage(new Batch(TOPIC, 0, session, first, 1, last, false, slices(first, last)), now());
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
        assertEquals(nowNs + 5, reader.deadlineNs(nowNs));
        after(3);
        batchThatDoesNotAsk(session, 3, 4);
        assertEquals(List.of(), acknowledged());
        after(2);
        assertEquals(List.of(4L), acknowledged());
        assertEquals(Long.MAX_VALUE, reader.deadlineNs(nowNs));
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
        assertEquals(new Start.After(P.at(2)), lastRegister().start());
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
        reader.onMessage(new Heartbeat(TOPIC, 0, new Session(OWN, sessions), PRODUCER, 0, 1, 0), now());
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
                after(Math.max(0, reader.deadlineNs(nowNs) - nowNs));
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
        assertEquals(nowNs + SECOND / 5, reader.deadlineNs(nowNs));
        after(SECOND / 5);
        registered(LOG, 1, 2);
        batch(session(), 2, 2);
        assertEquals(nowNs + 2 * SECOND / 5, reader.deadlineNs(nowNs));
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

    // ------------------------------------------------------------------ C5

    @Test
    @DisplayName("ruleC5: without an answer it registers again, at intervals that double up to a bound")
    void backoffDoubles() {
        begin();
        long expectedNs = SECOND / 5;
        for (int i = 0; i < 8; i++) {
            assertEquals(nowNs + expectedNs, reader.deadlineNs(nowNs));
            Session asked = session();
            after(expectedNs - 1);
            assertEquals(asked, session());
            after(1);
            assertNotEquals(asked, session());
            expectedNs = Math.min(expectedNs * 2, 10 * SECOND);
        }
        registered(LOG, 1, 0);
        reader.onSilent(PRODUCER, nowNs);
        assertEquals(nowNs + SECOND / 5, reader.deadlineNs(nowNs), "an answer that is accepted ends it");
    }

    @Test
    @DisplayName("ruleC5: a member that takes long to answer is not asked again before it can have answered")
    void waitsAsLongAsAnswersTake() {
        begin();
        Session first = session();
        after(SECOND / 5);
        after(2 * SECOND / 5);
        assertNotEquals(first, session(), "nothing is known of it yet");
        nowNs += SECOND / 5;
        reader.onMessage(new Registered(TOPIC, 0, first, LOG, 1, 1, 0, 0), now());

        reader.onSilent(PRODUCER, nowNs);
        assertEquals(nowNs + 2 * 4 * SECOND / 5, reader.deadlineNs(nowNs), "the first attempt took 0.8 s");
        after(SECOND / 5);
        registered(LOG, 1, 0);
        nowNs += 10 * SECOND + 1;
        reader.onSilent(PRODUCER, nowNs);
        assertEquals(nowNs + SECOND / 5, reader.deadlineNs(nowNs), "that was long ago");
    }

    @Test
    @DisplayName("ruleC5: whoever asked before others found out how long it takes waits as long as they")
    void waitsAsLongAsAnswersHaveBeenFoundToTake() {
        begin();
        TopicReader early = reader;
        Session firstOfEarly = session();
        reader = reader(Start.LATEST);
        begin();
        Session firstOfLate = session();
        assertNotEquals(firstOfEarly, firstOfLate);

        nowNs += SECOND / 8;
        early.onMessage(new Registered(TOPIC, 0, firstOfEarly, LOG, 1, 1, 0, 0), now());
        nowNs += SECOND / 5 - SECOND / 8;
        reader.onTime(now());
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
        reader = reader(Start.LATEST, jittery);
        begin();
        long maxNs = jittery.registerBackoff().maxNs();
        Set<Long> waits = new HashSet<>();
        for (int i = 0; i < 10_000; i++) { // more than a day
            long waitNs = reader.deadlineNs(nowNs) - nowNs;
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
        removed(PRODUCER);
        sent.clear();
        after(maxNs * 2);
        assertEquals(List.of(), sent);
    }

    @Test
    @DisplayName("rowO2: attempts that are not answered, and registrations that end within 5 s, are failures in a row")
    void countsFailedRegistrations() {
        begin();
        assertEquals(0, failures());
        for (int i = 1; i <= 4; i++) {
            after(reader.deadlineNs(nowNs) - nowNs);
            assertEquals(i, failures());
        }
        registered(LOG, 1, 0);
        assertEquals(4, failures(), "it was answered just now");
        nowNs += SECOND;
        reader.onSilent(PRODUCER, nowNs);
        assertEquals(5, failures(), "it ended within 5 s");
        registered(LOG, 1, 0);
        nowNs += 5 * SECOND;
        assertEquals(0, failures(), "it lasts");
        reader.onSilent(PRODUCER, nowNs);
        assertEquals(0, failures());
        assertEquals(5, reader.registrationFailures());
    }

    private int failures() {
        return reader.registrations().get(0).failures(nowNs);
    }

    @Test
    @DisplayName("ruleC5: silence makes it register again")
    void registersWhenTheProducerIsSilent() {
        live(1);
        reader.onSilent(PRODUCER, nowNs);
        assertTrue(asksAgain());
    }

    @Test
    @DisplayName("ruleC5: an answer of before the silence is not believed: the producer may have forgotten it since")
    void answerOfBeforeTheSilence() {
        begin();
        Session before = session();
        reader.onSilent(PRODUCER, nowNs);
        assertTrue(asksAgain());
        reader.onMessage(new Registered(TOPIC, 0, before, LOG, 1, 1, 0, 0), now());
        assertNull(position());
    }

    /** Sessions of so many attempts of which none was answered in time. */
    private List<Session> unanswered(int attempts) {
        List<Session> asked = new ArrayList<>(List.of(session()));
        while (asked.size() < attempts) {
            after(reader.deadlineNs(nowNs) - nowNs);
            asked.add(session());
        }
        return asked;
    }

    private void registered(Session attempt, long next, long head) {
        reader.onMessage(new Registered(TOPIC, 0, attempt, LOG, next, 1, head, 0), now());
    }

    private Session lastAcknowledged() {
        return assertInstanceOf(Ack.class, sent.get(sent.size() - 1)).session();
    }

    @Test
    @DisplayName(
            "ruleC1, ruleC5: an answer that takes longer than the longest backoff is taken, and so are those to later attempts")
    void takesAnswersThatAlwaysTakeLonger() {
        begin();
        List<Session> asked = unanswered(4);
        registered(asked.get(0), 5, 4);
        assertFalse(asksAgain());
        assertEquals(Set.of(), reader.unansweredMembers(), "its messages come: nothing is left to wait for");
        batch(asked.get(0), 5, 6);
        assertEquals(P.at(6), position());
        registered(asked.get(2), 7, 6);
        assertEquals(asked.get(2), lastAcknowledged(), "the producer's cursor is that one now");
        batch(asked.get(2), 7, 7);
        assertEquals(P.at(7), position());
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
        begin();
        List<Session> asked = unanswered(3);
        registered(asked.get(0), 5, 4);
        batch(asked.get(0), 5, 6);
        long waitNs = reader.deadlineNs(nowNs) - nowNs;
        assertTrue(waitNs > 10 * SECOND, "an answer may take as long as the longest backoff");
        after(waitNs - 1);
        assertFalse(asksAgain());
        after(1);
        assertEquals(new Start.After(P.at(6)), lastRegister().start());
        registered(LOG, 7, 9);
        assertEquals(Long.MAX_VALUE, reader.deadlineNs(nowNs), "that was the last one");
    }

    @Test
    @DisplayName("ruleC1, G1: an answer to a later attempt that does not go on at the position is not taken")
    void asksAnewWhereALaterAnswerDoesNotGoOn() {
        begin();
        List<Session> asked = unanswered(2);
        registered(asked.get(0), 5, 4);
        registered(asked.get(1), 7, 6);
        assertEquals(new Start.After(P.at(4)), lastRegister().start(), "5 and 6 were lost");
        batch(asked.get(1), 5, 6);
        assertEquals(P.at(4), position(), "nothing counts but the answer to that");
        registered(LOG, 5, 6);
        assertFalse(asksAgain());
    }

    @Test
    @DisplayName("ruleC3: to be overrun is taken of a later attempt only where it leads to the position")
    void asksAnewWhereALaterAttemptIsOverrun() {
        live(5);
        reader.onSilent(PRODUCER, nowNs);
        List<Session> asked = unanswered(3);
        registered(asked.get(0), 5, 9);
        long head = feed.head();
        reader.onMessage(new CursorExpired(TOPIC, 0, asked.get(1), Reason.OVERRUN, LOG, 5, 1, 9, true), now());
        assertEquals(asked.get(1), lastAcknowledged());
        reader.onMessage(new CursorExpired(TOPIC, 0, asked.get(2), Reason.OVERRUN, LOG, 8, 1, 9, true), now());
        assertTrue(asksAgain());
        assertEquals(head, feed.head());
    }

    @Test
    @DisplayName("ruleC1: a later attempt whose answer was lost shows by its heartbeat, and is asked anew")
    void asksAnewWhereALaterAnswerWasLost() {
        begin();
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
        begin();
        List<Session> asked = unanswered(3);
        registered(asked.get(0), 1, 0);
        reader.onSilent(PRODUCER, nowNs);
        registered(asked.get(1), 1, 0);
        registered(asked.get(2), 1, 0);
        assertTrue(asksAgain());
    }

    @Test
    @DisplayName("ruleC5, G5: of many attempts the first and the latest are known, and no more than the bound")
    void attemptsAreBounded() {
        begin();
        List<Session> asked = unanswered(3 * Limits.MAX_ATTEMPTS);
        sent.clear();
        reader.close();
        List<Session> known = new ArrayList<>(List.of(asked.get(0)));
        known.addAll(asked.subList(asked.size() - Limits.MAX_ATTEMPTS + 1, asked.size()));
        assertEquals(
                known.stream().map(session -> new Deregister(TOPIC, 0, session)).toList(), sent);
    }

    @Test
    @DisplayName("ruleC5: the backoff begins anew once the latest attempt was answered, not before")
    void backoffBeginsAnewBehindTheLatestAnswer() {
        begin();
        List<Session> asked = unanswered(3);
        registered(asked.get(0), 1, 0);
        reader.onSilent(PRODUCER, nowNs);
        assertEquals(8 * SECOND / 5, reader.deadlineNs(nowNs) - nowNs);
        registered(LOG, 1, 0);
        nowNs += 10 * SECOND + 1; // how long the first answer took is forgotten
        reader.onSilent(PRODUCER, nowNs);
        assertEquals(SECOND / 5, reader.deadlineNs(nowNs) - nowNs);
    }

    @Test
    @DisplayName(
            "ruleC6: a producer that left, and whose cursor a later attempt has moved, is told that everything came")
    void leftAndAskedAgain() {
        begin();
        List<Session> asked = unanswered(2);
        registered(asked.get(0), 1, 0);
        batch(asked.get(0), 1, 2);
        reader.onMessage(new Gone(TOPIC, 0, asked.get(0), 2), now());
        long head = feed.head();
        registered(asked.get(1), 3, 2);
        assertEquals(new GoneAck(TOPIC, 0, asked.get(1), 2), sent.get(sent.size() - 1));
        assertEquals(head, feed.head());
    }

    // ------------------------------------------------------------------ C6, C7, C8: how streams end

    private FeedEntry.Ended ended(Stream stream) {
        for (long i = feed.oldest(); i <= feed.head(); ) {
            FeedEntry entry = feed.get(i);
            assertTrue(entry != null);
            if (entry instanceof FeedEntry.Ended end && end.stream().equals(stream)) {
                return end;
            }
            i = entry.last() + 1;
        }
        throw new AssertionError("it has not ended: " + stream);
    }

    @Test
    @DisplayName("ruleC6: Gone at the position ends the stream in good order, once")
    void goneEndsTheStream() {
        live(1);
        batch(session(), 1, 2);
        reader.onMessage(new Gone(TOPIC, 0, session(), 2), now());
        reader.onMessage(new Gone(TOPIC, 0, session(), 2), now());
        assertTrue(assertInstanceOf(FeedEntry.Ended.class, last()).isComplete());
        assertEquals(4, feed.head(), "it began, two messages, its end");
        assertEquals(new GoneAck(TOPIC, 0, session(), 2), sent.get(sent.size() - 1));
        assertEquals(Map.of(P.epoch(), 2L), left, "all readers are to know");
        removed(PRODUCER);
        assertEquals(4, feed.head(), "it is not lost");
        assertEquals(List.of(), reader.registrations());
        assertEquals(List.of(), missed);
    }

    @Test
    @DisplayName("ruleC6: Gone with another head makes it register again")
    void goneWithAnotherHead() {
        live(1);
        batch(session(), 1, 2);
        reader.onMessage(new Gone(TOPIC, 0, session(), 3), now());
        assertTrue(asksAgain());
        assertEquals(Map.of(), left);
    }

    @Test
    @DisplayName("ruleC7: one that was removed without a word is waited for; what comes of it is not believed any more")
    void waitsForOneThatWasRemoved() {
        live(1);
        batch(session(), 1, 2);
        Session before = session();
        removed(PRODUCER);
        batch(before, 3, 3);
        assertEquals(P.at(2), position());
        assertEquals("WAITING", reader.registrations().get(0).phase());
        settle(P, End.lost(7));
        assertEquals(new FeedEntry.Ended(4, P, 2, End.lost(7), true), last());
        assertEquals(List.of(), reader.registrations());
        assertEquals(List.of("p"), missed);
        assertEquals(Map.of(Reason.PRODUCER_LOST, 1L), reader.expiries());
    }

    @Test
    @DisplayName("ruleC7: an exact end behind which nothing is missing counts as no loss")
    void exactEnd() {
        live(1);
        batch(session(), 1, 2);
        removed(PRODUCER, Map.of(P.epoch(), 2L));
        assertTrue(ended(P).isComplete());
        assertEquals(List.of(), missed);
        member(2);
        registered(NEXT_LOG, 1, 0);
        removed(2, Map.of(NEXT.epoch(), 5L));
        assertEquals(5, ended(NEXT).end().head());
        assertFalse(ended(NEXT).isComplete());
        assertEquals(List.of("p"), missed);
    }

    @Test
    @DisplayName("a member in whose log nothing is ever published leaves no loss, however it ends")
    void mute() {
        begin();
        LogIdentity silent = new LogIdentity(P.epoch(), 0, 0, false, false);
        registered(silent, 1, 0);
        assertTrue(reader.isMute(P.epoch()));
        removed(PRODUCER);
        assertTrue(ended(P).isComplete());
        assertEquals(List.of(), missed);
    }

    @Test
    @DisplayName("ruleC7: before anybody is ready, one that was asked for the latest and never answered is no loss")
    void noLossBeforeReady() {
        begin();
        removed(PRODUCER);
        settle(P, End.lost(0));
        assertFalse(ended(P).promised());
        assertEquals(List.of(), missed);
    }

    @Test
    @DisplayName("ruleC7: once somebody is ready it is one")
    void lossOnceReady() {
        begin();
        reader.setReady();
        removed(PRODUCER);
        settle(P, End.lost(0));
        assertTrue(ended(P).promised());
        assertEquals(List.of("p"), missed);
    }

    @Test
    @DisplayName("ruleC7, G1: also before anybody is ready, if it was asked for more than the latest, or came later")
    void lossBeforeReadyOfThePast() {
        reader = reader(new Start.Since(5));
        begin();
        removed(PRODUCER);
        settle(P, End.lost(0));
        assertTrue(ended(P).promised());
        member(2);
        removed(2);
        settle(NEXT, End.lost(0));
        assertTrue(ended(NEXT).promised());
    }

    // ------------------------------------------------------------------ C7: who comes back

    @Test
    @DisplayName("ruleC7, P5, sequenceReuseAfterCrash: one that comes back is asked what comes behind the one before")
    void successor() {
        live(1);
        batch(session(), 1, 2);
        removed(PRODUCER);
        present(2);
        Session before = session();
        named(2, "p");
        assertNotEquals(before, session());
        assertEquals(new Start.After(P.at(2)), lastRegister().start());
        assertEquals(2, lastRegister().toUid());
        assertTrue(reader.asksForSuccession("p"));
        assertFalse(reader.asksForSuccession("q"));
        expired(Reason.PRODUCER_RESTARTED, NEXT_LOG, 1, true);
        assertEquals(List.of(NEXT.at(1)), restarted);
        assertEquals(new FeedEntry.Ended(4, P, 2, End.restarted(NEXT.at(1), 0), true), feed.get(4));
        assertEquals(new FeedEntry.Began(5, NEXT, 0), last());
        assertEquals(List.of("p"), missed);
        assertEquals(Map.of(Reason.PRODUCER_RESTARTED, 1L), reader.expiries());
        assertFalse(reader.asksForSuccession("p"));
        assertEquals(NEXT.at(0), position());
    }

    @Test
    @DisplayName("ruleC7: if the successor's ring no longer has its beginning, both are told, the end first")
    void successorThatOverran() {
        live(1);
        batch(session(), 1, 2);
        removed(PRODUCER);
        member(2);
        expired(Reason.PRODUCER_RESTARTED, NEXT_LOG, 6, true);
        assertEquals(List.of(NEXT.at(1)), restarted);
        assertEquals(End.restarted(NEXT.at(1), 0), ended(P).end());
        FeedEntry.Expired skipped = assertInstanceOf(FeedEntry.Expired.class, last());
        assertEquals(NEXT, skipped.stream());
        assertEquals(5, skipped.to());
        assertEquals(Reason.OVERRUN, skipped.reason(), "of the stream that goes on");
        assertEquals(Map.of(Reason.PRODUCER_RESTARTED, 1L, Reason.OVERRUN, 1L), reader.expiries());
    }

    @Test
    @DisplayName("ruleC7: an answer that goes on as if it were the same stream is not taken: it is asked anew")
    void successorThatKnowsNothingOfIt() {
        live(1);
        batch(session(), 1, 2);
        removed(PRODUCER);
        member(2);
        Session asked = session();
        registered(NEXT_LOG, 3, 4);
        assertNotEquals(asked, session());
        assertEquals(List.of(), restarted);
    }

    @Test
    @DisplayName("ruleC7: the successor of one that never answered is asked what comes behind its beginning")
    void successorOfASilentOne() {
        begin();
        reader.setReady();
        removed(PRODUCER);
        member(2);
        assertEquals(new Start.After(P.at(0)), lastRegister().start());
        expired(Reason.PRODUCER_RESTARTED, NEXT_LOG, 1, true);
        assertEquals(List.of(NEXT.at(1)), restarted);
        assertEquals(Place.AWAITED, ended(P).at());
        assertTrue(ended(P).promised());
    }

    @Test
    @DisplayName("stream10: one answer closes all streams of its name that are waited for")
    void successorOfTwo() {
        live(1);
        batch(session(), 1, 2);
        removed(PRODUCER);
        member(2);
        removed(2);
        member(3);
        Stream third = Stream.of(3, TOPIC, "p");
        expired(Reason.PRODUCER_RESTARTED, LogIdentity.fresh(third.epoch(), 0), 1, true);
        assertEquals(End.restarted(third.at(1), 0), ended(P).end());
        assertEquals(End.restarted(third.at(1), 0), ended(NEXT).end());
        assertTrue(ended(NEXT).promised(), "it came later, and may have published anything");
        assertTrue(ended(NEXT).index() < feed.head(), "in front of what comes of the third");
        assertEquals(new FeedEntry.Began(feed.head(), third, 0), last());
    }

    @Test
    @DisplayName("ruleM2: a member whose name a token alone knows comes first, also one of which nothing was read")
    void knownByATokenAlone() {
        present(PRODUCER);
        present(2);
        begun = true;
        reader.begin(Frontier.of(Map.of(P.epoch(), Place.at(P, 0))), Start.BEGINNING, now());
        named(2, "p");
        assertEquals(List.of(), sent, "its predecessor may answer yet");
        removed(PRODUCER);
        assertEquals(2, lastRegister().toUid());
    }

    /** In the stream of one that is gone, and in that of its successor. */
    private void standsInBoth() {
        member(PRODUCER);
        removed(PRODUCER);
        member(2);
        Frontier at = Frontier.of(Map.of(P.epoch(), Place.at(P, 2), NEXT.epoch(), Place.at(NEXT, 4)));
        begun = true;
        reader.begin(at, Start.BEGINNING, now());
    }

    @Test
    @DisplayName(
            "ruleC7: a successor that is asked for its own place does not say what became of those before: they are lost")
    void successorInWhichSomebodyStands() {
        standsInBoth();
        assertEquals(new Start.After(NEXT.at(4)), lastRegister().start());
        registered(NEXT_LOG, 5, 6);
        assertEquals(End.lost(0), ended(P).end());
        assertEquals(2, ended(P).at());
        assertEquals(new FeedEntry.Began(2, NEXT, 4), last(), "behind that");
    }

    @Test
    @DisplayName(
            "ruleC7, M2: while another reader asks the successor, nothing of it is taken that was asked for its own place (seed 30483557)")
    void successorThatAnotherReaderAsks() {
        standsInBoth();
        askedElsewhere = true;
        Session early = session();
        registered(NEXT_LOG, 5, 6);
        assertEquals(0, feed.head());
        askedElsewhere = false;
        after(Given.ring(64).registerBackoff().minNs() * 2);
        assertNotEquals(early, session());
        registered(NEXT_LOG, 5, 6);
        assertEquals(End.lost(0), ended(P).end());
        assertEquals(new FeedEntry.Began(2, NEXT, 4), last());
    }

    @Test
    @DisplayName("ruleC8: once its end is settled a new incarnation is asked for its beginning")
    void newIncarnationIsAskedForItsBeginning() {
        live(1);
        removed(PRODUCER);
        settle(P, End.lost(0));
        member(2);
        assertEquals(Start.BEGINNING, lastRegister().start());
        registered(NEXT_LOG, 1, 3);
        assertEquals(new FeedEntry.Began(feed.head(), NEXT, 0), last());
    }

    @Test
    @DisplayName("stream17: a member that has not said its name is asked nothing, and succeeds nobody")
    void unnamedIsAskedNothing() {
        live(1);
        removed(PRODUCER);
        sent.clear();
        present(2);
        after(20 * SECOND);
        assertEquals(List.of(), sent);
        heartbeat(new Session(OWN, 99), 3);
        assertEquals(List.of(new Deregister(TOPIC, 0, new Session(OWN, 99))), sent);
    }

    @Test
    @DisplayName("an incarnation that was waited for, and is a member after all, goes on behind the place")
    void comesBackItself() {
        streams.expect(P, now());
        Frontier at = Frontier.of(Map.of(P.epoch(), Place.at(P, 7)));
        begun = true;
        reader.begin(at, unlisted, now());
        member(PRODUCER);
        assertEquals(new Start.After(P.at(7)), lastRegister().start());
        registered(LOG, 8, 9);
        assertEquals(new FeedEntry.Began(1, P, 7), last());
    }

    @Test
    @DisplayName("stream8: also if it was settled meanwhile that it is lost: it begins anew, and comes into the feed")
    void comesBackItselfOnceItIsLost() {
        streams.expect(P, now());
        begun = true;
        reader.begin(Frontier.of(Map.of(P.epoch(), Place.at(P, 7))), unlisted, now());
        settle(P, End.lost(0));
        assertFalse(ended(P).end().wasMember());
        member(PRODUCER);
        assertEquals(Start.BEGINNING, lastRegister().start());
        registered(LOG, 1, 9);
        batch(session(), 1, 9);
        assertEquals(9, ((FeedEntry.Messages) last()).lastSequence());
        assertFalse(feed.hasEnd(P.epoch()));
    }

    // ------------------------------------------------------------------ where it begins

    @Test
    @DisplayName("ruleC10, rowP4: those present are asked for the start, those that come later for their beginning")
    void asksLaterOnesForTheirBeginning() {
        begin();
        assertEquals(Start.LATEST, lastRegister().start());
        present(2);
        named(2, "q");
        assertEquals(Start.BEGINNING, lastRegister().start());
    }

    @Test
    @DisplayName(
            "ruleT1: it begins behind the place that it is given, at the beginning of streams that the frontier does not list")
    void beginsBehindAPlace() {
        reader = reader(Start.BEGINNING);
        present(2);
        named(2, "q");
        beginAt(Place.at(P, 7));
        Set<Start> starts = new HashSet<>();
        sent.forEach(message -> starts.add(((Register) message).start()));
        assertEquals(Set.of(new Start.After(P.at(7)), Start.BEGINNING), starts);
    }

    @Test
    @DisplayName("ruleT1: of a place that is not known it asks for the latest, of the first one for the beginning")
    void beginsBehindAnUnknownPlace() {
        reader = reader(Start.BEGINNING);
        beginAt(Place.at(P, Place.UNKNOWN));
        assertEquals(Start.LATEST, lastRegister().start());
        reader = reader(Start.BEGINNING);
        beginAt(Place.at(P, 0));
        assertEquals(Start.BEGINNING, lastRegister().start());
    }

    @Test
    @DisplayName("ruleT1: it asks a member whose answer is awaited for what its own subscriptions begin with")
    void beginsWhereItIsAwaited() {
        reader = reader(new Start.Since(5));
        unlisted = Start.BEGINNING;
        beginAt(Place.at(P, Place.AWAITED));
        assertEquals(new Start.Since(5), lastRegister().start());
        member(2);
        removed(PRODUCER);
        assertEquals(Start.BEGINNING, lastRegister().start());
    }

    @Test
    @DisplayName("ruleS5: of one that is waited for it begins behind the place, and of one that is over not at all")
    void beginsBehindWhoIsWaitedFor() {
        member(2);
        removed(2);
        reader = reader(Start.BEGINNING);
        beginAt(Place.at(NEXT, 4), Place.at(P, 0));
        assertEquals(2, reader.registrations().size());
        settle(NEXT, End.lost(0));
        assertEquals(4, ended(NEXT).at());
        member(3);
        removed(3);
        reader = reader(Start.BEGINNING);
        beginAt(Place.over(Stream.of(3, TOPIC, "p"), 4), Place.at(P, 0));
        assertEquals(1, reader.registrations().size());
    }

    // ------------------------------------------------------------------ C9: late members

    @Test
    @DisplayName("ruleC9: who answers after ready() went on without it, and may have published since, is announced")
    void late() {
        begin();
        reader.resumeWithout(Set.of(PRODUCER), nowNs);
        assertEquals(Set.of("p"), reader.late());
        assertEquals(Set.of(), reader.unansweredMembers());
        registered(LOG, 4, 3);
        FeedEntry.Expired announced = assertInstanceOf(FeedEntry.Expired.class, last());
        assertEquals(Reason.POSITION_UNKNOWN, announced.reason());
        assertEquals(Place.AWAITED, announced.from());
        assertEquals(3, announced.to());
        assertEquals(Set.of(), reader.late());
    }

    @Test
    @DisplayName("ruleC9: not if it says that it has published nothing since, by more than clocks drift")
    void lateAndQuiet() {
        for (long quietMs : List.of(1_142L, 1_143L)) {
            feed = new Feed(Given.ring(64));
            reader = reader(Start.LATEST);
            begin();
            reader.resumeWithout(Set.of(PRODUCER), nowNs);
            after(SECOND);
            reader.onMessage(new Registered(TOPIC, 0, session(), LOG, 4, 1, 3, quietMs), now());
            if (quietMs == 1_142) {
                assertEquals(Reason.POSITION_UNKNOWN, lastReason());
            } else {
                assertInstanceOf(FeedEntry.Began.class, last());
            }
        }
    }

    @Test
    @DisplayName("ruleC9: not if it had published nothing")
    void lateWithoutMessages() {
        begin();
        reader.resumeWithout(Set.of(PRODUCER), nowNs);
        registered(LOG, 1, 0);
        assertInstanceOf(FeedEntry.Began.class, last());
    }

    @Test
    @DisplayName("ruleC9: asked for the past, it is late when it skips anything: its clock may be behind")
    void lateInThePast() {
        for (Start start : List.of(Start.EARLIEST, new Start.Since(1_000))) {
            feed = new Feed(Given.ring(64));
            reader = reader(start);
            begin();
            reader.resumeWithout(Set.of(PRODUCER), nowNs);
            registered(LOG, 4, 9);
            assertEquals(Reason.POSITION_UNKNOWN, lastReason());
        }
    }

    @Test
    @DisplayName("ruleC9: asked for the oldest, it is not late when it sends all that it ever published")
    void lateAndNothingSkipped() {
        reader = reader(Start.EARLIEST);
        begin();
        reader.resumeWithout(Set.of(PRODUCER), nowNs);
        registered(LOG, 1, 5);
        assertInstanceOf(FeedEntry.Began.class, last());
    }

    @Test
    @DisplayName("ruleC9: one that went on without it, and has a place, is not late")
    void notLateWithAPlace() {
        live(1);
        reader.resumeWithout(Set.of(PRODUCER), nowNs);
        assertEquals(Set.of(), reader.late());
        assertFalse(reader.hasNoPlace(PRODUCER));
    }

    // ------------------------------------------------------------------ S5: what it says of places

    @Test
    @DisplayName(
            "ruleS5: who begins now awaits those that have not answered, and is done with those that are waited for")
    void tails() {
        present(2);
        named(2, "q");
        present(3);
        named(3, "r");
        live(6);
        removed(3);
        Frontier tails = reader.tails();
        Stream q = Stream.of(2, TOPIC, "q");
        Stream r = Stream.of(3, TOPIC, "r");
        assertEquals(Place.at(P, 5), tails.get(P));
        assertEquals(Place.at(q, Place.AWAITED), tails.get(q));
        assertEquals(Place.over(r, Place.AWAITED), tails.get(r));
    }

    @Test
    @DisplayName(
            "stream21, stream22: it asks what comes behind a place only if it is at it, or its producer was further")
    void asksForPlaces() {
        member(PRODUCER);
        beginWithWhoIsThere();
        assertNull(
                reader.place(Frontier.of(Map.of(P.epoch(), Place.at(P, 3))), true, false, nowNs),
                "it has not answered");
        registered(LOG, 6, 7);
        Frontier at = Frontier.of(Map.of(P.epoch(), Place.at(P, 7)));
        assertTrue(reader.place(at, true, false, nowNs) != null, "its producer had seven");
        assertNull(reader.place(at.with(Place.at(P, 8)), true, false, nowNs));
        assertNull(reader.place(at.with(Place.at(P, 4)), true, false, nowNs));
        assertTrue(reader.hasHeardOf(at));
        assertFalse(reader.hasHeardOf(at.with(Place.at(P, 8))));
    }

    @Test
    @DisplayName("ruleS5: who does not list a stream is placed only where it is asked for from its beginning")
    void asksForWhatIsNotListed() {
        begin();
        assertNull(reader.place(Frontier.EMPTY, true, false, nowNs), "asked for the latest");
        reader = reader(Start.BEGINNING);
        beginWithWhoIsThere();
        assertTrue(reader.place(Frontier.EMPTY, true, false, nowNs) != null);
        reader = reader(Start.LATEST);
        feed = new Feed(Given.ring(64));
        reader = reader(Start.LATEST);
        live(6);
        assertNull(reader.place(Frontier.EMPTY, true, false, nowNs), "1 to 5 are missing");
    }

    @Test
    @DisplayName("a reader that is closed takes its registrations off, and is never due again")
    void closes() {
        live(1);
        Session its = session();
        sent.clear();
        reader.close();
        assertEquals(List.of(new Deregister(TOPIC, 0, its)), sent);
        assertEquals(Long.MAX_VALUE, reader.deadlineNs(nowNs));
        assertEquals(List.of(), reader.registrations());
    }
}
