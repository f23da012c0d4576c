package dev.gapless.core.consumer;

import static dev.gapless.core.Given.TOPIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Limits;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a node knows of the streams of one topic. Its clock and the cluster's begin at 0. */
class StreamsTest {
    private static final long MS = 1_000_000;
    private static final long RETURN_MS = 15_000;
    private static final long MARGIN_MS = Given.history().marginMs();
    private static final Stream P = Stream.of(1, TOPIC, "p");
    private static final Stream NEXT = Stream.of(2, TOPIC, "p");

    private final Streams streams =
            new Streams(TOPIC, TopicSettings.DEFAULTS.with(draft -> draft.producerReturnNs = RETURN_MS * MS));
    private Now now = Given.NOW;

    StreamsTest() {
        streams.remember(Given.history());
    }

    private void after(long ms) {
        now = new Now(now.ms() + ms, now.ns() + ms * MS);
    }

    private void member(long uid, String name) {
        streams.appeared(uid, "host:" + uid);
        streams.named(uid, name, 100);
    }

    /** It was stored, and was removed without a word. */
    private void wasStored(long uid) {
        streams.setDurable(Epoch.of(uid, TOPIC), true);
        isWaitedFor(uid);
    }

    /** It was removed without a word. */
    private void isWaitedFor(long uid) {
        Stream stream = streams.removed(uid);
        assertNotNull(stream);
        assertNull(streams.endOf(stream, null, false, now));
        streams.waitFor(stream, End.lost(0), now);
    }

    @Test
    @DisplayName("a node is waited for by the name that the members remember, if its stream is stored")
    void awaitedNodes() {
        member(1, "p");
        wasStored(1);
        assertEquals(Set.of(), awaited(), "nobody remembers its name");
        member(3, "in-memory");
        isWaitedFor(3);
        member(4, "10.0.0.1:25520"); // as of one that never said its name
        wasStored(4);
        streams.remember(Given.history(
                new Departure(1, "p", 0, null),
                new Departure(3, "in-memory", 0, null),
                new Departure(4, "10.0.0.1:25520", 0, null)));
        streams.setDurable(Epoch.of(3, TOPIC), false);
        assertEquals(Set.of("p"), awaited());
        streams.expect(new Stream(P.epoch(), 1, "made-up"), now);
        streams.expect(Stream.of(9, TOPIC, "never-heard-of"), now);
        streams.setDurable(Epoch.of(9, TOPIC), true);
        assertEquals(Set.of("p"), awaited(), "a token says anything");
        streams.settle(P, End.exact(7, 0), now);
        assertEquals(Set.of(), awaited());
    }

    private Set<String> awaited() {
        Set<String> nodes = new HashSet<>();
        streams.addAwaitedNodes(nodes);
        return nodes;
    }

    // ------------------------------------------------------------------ members

    @Test
    @DisplayName("ruleC7: a member goes by its address until it has said its name; it runs since when it says")
    void members() {
        assertEquals(new Stream(P.epoch(), 1, "host:1"), streams.appeared(1, "host:1"));
        assertEquals(List.of(), streams.named());
        assertEquals(Long.MIN_VALUE, streams.sinceMs(P));
        assertEquals(P, streams.named(1, "p", 100));
        assertEquals(List.of(P), List.copyOf(streams.members()));
        assertEquals(List.of(P), streams.named());
        assertEquals(100, streams.sinceMs(P));
        assertNull(streams.named(2, "q", 100), "none that is known");
        assertNull(streams.removed(2));
    }

    @Test
    @DisplayName("ruleT2: one that said how much it published ended there; of a topic that it does not name, at 0")
    void farewell() {
        member(1, "p");
        assertEquals(End.exact(7, 0), streams.endOf(P, Map.of(P.epoch(), 7L), false, now));
        assertEquals(End.exact(0, 0), streams.endOf(P, Map.of(NEXT.epoch(), 7L), false, now));
    }

    @Test
    @DisplayName("ruleC6: one that left in good order ended where it left")
    void left() {
        member(1, "p");
        streams.left(P.epoch(), 7);
        streams.left(NEXT.epoch(), 9);
        assertTrue(streams.hasLeft(P.epoch()));
        assertFalse(streams.hasLeft(NEXT.epoch()), "no member");
        Stream removed = streams.removed(1);
        assertNotNull(removed);
        assertEquals(End.exact(7, 0), streams.endOf(removed, null, false, now));
    }

    @Test
    @DisplayName("one in whose log nothing is ever published ended in front of its first message")
    void mute() {
        member(1, "p");
        assertEquals(End.exact(0, 0), streams.endOf(P, null, true, now));
    }

    @Test
    @DisplayName("ruleC7: one that went without a word is waited for; not one that never said its name")
    void silent() {
        member(1, "p");
        assertNull(streams.endOf(P, null, false, now));
        Stream unnamed = streams.appeared(2, "host:2");
        assertEquals(End.lost(0), streams.endOf(unnamed, null, false, now));
    }

    // ------------------------------------------------------------------ those that are waited for

    @Test
    @DisplayName("ruleC7: it is waited for as long as its node may come back, and known by its node's name")
    void waitedFor() {
        member(1, "p");
        isWaitedFor(1);
        assertNull(streams.member(P.epoch()));
        assertFalse(streams.isUnknown(P.epoch()));
        assertTrue(streams.wasMember(P.epoch()));
        assertEquals(List.of(P), streams.waitedFor("p"));
        assertEquals(List.of(), streams.waitedFor("q"));
        assertEquals(100, streams.sinceMs(P));
        assertEquals(RETURN_MS * MS, streams.dueNs());
        after(RETURN_MS - 1);
        assertEquals(List.of(), streams.overdue(now.ns()));
        after(1);
        assertEquals(List.of(P), streams.overdue(now.ns()));
        streams.waitLonger(P, now);
        assertEquals(List.of(), streams.overdue(now.ns()));
        assertEquals(2 * RETURN_MS * MS, streams.dueNs());
        assertEquals(100, streams.sinceMs(P));
    }

    @Test
    @DisplayName(
            "ruleT1: one that a token names, and nobody here has heard of, is waited for, and is no member of before")
    void stranger() {
        assertTrue(streams.isUnknown(P.epoch()));
        streams.expect(P, now);
        assertEquals(P, streams.waitedFor(P.epoch()));
        assertFalse(streams.wasMember(P.epoch()));
        streams.publish();
        assertEquals(Map.of(), streams.known().open(), "it concerns those alone whose token names it");
        assertFalse(streams.settle(P, End.lost(0), now).wasMember());
        assertFalse(streams.wasMember(P.epoch()));
    }

    @Test
    @DisplayName("ruleT1: all threads are told of it before anything of it can be read (seed 1000000414453)")
    void toldOfStrangers() {
        streams.expect(P, now);
        assertEquals(Set.of(), streams.known().strangers());
        streams.publishExpected();
        assertEquals(Set.of(P.epoch()), streams.known().strangers());
    }

    @Test
    @DisplayName(
            "ruleC11: what a log has in front of a member's own stream came before that, in the log's order, whatever clocks and tokens say (seed 1000000933534)")
    void orderOfALog() {
        Stream between = Stream.of(3, TOPIC, "p");
        streams.appeared(1, "host:1");
        streams.named(1, "p", 500);
        isWaitedFor(1);
        streams.expect(between, now);
        member(2, "p"); // since 100, by its clock
        assertFalse(streams.isInFront(P.epoch(), NEXT.epoch()), "nobody knows");
        streams.hasInItsLog(NEXT, List.of(earlier(1, 5), earlier(3, 0)));
        assertTrue(streams.isInFront(between.epoch(), NEXT.epoch()));
        assertTrue(streams.isInFront(P.epoch(), between.epoch()));
        assertFalse(streams.isInFront(NEXT.epoch(), P.epoch()));
        assertEquals(List.of(P, between), streams.known().stored().logs().get(NEXT.epoch()));
    }

    @Test
    @DisplayName(
            "ruleC11: how much a node's log has of the streams of earlier incarnations says the member that came last")
    void headsOfALog() {
        member(1, "p");
        wasStored(1);
        member(2, "p");
        streams.hasInItsLog(NEXT, List.of(earlier(1, 5)));
        assertEquals(Map.of(P.epoch(), 5L), streams.known().stored().heads());
        wasStored(2);
        streams.publish();
        assertEquals(Map.of(P.epoch(), 5L), streams.known().stored().heads(), "as far as it is known");
        member(3, "p");
        streams.hasInItsLog(Stream.of(3, TOPIC, "p"), List.of(earlier(1, 4)));
        assertEquals(Map.of(P.epoch(), 4L), streams.known().stored().heads());
        assertEquals(List.of(Stream.of(3, TOPIC, "p")), streams.known().stored().latest());
        assertTrue(hasLostOf(Place.over(NEXT, 1)));
    }

    @Test
    @DisplayName("ruleC11: what came behind the last log that is known is not known to be lost (seed 1000002014437)")
    void cameLaterThanTheLog() {
        member(1, "p");
        wasStored(1);
        member(2, "p");
        streams.hasInItsLog(NEXT, List.of(earlier(1, 5)));
        wasStored(2);
        member(3, "p");
        wasStored(3);
        streams.publish();
        Place third = Place.over(Stream.of(3, TOPIC, "p"), 1);
        assertFalse(hasLostOf(third));
        member(4, "p");
        streams.hasInItsLog(Stream.of(4, TOPIC, "p"), List.of(earlier(1, 5), earlier(2, 0)));
        assertTrue(hasLostOf(third));
    }

    @Test
    @DisplayName(
            "ruleC11: a log that has nothing has lost what was read of its node; one whose node is new, or was not stored, has not")
    void logWithoutAnything() {
        member(1, "p");
        streams.hasInItsLog(P, List.of());
        isWaitedFor(1);
        member(2, "p");
        streams.hasInItsLog(NEXT, List.of());
        assertFalse(hasLostOf(Place.over(P, 1)), "it was not stored");
        wasStored(2);
        member(3, "p");
        streams.hasInItsLog(Stream.of(3, TOPIC, "p"), List.of());
        assertTrue(hasLostOf(Place.over(NEXT, 1)));
        assertFalse(hasLostOf(Place.over(P, 1)), "it was not stored");
    }

    @Test
    @DisplayName(
            "ruleC11: a log that has nothing has lost what a token names whose incarnation was never a member here")
    void logWithoutWhatATokenNames() {
        member(2, "p");
        streams.hasInItsLog(NEXT, List.of());
        Frontier at = Frontier.of(Map.of(P.epoch(), Place.over(P, 1)));
        assertFalse(streams.known().stored().hasLostOf(at), "it may be the next one");
        assertTrue(streams.known().stored().hasLostOf(at.with(Place.at(NEXT, 0))));
    }

    @Test
    @DisplayName("ruleC11, ruleD5: a log that has as many as may be, and of each a message, may have forgotten others")
    void asManyAsMayBe() {
        member(1, "p");
        wasStored(1);
        member(2, "p");
        List<LogIdentity.Earlier> most = LongStream.range(10, 10 + Limits.MOST_EARLIER_STREAMS)
                .mapToObj(uid -> earlier(uid, 1))
                .toList();
        streams.hasInItsLog(NEXT, most);
        assertFalse(hasLostOf(Place.over(P, 1)));
        List<LogIdentity.Earlier> oneIsEmpty = new ArrayList<>(most);
        oneIsEmpty.set(3, earlier(13, 0));
        streams.hasInItsLog(NEXT, oneIsEmpty);
        assertTrue(hasLostOf(Place.over(P, 1)), "those without messages go first");
    }

    private boolean hasLostOf(Place place) {
        Frontier at = Frontier.of(Map.of(place.stream().epoch(), place));
        return streams.known().stored().hasLostOf(at);
    }

    private static LogIdentity.Earlier earlier(long uid, long head) {
        return new LogIdentity.Earlier(uid, head);
    }

    @Test
    @DisplayName(
            "ruleC11: one that was settled as lost is waited for once more if a member's log has it (seed 1000000788301)")
    void lostAndStored() {
        streams.expect(P, now);
        streams.setDurable(P.epoch(), true);
        streams.settle(P, End.lost(0), now);
        Frontier lacks = Frontier.of(Map.of(P.epoch(), Place.at(P, 0)));
        streams.expectMore(lacks, now);
        assertNull(streams.waitedFor(P.epoch()));
        member(2, "p");
        streams.hasInItsLog(NEXT, List.of(earlier(1, 5)));
        streams.expectMore(lacks, now);
        assertEquals(P, streams.waitedFor(P.epoch()));
    }

    @Test
    @DisplayName("ruleT1: a stranger that turns out to be a member is one, waited for or settled")
    void strangerThatIsThere() {
        streams.expect(P, now);
        streams.expect(NEXT, now);
        streams.settle(NEXT, End.lost(0), now);
        member(1, "p");
        streams.appeared(2, "host:2");
        assertEquals(P, streams.member(P.epoch()));
        assertNull(streams.waitedFor(P.epoch()));
        assertNull(streams.settled(NEXT.epoch()));
        assertNotNull(streams.member(NEXT.epoch()));
    }

    @Test
    @DisplayName("stream14: a farewell that comes while it is waited for says where it ended")
    void saidSince() {
        member(1, "p");
        member(3, "q");
        isWaitedFor(1);
        isWaitedFor(3);
        streams.remember(Given.history(new Departure(1, "p", 0, null), new Departure(3, "q", 0, null)));
        assertEquals(Map.of(), streams.saidSince(now));
        after(10);
        streams.remember(
                Given.history(new Departure(1, "p", 0, Map.of(P.epoch(), 500L)), new Departure(3, "q", 0, Map.of())));
        Stream q = Stream.of(3, TOPIC, "q");
        assertEquals(Map.of(P, End.exact(500, 10), q, End.exact(0, 10)), streams.saidSince(now));
    }

    // ------------------------------------------------------------------ those that are over

    @Test
    @DisplayName("ruleC7: how it ended is settled once for all readers, and is told to all threads")
    void settled() {
        member(1, "p");
        streams.publish();
        assertEquals(Map.of(P.epoch(), P), streams.known().open());
        after(40);
        isWaitedFor(1);
        streams.publish();
        assertEquals(Map.of(P.epoch(), P), streams.known().open());
        assertEquals(Map.of(P.epoch(), 40L), streams.known().removed());
        assertEquals(Set.of(), streams.known().settled());
        after(RETURN_MS);
        End end = streams.settle(P, End.lost(now.ms()), now);
        assertTrue(end.wasMember());
        streams.publish();
        assertEquals(Map.of(), streams.known().open());
        assertEquals(Map.of(P.epoch(), 40L), streams.known().removed(), "when it was removed, not when it was settled");
        assertEquals(Set.of(P.epoch()), streams.known().settled());
        assertFalse(streams.isUnknown(P.epoch()));
    }

    @Test
    @DisplayName("ruleT2: it was removed when the others remember that it was")
    void removedByTheTimeOfOthers() {
        member(1, "p");
        streams.remember(Given.history(new Departure(1, "p", 33, null)));
        after(40);
        isWaitedFor(1);
        streams.publish();
        assertEquals(Map.of(P.epoch(), 33L), streams.known().removed());
    }

    @Test
    @DisplayName("ruleF3: it is forgotten once it ended two margins ago, and no feed has its end any more")
    void forgets() {
        member(1, "p");
        isWaitedFor(1);
        streams.settle(P, End.lost(0), now);
        after(2 * MARGIN_MS);
        streams.forgetSettled(Set.of(), now);
        assertNotNull(streams.settled(P.epoch()), "tokens may name it");
        assertEquals(Set.of(P.epoch()), streams.recent(now));
        after(1);
        assertEquals(Set.of(), streams.recent(now));
        streams.forgetSettled(Set.of(P.epoch()), now);
        assertNotNull(streams.settled(P.epoch()), "a subscription may have to read it");
        assertEquals(0, streams.forgotten());
        streams.forgetSettled(Set.of(), now);
        assertNull(streams.settled(P.epoch()));
        assertEquals(0, streams.forgotten(), "everybody has read it");
        assertEquals(0, streams.size());
        assertEquals(Long.MIN_VALUE, streams.sinceMs(P));
    }

    @Test
    @DisplayName("ruleF3: a stranger is in no token, and is forgotten once no feed has its end")
    void forgetsStrangers() {
        streams.expect(P, now);
        streams.settle(P, End.lost(0), now);
        assertEquals(Set.of(), streams.recent(now));
        streams.forgetSettled(Set.of(), now);
        assertEquals(0, streams.size());
    }

    @Test
    @DisplayName(
            "ruleF3: of too many that subscriptions which wait have not read the older half is forgotten, and counted")
    void forgetsTooMany() {
        for (long uid = 1; uid <= 1_001; uid++) {
            streams.settle(Stream.of(uid, TOPIC, "p"), End.lost(0), now);
            streams.forgetTooMany();
        }
        assertEquals(1, streams.forgotten());
        assertEquals(501, streams.size());
        assertNull(streams.settled(P.epoch()));
        assertNotNull(streams.settled(Stream.of(1_001, TOPIC, "p").epoch()));
    }

    @Test
    @DisplayName("ruleF3: first those that tokens alone named: nobody else counts on their ends")
    void forgetsStrangersFirst() {
        member(2, "p");
        isWaitedFor(2);
        streams.settle(NEXT, End.lost(0), now);
        for (long uid = 3; uid <= 1_002; uid++) {
            streams.expect(Stream.of(uid, TOPIC, "p"), now);
            streams.settle(Stream.of(uid, TOPIC, "p"), End.lost(0), now);
        }
        streams.forgetTooMany();
        assertEquals(501, streams.size());
        assertNotNull(streams.settled(NEXT.epoch()));
    }

    @Test
    @DisplayName("ruleF2: of one that never said its name the end is exact, too, if another member heard its farewell")
    void unnamedWhoseFarewellAnotherHeard() {
        streams.appeared(1, "host:1");
        streams.remember(Given.history(new Departure(1, "host:1", 1, Map.of(P.epoch(), 7L))));
        Stream stream = streams.removed(1);
        assertNotNull(stream);
        assertEquals(End.exact(7, now.ms()), streams.endOf(stream, null, false, now));
    }

    @Test
    @DisplayName("ruleT2: what others remember, and nothing has come of here, is not passed; not what ended before")
    void unheard() {
        Stream before = Stream.of(3, TOPIC, "r");
        Streams late =
                new Streams(TOPIC, TopicSettings.DEFAULTS.with(draft -> draft.producerReturnNs = RETURN_MS * MS));
        late.remember(Given.history(new Departure(3, "r", 0, null)));
        late.publish();
        assertEquals(Set.of(), late.known().unheard(), "this node was not there");
        late.appeared(1, "host:1");
        late.remember(Given.history(
                new Departure(3, "r", 0, null), new Departure(1, "p", 1, null), new Departure(2, "p", 2, null)));
        late.publish();
        assertEquals(Set.of(NEXT.epoch()), late.known().unheard());
        late.removed(1);
        late.appeared(2, "host:2");
        late.removed(2);
        late.publish();
        assertEquals(Set.of(), late.known().unheard());
        assertTrue(late.isUnknown(before.epoch()));
    }

    @Test
    @DisplayName("ruleC7: a node may return for so long, or is back already")
    void mayReturn() {
        Departure departure = new Departure(1, "p", 0, null);
        after(RETURN_MS - 1);
        assertTrue(streams.mayReturn(departure, now));
        after(1);
        assertFalse(streams.mayReturn(departure, now));
        streams.appeared(2, "host:2");
        assertFalse(streams.mayReturn(departure, now), "it has not said its name");
        member(2, "p");
        assertTrue(streams.mayReturn(departure, now));
    }

    @Test
    @DisplayName("ruleM4: that something is missed of nobody knows whom is counted, and told to all threads")
    void notices() {
        streams.notice();
        assertEquals(0, streams.known().notices());
        streams.publish();
        assertEquals(1, streams.known().notices());
        HistoryView history = streams.known().history();
        assertEquals(Given.HISTORY, history.id());
    }

    @Test
    @DisplayName(
            "ruleC11: a stream that was settled, and whose incarnation is a member after all, is not waited for (seed 1000000024051)")
    void aMemberIsAskedItself() {
        streams.setDurable(P.epoch(), true);
        streams.expect(P, now);
        streams.appeared(1, "host:1");
        streams.settle(P, End.goneOn(5, 0), now);
        Frontier at = Frontier.EMPTY.with(Place.at(P, 3));
        streams.expectMore(at, now);
        assertNull(streams.waitedFor(P.epoch()));
        streams.removed(1);
        streams.expectMore(at, now);
        assertEquals(P, streams.waitedFor(P.epoch()));
    }
}
