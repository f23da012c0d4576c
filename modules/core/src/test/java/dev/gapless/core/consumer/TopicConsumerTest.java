package dev.gapless.core.consumer;

import static dev.gapless.core.Given.FRAME_BYTES;
import static dev.gapless.core.Given.TOPIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Overflow;
import dev.gapless.core.Reason;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.consumer.OneTopic.Reader;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.ToProducer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicConsumerTest {
    private static final long RETURN_MS = 15_000;
    private static final Stream P = OneTopic.stream(1, "p");
    private static final Stream P2 = OneTopic.stream(2, "p");
    private static final Stream P3 = OneTopic.stream(3, "p");
    private static final Stream Q = OneTopic.stream(9, "q");
    private static final Gap NOBODY_KNOWS = new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null);

    /** A ring of 1,000 messages, a feed of 64. */
    private static final TopicSettings SETTINGS = Given.ring(1_000).with(draft -> {
        draft.feedMessages = 64;
        draft.batchBytes = 16 * FRAME_BYTES;
        draft.windowBytes = 64L * FRAME_BYTES;
    });

    private OneTopic topic = new OneTopic(SETTINGS);

    /** A subscription that has got these from the first incarnation of {@code p}. */
    private Reader thatHas(int messages) {
        topic.member(1, "p");
        topic.up();
        Reader reader = topic.latest(1);
        topic.run();
        topic.publish(1, messages).run();
        reader.hasAll(P, 1, messages);
        return reader;
    }

    private static Gap gap(Stream stream, Reason reason, @Nullable Long first, @Nullable Long missed) {
        return new Gap(stream.node(), reason, stream.epoch(), first, missed, null);
    }

    private static Gap restarted(Stream stream, @Nullable Long first, Stream successor) {
        return new Gap(stream.node(), Reason.PRODUCER_RESTARTED, stream.epoch(), first, null, successor.at(1));
    }

    // ------------------------------------------------------------------ being ready (rule C10)

    @Test
    @DisplayName("ruleC10, G4: ready once every member has said where it is")
    void readyWhenAllHaveAnswered() {
        topic.latest(1);
        assertTrue(topic.ready.isEmpty());
        topic.member(1, "p");
        topic.up();
        assertTrue(topic.ready.isEmpty());
        topic.run();
        assertEquals(Map.of(1L, Set.of()), topic.ready);
        topic.latest(2);
        assertEquals(Set.of(1L, 2L), topic.ready.keySet(), "at once");
    }

    @Test
    @DisplayName("ruleC10: ready when those that have not answered are removed")
    void readyWhenTheSilentOneIsRemoved() {
        topic.latest(1);
        topic.member(1, "p");
        topic.up();
        topic.crashes(1);
        assertEquals(Map.of(1L, Set.of()), topic.ready);
    }

    @Test
    @DisplayName(
            "ruleC10, C9: ready without those that are silent for too long, which it names, and of which it is told")
    void readyWithoutTheSilent() {
        topic.member(1, "p");
        topic.publish(1, 5);
        topic.unreachable(1);
        topic.up();
        Reader reader = topic.latest(1);
        topic.after(4_999);
        assertTrue(topic.ready.isEmpty());
        topic.after(1);
        assertEquals(Map.of(1L, Set.of("p")), topic.ready);
        topic.publish(1, 2);
        topic.reachable(1);
        topic.after(10_000);
        assertEquals(List.of(new Gap("p", Reason.POSITION_UNKNOWN, P.epoch(), null, null, P.at(8))), reader.gaps);
        topic.publish(1, 1).run();
        assertEquals(List.of(8L), reader.given(P));
    }

    @Test
    @DisplayName("stream37: of one that has published nothing since nothing is told, and nothing old is given")
    void readyWithoutASilentOneThatPublishedNothing() {
        topic.member(1, "p");
        topic.publish(1, 5);
        topic.after(20_000);
        topic.unreachable(1);
        topic.up();
        Reader reader = topic.latest(1);
        topic.after(5_000);
        topic.reachable(1);
        topic.after(2_000);
        topic.publish(1, 1).run();
        reader.hasAll(P, 6, 6);
    }

    @Test
    @DisplayName("ruleS5, C10: whoever reads the shared feed is given each message once, however many they are")
    void everySubscriptionIsGivenEachMessage() {
        thatHas(3);
        Reader other = topic.latest(2);
        topic.publish(1, 3).run();
        other.hasAll(P, 4, 6);
        assertEquals(1, topic.registers());
    }

    // ------------------------------------------------------------------ the past

    @Test
    @DisplayName("ruleS6: whoever begins with the oldest asks the producers, and the shared feed begins at the latest")
    void earliest() {
        topic.member(1, "p");
        topic.publish(1, 500);
        topic.up();
        Reader oldest = topic.open(1, new Opening.Earliest());
        assertEquals(Start.EARLIEST, topic.register(1, 1).start());
        assertEquals(Start.LATEST, topic.register(0, 1).start());
        topic.run();
        oldest.hasAll(P, 1, 500);
        assertFalse(oldest.state.isCatchingUp());
        assertEquals(Map.of(1L, Set.of()), topic.ready);
    }

    @Test
    @DisplayName("ruleT2: whoever begins at a time is given what was published since, and told what ended since")
    void since() {
        topic.member(1, "p");
        topic.member(9, "q");
        topic.publish(1, 10);
        topic.publish(9, 4);
        topic.after(200_000);
        topic.publish(1, 10);
        topic.up();
        topic.endsWithAFarewell(9);
        Reader reader = topic.open(1, new Opening.Since(topic.now().ms()));
        topic.run();
        assertEquals(List.of(gap(Q, Reason.PRODUCER_LOST, 1L, 4L)), reader.gaps);
        assertEquals(List.of(11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L), reader.given(P));
    }

    @Test
    @DisplayName("ruleT1: a token that is taken at any moment is gone on with behind what was given, once")
    void tokensGoOn() {
        Reader before = thatHas(7);
        Set<String> tokens = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            topic.publish(1, i * 5).run();
            CursorToken token = CursorToken.parse(before.token().toString());
            tokens.add(token.toString());
            topic.publish(1, 3);
            Reader after = topic.resume(100 + i, token);
            topic.run();
            long last = before.given(P).size();
            after.hasAll(P, token.entries().get(0).sequence() + 1, last);
        }
        assertEquals(20, tokens.size());
        assertEquals(0, topic.consumer.catchUps());
    }

    @Test
    @DisplayName("ruleT2: whoever resumes waits until the members' history has come, and is told what it says")
    void waitsForTheHistory() {
        topic.withoutAHistory();
        topic.member(1, "p");
        topic.publish(1, 2);
        topic.up();
        Reader resumed = topic.resumeAt(1, P, 1);
        assertNull(topic.ready.get(1L));
        topic.run();
        assertEquals(List.of(), resumed.given(P));
        topic.historyCame();
        topic.run();
        resumed.hasAll(P, 2, 2);
        assertEquals(Set.of(), topic.ready.get(1L));
    }

    @Test
    @DisplayName("ruleT2: after ready-timeout it goes on without, and is told that nobody knows who came and went")
    void goesOnWithoutAHistory() {
        topic.withoutAHistory();
        topic.member(1, "p");
        topic.publish(1, 2);
        topic.up();
        Reader resumed = topic.resumeAt(1, P, 1);
        topic.after(5_000);
        assertEquals(List.of(NOBODY_KNOWS), resumed.gaps);
        assertEquals(List.of(2L), resumed.given(P));
        assertEquals(HistoryId.UNKNOWN, resumed.token().historyId());
    }

    @Test
    @DisplayName(
            "ruleM4: whoever reads is told once that something of another cluster is missed, whoever begins then is not")
    void anotherCluster() {
        Reader reader = thatHas(2);
        topic.anotherCluster();
        Reader later = topic.latest(2);
        topic.publish(1, 1).run();
        assertEquals(List.of(NOBODY_KNOWS), reader.gaps);
        assertEquals(1, reader.reloads);
        assertEquals(List.of(), later.gaps);
        assertEquals(List.of(1L, 2L, 3L), reader.given(P));
    }

    // ------------------------------------------------------------------ producers that end, and come back

    @Test
    @DisplayName("ruleC6: a producer that leaves in good order is an event, and its token says that it is over")
    void leaves() {
        Reader reader = thatHas(3);
        topic.leaves(1);
        topic.run();
        assertEquals(List.of(new Step.Left("p", P.at(3))), reader.left);
        assertEquals(List.of(), reader.gaps);
        Reader resumed = topic.resume(2, reader.token());
        topic.after(20_000);
        assertEquals(List.of(), resumed.gaps);
        assertEquals(List.of(), resumed.left);
    }

    @Test
    @DisplayName("ruleC7: one that crashes is lost when it has not come back in time, for everybody who has it, once")
    void crashes() {
        Reader reader = thatHas(3);
        topic.crashes(1);
        topic.after(RETURN_MS - 1);
        assertEquals(List.of(), reader.gaps);
        CursorToken open = reader.token();
        topic.after(1);
        assertEquals(List.of(gap(P, Reason.PRODUCER_LOST, 4L, null)), reader.gaps);
        CursorToken over = reader.token();
        Reader resumedBefore = topic.resume(2, open);
        Reader resumedAfter = topic.resume(3, over);
        topic.after(RETURN_MS);
        assertEquals(List.of(gap(P, Reason.PRODUCER_LOST, 4L, null)), resumedBefore.gaps);
        assertEquals(List.of(), resumedAfter.gaps, "stream2: it was told");
        assertEquals(1, reader.reloads);
    }

    @Test
    @DisplayName("stream14: a farewell that comes in time says what is missed")
    void saysFarewell() {
        Reader reader = thatHas(3);
        topic.unreachable(1);
        topic.publish(1, 2).run();
        topic.endsWithAFarewell(1);
        topic.run();
        assertEquals(List.of(gap(P, Reason.PRODUCER_LOST, 4L, 2L)), reader.gaps);
    }

    @Test
    @DisplayName("ruleC7: one that comes back in time closes the stream before, and goes on from its beginning")
    void comesBack() {
        Reader reader = thatHas(3);
        topic.crashes(1);
        topic.member(2, "p");
        topic.publish(2, 2).run();
        assertEquals(List.of(restarted(P, 4L, P2)), reader.gaps);
        assertEquals(List.of(1L, 2L), reader.given(P2));
        topic.after(RETURN_MS);
        assertEquals(1, reader.reloads);
    }

    @Test
    @DisplayName("stream10: one answer closes all streams of its name, in one reload, also those nobody ever heard of")
    void comesBackAfterASilentOne() {
        Reader reader = thatHas(3);
        topic.crashes(1);
        topic.member(2, "p");
        topic.unreachable(2);
        topic.publish(2, 5).run();
        topic.crashes(2);
        topic.member(3, "p");
        topic.publish(3, 2).run();
        assertEquals(Set.of(restarted(P, 4L, P3), restarted(P2, null, P3)), Set.copyOf(reader.gaps));
        assertEquals(1, reader.reloads);
        assertEquals(List.of(1L, 2L), reader.given(P3));
    }

    @Test
    @DisplayName(
            "ruleC7, M2: while a successor is asked what becomes of a stream, what it tells others closes nothing, and waits")
    void answersAnotherFirst() {
        Reader reader = thatHas(3);
        topic.crashes(1);
        topic.member(2, "p");
        topic.publish(2, 2);
        topic.unreachable(2);
        topic.run(); // the question is lost, and comes again
        topic.reachable(2);
        Reader earliest = topic.open(2, new Opening.Earliest());
        topic.run();
        assertEquals(List.of(), earliest.given(P2), "it has answered");
        assertEquals(List.of(), reader.gaps);
        topic.after(RETURN_MS);
        assertEquals(List.of(1L, 2L), earliest.given(P2));
        assertEquals(List.of(restarted(P, 4L, P2)), reader.gaps);
        assertEquals(List.of(1L, 2L), reader.given(P2));
    }

    @Test
    @DisplayName(
            "stream18: a stream that one reader's question closes is closed in every feed, each from its own place")
    void closedInEveryFeed() {
        topic.member(1, "p");
        topic.publish(1, 450);
        topic.up();
        Reader shared = topic.latest(1);
        topic.run();
        topic.publish(1, 30).run();
        topic.crashes(1);
        Reader resumed = topic.resumeAt(2, P, 400);
        topic.run();
        assertEquals(1, topic.consumer.catchUps());
        topic.member(2, "p");
        topic.publish(2, 2).run();
        assertEquals(List.of(restarted(P, 481L, P2)), shared.gaps);
        assertEquals(List.of(restarted(P, 401L, P2)), resumed.gaps);
        assertEquals(List.of(1L, 2L), shared.given(P2));
        assertEquals(List.of(1L, 2L), resumed.given(P2));
        topic.after(RETURN_MS);
        assertEquals(1, shared.reloads);
        assertEquals(1, resumed.reloads);
    }

    @Test
    @DisplayName("stream19: whoever begins while a stream is waited for is told nothing of it")
    void beginsWhileItIsWaitedFor() {
        Reader before = thatHas(3);
        topic.crashes(1);
        Reader reader = topic.latest(2);
        topic.run();
        topic.member(2, "p");
        topic.publish(2, 2).run();
        reader.hasAll(P2, 1, 2);
        assertEquals(List.of(), reader.left);
        assertEquals(1, before.reloads);
    }

    @Test
    @DisplayName(
            "ruleC7: the end of a stream that another token alone named is not announced to those who begin with the oldest")
    void aStrangersEnd() {
        thatHas(3);
        topic.resume(2, topic.token(OneTopic.at(P, 3), OneTopic.at(Q, 5)));
        topic.run();
        Reader earliest = topic.open(3, new Opening.Earliest());
        topic.after(2 * RETURN_MS);
        earliest.hasAll(P, 1, 3);
    }

    @Test
    @DisplayName(
            "ruleC7: the end of a stream that another token alone named is not announced to a token that does not name it")
    void aStrangersEndAndAnotherToken() {
        thatHas(3);
        topic.resume(2, topic.token(OneTopic.at(P, 3), OneTopic.at(Q, 5)));
        topic.after(2 * RETURN_MS);
        Reader other = topic.resume(3, topic.token(OneTopic.at(P, 1)));
        topic.run();
        assertEquals(List.of(), other.gaps);
        other.hasAll(P, 2, 3);
    }

    @Test
    @DisplayName(
            "ruleM2: one whose token knows a member's name waits for it, and hears nothing of a later one (seed 30040703)")
    void knowsTheNameOfAMemberThatIsSilent() {
        topic.up();
        topic.events(List.of(new MemberEvent.Present(1, "host:1")));
        Reader reader = topic.resume(1, topic.token(OneTopic.at(P, 3)));
        topic.run();
        topic.member(2, "p");
        topic.publish(2, 2).run();
        assertEquals(List.of(), reader.given(P2));
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 2 * RETURN_MS})
    @DisplayName("ruleC7: a stream that a token alone named is read from its beginning, should its incarnation turn up")
    void aStrangerTurnsUp(long afterMs) {
        Reader before = thatHas(3);
        topic.resume(2, topic.token(OneTopic.at(P, 3), OneTopic.at(Q, 5)));
        topic.after(afterMs); // it is waited for, or has been for too long
        Reader latest = topic.latest(3);
        topic.run();
        topic.member(9, "q");
        topic.publish(9, 2).run();
        latest.hasAll(Q, 1, 2);
        before.hasAll(Q, 1, 2);
    }

    @Test
    @DisplayName(
            "ruleM2: a token that knows the name of an earlier incarnation is not read by one that knows its address")
    void oneTokenKnowsTheName() {
        topic.member(2, "p");
        topic.publish(2, 2);
        topic.up();
        topic.resume(1, topic.token(OneTopic.at(new Stream(P.epoch(), 1, "host:1"), 0)))
                .stands();
        Reader reader = topic.resume(2, topic.token(OneTopic.at(P, 3)));
        topic.after(100);
        assertEquals(List.of(restarted(P, 4L, P2)), reader.gaps);
        assertEquals(List.of(1L, 2L), reader.given(P2));
    }

    @Test
    @DisplayName("stream20: one that is over for a token, and whose messages come here, is skipped up to its place")
    void overForAToken() {
        Reader reader = thatHas(10);
        CursorToken.Entry lost = new CursorToken.Entry("p", 1, P.epoch(), 4, true);
        Reader resumed = topic.resume(2, topic.token(lost));
        topic.run();
        topic.publish(1, 2).run();
        resumed.hasAll(P, 5, 12);
        reader.hasAll(P, 1, 12);
    }

    @Test
    @DisplayName(
            "stream2.8, stream2.9: one that was announced as lost here, and is a member of which nobody had heard yet")
    void lostAndThereAfterAll() {
        topic.up();
        Reader resumed = topic.resumeAt(1, P, 4);
        topic.after(RETURN_MS + 100);
        assertEquals(List.of(gap(P, Reason.PRODUCER_LOST, 5L, null)), resumed.gaps);
        topic.member(1, "p");
        topic.publish(1, 10).after(1_000);
        assertEquals(List.of(5L, 6L, 7L, 8L, 9L, 10L), resumed.given(P));
        assertEquals(1, resumed.reloads);
        assertFalse(resumed.state.isCatchingUp());
    }

    @Test
    @DisplayName("stream12: one that never said its name is told under its address, and is nobody's predecessor")
    void neverSaidItsName() {
        topic.up();
        Reader reader = topic.latest(1);
        topic.run();
        Stream unnamed = topic.unnamed(1);
        topic.run();
        topic.crashes(1);
        topic.member(2, "p");
        topic.publish(2, 2).run();
        assertEquals(List.of(gap(unnamed, Reason.PRODUCER_LOST, null, null)), reader.gaps);
        assertEquals(List.of(1L, 2L), reader.given(P2));
    }

    @Test
    @DisplayName("stream16, stream20: those that wait, or read nothing, are given what is there in front of an end")
    void readsUpToTheEnd() {
        Reader slow = thatHas(3);
        slow.stands();
        topic.publish(1, 40).run();
        topic.leaves(1);
        topic.after(1_000);
        slow.goesOn();
        topic.run();
        slow.hasAll(P, 1, 43);
        assertEquals(List.of(new Step.Left("p", P.at(43))), slow.left);
    }

    // ------------------------------------------------------------------ room

    @Test
    @DisplayName(
            "ruleS6: of a backlog that is larger than the feed nothing is told, nor asked for again, while it is read")
    void aBacklogLargerThanTheFeed() {
        Reader reader = thatHas(0);
        topic.publish(1, 900).run();
        reader.hasAll(P, 1, 900);
        assertEquals(1, topic.registers());
    }

    @Test
    @DisplayName("ruleS6, G5: whoever does not read holds up a feed that is behind for a second, and then alone")
    void whoDoesNotReadHoldsUpForASecond() {
        Reader stuck = thatHas(0).stands();
        Reader reads = topic.latest(2);
        topic.publish(1, 900).run();
        assertTrue(reads.given(P).size() < 900);
        topic.after(1_100);
        reads.hasAll(P, 1, 900);
        stuck.goesOn();
        topic.after(100);
        stuck.hasAll(P, 1, 900);
    }

    private static OneTopic withBackpressure() {
        return new OneTopic(Given.settings(64, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD));
    }

    private long lastWindow() {
        long window = -1;
        for (ToProducer message : topic.sent) {
            window = message instanceof Ack ack ? ack.windowBytes() : window;
        }
        return window;
    }

    @Test
    @DisplayName("backpressure: window is granted as the slowest subscription frees the feed, or is closed")
    void grantsWhatIsFreed() {
        topic = withBackpressure();
        Reader slow = thatHas(0).stands();
        topic.publish(1, 64).run();
        assertEquals(0, lastWindow());
        assertTrue(slow.state.isPressed());
        slow.goesOn();
        topic.run();
        slow.hasAll(P, 1, 64);
        assertTrue(lastWindow() > 0);
        slow.stands();
        topic.publish(1, 64).run();
        assertEquals(0, lastWindow());
        topic.close(slow);
        assertTrue(lastWindow() > 0);
    }

    // ------------------------------------------------------------------ who is woken, and what is left

    @Test
    @DisplayName("ruleS5: what comes for a reader with one subscription concerns that one alone")
    void onlyItsOwnIsWoken() {
        topic.member(1, "p");
        topic.publish(1, 500);
        topic.up();
        topic.latest(1);
        topic.run();
        topic.resumeAt(2, P, 100).stands();
        topic.arrived.clear();
        topic.deliver();
        assertEquals(Set.of(2L), new HashSet<>(topic.arrived));
        topic.publish(1, 1).deliver();
        assertTrue(topic.arrived.contains(null), "the shared feed is everybody's");
    }

    @Test
    @DisplayName("a reader that is gone is taken off once its producer asks about it")
    void deregistersStrangers() {
        thatHas(1);
        Heartbeat heartbeat = new Heartbeat(TOPIC, 9, new Session(OneTopic.CONSUMER, 77), 1, 1, 1, 1);
        topic.consumer.onMessage(heartbeat, topic.now());
        assertEquals(new Deregister(TOPIC, 9, heartbeat.session()), topic.sent.get(topic.sent.size() - 1));
    }

    @Test
    @DisplayName("rowP8: a consumer that was closed is never due again, asks nobody, and has no reader")
    void closes() {
        thatHas(1);
        topic.resumeAt(2, P, 0).stands();
        topic.crashes(1);
        topic.member(2, "q");
        topic.consumer.close();
        assertTrue(topic.consumer.isIdle());
        assertEquals(0, topic.consumer.catchUps());
        topic.deliver();
        topic.sent.clear();
        topic.after(60_000);
        assertEquals(List.of(), topic.sent);
    }

    @Test
    @DisplayName("rowP8, ruleF3: over years of nodes that come and go nothing of them is kept, wherever they are read")
    void forgetsThoseLongGone() {
        Reader reader = thatHas(1);
        Reader resumed = topic.resumeAt(2, P, 0);
        for (long uid = 1_000; uid < 2_000; uid++) {
            topic.member(uid, "pod-" + uid);
            topic.publish(uid, 2).run();
            if (uid % 2 == 0) {
                topic.leaves(uid);
            } else {
                topic.crashes(uid);
            }
            topic.after(10_000);
        }
        topic.after(300_000);
        topic.events(List.of());
        topic.run();
        assertEquals(500, reader.reloads);
        assertEquals(500, resumed.reloads);
        int most = 64; // as many as the ring has entries
        assertTrue(topic.consumer.streams() <= most, topic.consumer.streams() + " streams");
        assertTrue(topic.consumer.feed().tails().size() <= most);
        assertTrue(reader.state.positions().places().size() <= most);
        assertTrue(topic.consumer.known().settled().size() <= most);
    }

    @Test
    @DisplayName("ruleT1: a token lists a stream that ended lately with its place, also one that only tokens know here")
    void listsWithItsPlace() {
        topic.member(1, "p");
        topic.publish(1, 3);
        topic.endsWithAFarewell(1);
        topic.member(9, "q");
        topic.up();
        Reader reader = topic.resume(1, topic.token(OneTopic.at(P, 2)));
        topic.run();
        topic.publish(9, 1).run(); // it goes on
        assertEquals(1, reader.gaps.size());
        CursorToken.Entry its = reader.token().entries().stream()
                .filter(entry -> entry.epoch().equals(P.epoch()))
                .findFirst()
                .orElseThrow();
        assertTrue(its.over());
        assertEquals(3, its.sequence());
    }

    @Test
    @DisplayName("ruleF3: whoever has not read how streams ended that are forgotten is told that something is missing")
    void forgottenBeforeTheyWereRead() {
        Reader reader = thatHas(1);
        Reader stands = topic.latest(2).stands();
        topic.publish(1, 30).after(3_000);
        topic.publish(1, 100).after(3_000); // its feed goes on without it
        for (long uid = 1_000; uid < 2_100; uid++) {
            topic.member(uid, "pod-" + uid);
            topic.publish(uid, 1).run();
            topic.endsWithAFarewell(uid);
            topic.run();
        }
        assertEquals(List.of(), reader.gaps);
        stands.goesOn();
        topic.after(1_000);
        assertTrue(stands.gaps.contains(NOBODY_KNOWS), () -> stands.gaps.size() + " gaps");
        topic.publish(1, 1).run();
        assertEquals(132, stands.given(P).get(stands.given(P).size() - 1));
    }
}
