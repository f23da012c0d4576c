package dev.gapless.core.consumer;

import static dev.gapless.core.Given.FRAME_BYTES;
import static dev.gapless.core.Given.TOPIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.consumer.OneTopic.Reader;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.member.MemberEvent;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who reads what of the streams that a durable log has of earlier incarnations (rules C11 and S5). */
class DurableStreamsTest {
    private static final Stream P = OneTopic.stream(1, "p");

    private static final Gap NOBODY_KNOWS = new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null);

    private static final TopicSettings SETTINGS = Given.ring(1_000).with(draft -> {
        draft.durable = true;
        draft.feedMessages = 64;
        draft.batchBytes = 16 * FRAME_BYTES;
        draft.windowBytes = 64L * FRAME_BYTES;
    });

    private final OneTopic topic = new OneTopic(SETTINGS);

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

    @Test
    @DisplayName("ruleC11: a stream that nobody has heard of comes behind the one that the node had here")
    void readsWhatNobodyHasHeardOf() {
        Reader reader = thatHas(3);
        topic.crashes(1);
        Stream between = topic.unheard(2, "p", 2);
        Stream now = topic.member(3, "p");
        topic.after(5_000).publish(3, 1).run();
        reader.hasAll(P, 1, 3);
        reader.hasAll(between, 1, 2);
        reader.hasAll(now, 1, 1);
    }

    /** A node that has been deaf hears that this incarnation came and went. */
    private static void cameAndWent(OneTopic there, long uid) {
        there.events(List.of(
                new MemberEvent.Present(uid, "host:" + uid),
                new MemberEvent.Named(uid, "p", there.now().ms())));
        there.events(List.of(new MemberEvent.Removed(uid, null)));
    }

    @Test
    @DisplayName(
            "ruleS5, G2: what came before the stream that a token names is not given in a feed that is yet to come to it (seed 1000000001288)")
    void isNotPlacedInFrontOfWhatItHasRead() {
        Reader other = thatHas(3);
        topic.crashes(1);
        Stream passed = topic.unheard(2, "p", 2);
        Stream read = topic.unheard(3, "p", 3);
        Reader resumed = topic.resume(2, topic.token(OneTopic.at(read, 3)));
        topic.run();
        cameAndWent(topic, 2);
        cameAndWent(topic, 3);
        topic.run();
        Stream now = topic.member(4, "p");
        topic.after(5_000).publish(4, 2).run();
        assertEquals(List.of(1L, 2L), other.given(passed));
        assertEquals(List.of(1L, 2L, 3L), other.given(read));
        assertEquals(List.of(1L, 2L), other.given(now));
        assertEquals(List.of(), resumed.given(passed));
        assertEquals(List.of(), resumed.given(read));
        assertEquals(List.of(1L, 2L), resumed.given(now));
        assertEquals(List.of(), resumed.given(passed));
    }

    @Test
    @DisplayName(
            "ruleC11: whoever begins with a time goes over to a feed that has dropped a stream of which nobody has heard (seed 1000000013509)")
    void whoBeginsWithATimeHasNothingToDoWithIt() {
        thatHas(3);
        topic.crashes(1);
        topic.unheard(2, "p", 100);
        topic.member(3, "p");
        topic.after(5_000);
        Reader since = topic.open(2, new Opening.Since(topic.now().ms()));
        topic.after(5_000);
        assertFalse(since.state.isCatchingUp());
    }

    @Test
    @DisplayName(
            "ruleC11, G1: behind a stream that is over for a token the log may have one of which nobody has heard (seed 1000000011847)")
    void readsOnBehindWhatIsOver() {
        topic.member(9, "q");
        topic.publish(9, 100);
        thatHas(3);
        topic.crashes(1);
        CursorToken elsewhere = new CursorToken(
                TOPIC, "c", topic.now().ms(), Given.HISTORY + 1, List.of(OneTopic.at(OneTopic.stream(9, "q"), 1)), 0);
        topic.unreachable(9);
        Reader resumed = topic.resume(2, elsewhere);
        topic.run();
        assertTrue(resumed.state.isCatchingUp());
        Stream between = topic.unheard(2, "p", 2);
        topic.member(3, "p");
        topic.after(5_000);
        assertEquals(List.of(NOBODY_KNOWS), resumed.gaps);
        assertEquals(List.of(), resumed.given(P));
        assertEquals(List.of(1L, 2L), resumed.given(between));
    }

    @Test
    @DisplayName(
            "ruleT2, G1: who is told that anything may be missed is told in the same reload that a stream is over whose producer had not answered (seed 3000000002222)")
    void isToldOfBothInOneReload() {
        topic.member(9, "q");
        topic.up().run();
        Stream unanswered = topic.unheard(1, "p", 3);
        CursorToken elsewhere = new CursorToken(
                TOPIC,
                "c",
                topic.now().ms(),
                Given.HISTORY + 1,
                List.of(OneTopic.at(unanswered, CursorToken.Entry.UNKNOWN)),
                0);
        Stream now = topic.member(2, "p");
        Reader resumed = topic.resume(1, elsewhere);
        topic.after(5_000).publish(2, 1).run();
        Gap over = new Gap("p", Reason.PRODUCER_LOST, unanswered.epoch(), null, null, null);
        assertEquals(List.of(NOBODY_KNOWS, over), resumed.gaps);
        assertEquals(1, resumed.reloads);
        assertEquals(List.of(), resumed.given(unanswered));
        assertEquals(List.of(1L), resumed.given(now));
    }

    @Test
    @DisplayName(
            "ruleS5, G1: who is overtaken in the midst of a stream of which nobody has heard gets it from the log (seed 1000000020919)")
    void overtakenInFrontOfWhatNobodyHasHeardOf() {
        Reader reader = thatHas(3).stands();
        topic.crashes(1);
        Stream between = topic.unheard(2, "p", 10);
        Stream now = topic.member(3, "p");
        topic.after(5_000).publish(3, 100).after(20_000);
        assertTrue(reader.state.isOvertaken());
        reader.goesOn();
        topic.after(5_000);
        reader.hasAll(between, 1, 10);
        reader.hasAll(now, 1, 100);
    }

    @Test
    @DisplayName(
            "ruleC11, G2: of several streams that tokens name the log's first is read first, whatever their order there (seed 1000000933534)")
    void asksForTheFirstInTheLog() {
        topic.member(9, "q");
        topic.up().run();
        Stream first = topic.unheard(1, "p", 2);
        Stream second = topic.unheard(2, "p", 3);
        Reader resumed = topic.resume(1, topic.token(OneTopic.at(second, 0), OneTopic.at(first, 0)));
        topic.run();
        Stream own = topic.member(3, "p");
        topic.after(5_000).publish(3, 1).after(5_000);
        resumed.hasAll(first, 1, 2);
        resumed.hasAll(second, 1, 3);
        resumed.hasAll(own, 1, 1);
    }

    @Test
    @DisplayName(
            "ruleT2, G1: what another token names, and is no member yet, is not over for who was told that anything may be missed (seed 1000000943376)")
    void turnsOutToBeAMember() {
        Stream other = topic.member(9, "q");
        topic.up().run();
        topic.publish(9, 100).after(5_000);
        topic.unreachable(9);
        Stream joining = OneTopic.stream(5, "p");
        topic.resume(1, topic.token(OneTopic.at(joining, 0), OneTopic.at(other, 1)));
        topic.run();
        CursorToken elsewhere =
                new CursorToken(TOPIC, "c", topic.now().ms(), Given.HISTORY + 1, List.of(OneTopic.at(other, 1)), 0);
        Reader resumed = topic.resume(2, elsewhere);
        topic.run();
        assertEquals(1, topic.mostReaders(), "both read one feed");
        topic.member(5, "p");
        topic.after(5_000).publish(5, 2).run();
        topic.reachable(9);
        topic.after(20_000);
        assertEquals(List.of(1L, 2L), resumed.given(joining));
    }

    @Test
    @DisplayName("ruleC11: who is overtaken before two restarts is told nothing that the log still has")
    void overtakenInFrontOfTwoRestarts() {
        Reader reader = thatHas(3).stands();
        topic.publish(1, 2).run();
        topic.crashes(1);
        Stream second = topic.member(2, "p");
        topic.after(5_000).publish(2, 10).after(5_000);
        topic.crashes(2);
        Stream third = topic.member(3, "p");
        topic.after(5_000).publish(3, 100).after(20_000);
        assertTrue(reader.state.isOvertaken());
        reader.goesOn();
        topic.after(5_000);
        reader.hasAll(P, 1, 5);
        reader.hasAll(second, 1, 10);
        reader.hasAll(third, 1, 100);
    }

    @Test
    @DisplayName(
            "ruleC11, S5: who goes on in the midst of a stream that a later log has gets the rest, although its incarnation is a member yet")
    void goesOnInTheMidstOfAMembersStream() {
        Stream other = topic.member(9, "q");
        thatHas(3);
        topic.crashes(1);
        Stream between = topic.unheard(2, "p", 5);
        topic.events(List.of(new MemberEvent.Present(2, "host:2")));
        Stream now = topic.member(3, "p");
        topic.after(5_000).publish(9, 100).after(5_000);
        Reader resumed = topic.resume(2, topic.token(OneTopic.at(between, 2), OneTopic.at(other, 1)));
        topic.after(5_000);
        assertEquals(List.of(), resumed.given(between));
        topic.events(List.of(new MemberEvent.Removed(2, null)));
        topic.after(5_000).publish(3, 1).run();
        assertEquals(List.of(3L, 4L, 5L), resumed.given(between));
        assertEquals(List.of(1L), resumed.given(now));
        assertEquals(List.of(), resumed.given(P), "that came before what it has read");
        assertEquals(
                List.of(new Gap("p", Reason.PRODUCER_LOST, P.epoch(), 1L, null, null)),
                resumed.gaps,
                "its token does not list it, and it ended lately (rule T2)");
    }

    @Test
    @DisplayName(
            "ruleC11: what comes behind a stream is not gone back to where a subscription is further (seed 1000000084299)")
    void isFurtherInWhatComesNext() {
        OneTopic small = new OneTopic(SETTINGS.with(draft -> draft.bufferMessages = 4));
        small.member(9, "q");
        small.publish(9, 6);
        small.member(1, "p");
        small.up();
        small.latest(1);
        small.run().publish(1, 3).run();
        small.crashes(1);
        Stream second = small.unheard(2, "p", 10);
        cameAndWent(small, 2);
        small.unreachable(9);
        Reader resumed = small.resume(
                2, small.token(OneTopic.at(P, 3), OneTopic.at(second, 9), OneTopic.at(OneTopic.stream(9, "q"), 4)));
        small.run();
        assertTrue(resumed.state.isCatchingUp());
        Stream third = small.member(3, "p");
        small.after(5_000).publish(3, 1).run();
        resumed.hasAll(second, 10, 10);
        resumed.hasAll(third, 1, 1);
    }

    @Test
    @DisplayName(
            "ruleC11: a token that does not list a stream that nobody had heard of is told that anything may be missed (seed 1000000056295)")
    void isToldWhatItsTokenDoesNotKnow() {
        thatHas(3);
        topic.crashes(1);
        Stream between = topic.unheard(2, "p", 100);
        Stream now = topic.member(3, "p");
        topic.after(5_000);
        Reader resumed = topic.resume(2, topic.token(OneTopic.at(P, 3)));
        topic.after(5_000);
        assertEquals(List.of(NOBODY_KNOWS), resumed.gaps.subList(0, 1));
        assertEquals(List.of(), resumed.given(between));
        assertFalse(resumed.state.isCatchingUp());
        topic.publish(3, 2).run();
        Reader further = topic.resume(3, topic.token(OneTopic.at(now, 1)));
        topic.after(5_000);
        assertFalse(further.gaps.contains(NOBODY_KNOWS));
        assertEquals(List.of(2L), further.given(now));
    }
}
