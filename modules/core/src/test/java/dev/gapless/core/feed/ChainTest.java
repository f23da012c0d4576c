package dev.gapless.core.feed;

import static dev.gapless.core.Given.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Given;
import dev.gapless.core.Reason;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which places in its stream a chain covers (rule S5), and what it remembers of what fell out of the ring (rule F1). */
class ChainTest {
    private static final Stream STREAM = Stream.of(1, Given.TOPIC, "p");
    /** Nothing fell out of the ring: it begins with this index. */
    private static final long ALL = 1;

    private long index;
    private final Chain chain = new Chain(new FeedEntry.Began(++index, STREAM, 10));

    private FeedEntry.Messages messages(long first, long last) {
        FeedEntry.Messages messages = new FeedEntry.Messages(
                index + 1, STREAM, first, slices(first, last).get(0));
        index = messages.last();
        return messages;
    }

    private FeedEntry.Expired expired(long to) {
        return new FeedEntry.Expired(++index, STREAM, Place.UNKNOWN, to, Reason.OVERRUN, 0);
    }

    private FeedEntry.Ended ended(long at, End end) {
        return new FeedEntry.Ended(++index, STREAM, at, end, true);
    }

    private boolean covers(long sequence, long head) {
        return covers(Place.at(STREAM, sequence), head);
    }

    private boolean covers(Place place, long head) {
        return chain.covers(place, head, ALL);
    }

    // ------------------------------------------------------------------ places in a stream that goes on

    @Test
    @DisplayName("ruleS5: it covers what lies between where it began and its newest message")
    void coversWhatIsThere() {
        chain.append(messages(11, 20));
        assertFalse(covers(9, Place.UNKNOWN), "10 is missing");
        assertTrue(covers(10, Place.UNKNOWN));
        assertTrue(covers(20, Place.UNKNOWN));
        assertFalse(covers(21, Place.UNKNOWN), "nobody knows whether the producer was ever there");
    }

    @Test
    @DisplayName("ruleS5: beyond its newest message it covers what its producer is known to have had")
    void coversUpToTheHead() {
        chain.append(messages(11, 20));
        assertTrue(covers(25, 25));
        assertFalse(covers(26, 25));
        assertTrue(covers(20, 15), "what came counts, whatever was heard");
    }

    @Test
    @DisplayName("ruleF1: its base is the last message that fell out, also within those that came together")
    void baseRises() {
        FeedEntry.Messages first = messages(11, 14);
        chain.append(first);
        assertEquals(10, chain.base());
        chain.evicted(first, first.index() + 1);
        assertEquals(12, chain.base());
        assertFalse(covers(11, Place.UNKNOWN));
        assertTrue(covers(12, Place.UNKNOWN));
        chain.evicted(first, first.last());
        assertEquals(14, chain.base());
        assertEquals(14, chain.tail());
    }

    @Test
    @DisplayName("ruleS5: behind an expiry alone: who has more than it skips must not be told of it again")
    void coversBehindAnExpiry() {
        chain.append(expired(30));
        assertFalse(covers(10, 40), "the gap would be told, which another feed may not have");
        assertFalse(covers(29, 40));
        assertTrue(covers(30, 40));
        FeedEntry.Expired back = expired(5);
        chain.append(back);
        assertEquals(5, chain.tail(), "its producer says that it never was further");
        chain.evicted(back, back.index());
        assertEquals(5, chain.base());
    }

    @Test
    @DisplayName(
            "ruleS5: a place that is not known is covered, one of which a producer has yet to say where it is, is not")
    void coversUnknownPlaces() {
        assertTrue(covers(Place.UNKNOWN, 20));
        assertFalse(covers(Place.AWAITED, 20));
    }

    @Test
    @DisplayName("ruleS5: nor is a place that is not known, while messages are there beyond where the stream goes on")
    void doesNotCoverUnknownPlacesInFrontOfASetback() {
        chain.append(messages(11, 20));
        FeedEntry.Expired back = expired(5);
        chain.append(back);
        assertFalse(chain.covers(Place.at(STREAM, Place.UNKNOWN), 5, back.index()), "11 to 20 are not behind 5");
        chain.evicted(back, back.index());
        assertTrue(chain.covers(Place.at(STREAM, Place.UNKNOWN), 5, back.index() + 1));
    }

    @Test
    @DisplayName("ruleS5: who does not list the stream reads it from its first message: that must be there")
    void coversUnlistedFromTheFirstMessage() {
        assertFalse(covers(null, 20));
        Chain fromTheFirst = new Chain(new FeedEntry.Began(1, STREAM, 0));
        assertTrue(fromTheFirst.covers(null, 20, ALL));
        FeedEntry.Messages messages = messages(1, 3);
        fromTheFirst.append(messages);
        assertTrue(fromTheFirst.covers(null, 20, ALL));
        fromTheFirst.evicted(messages, messages.index());
        assertFalse(fromTheFirst.covers(null, 20, ALL), "the first is gone");
    }

    @Test
    @DisplayName("ruleS5: nor is one covered that began here with an expiry")
    void doesNotCoverUnlistedBehindAnExpiry() {
        assertFalse(new Chain(expired(5)).covers(null, 20, ALL));
    }

    // ------------------------------------------------------------------ ends

    @Test
    @DisplayName("ruleS5: a place that is over is covered, whatever is there: it is skipped")
    void coversWhatIsOver() {
        chain.append(messages(11, 20));
        assertTrue(covers(Place.over(STREAM, 5), Place.UNKNOWN));
        FeedEntry.Ended ended = ended(20, End.exact(20, 0));
        chain.append(ended);
        assertTrue(chain.covers(Place.over(STREAM, 5), Place.UNKNOWN, ended.index() + 1));
    }

    @Test
    @DisplayName("ruleS5: a stream whose end fell out is covered for nobody who has not passed it")
    void doesNotCoverAnEndThatIsGone() {
        FeedEntry.Ended ended = ended(10, End.lost(0));
        chain.append(ended);
        assertTrue(chain.covers(Place.at(STREAM, 10), Place.UNKNOWN, ended.index()));
        assertFalse(chain.covers(Place.at(STREAM, 10), Place.UNKNOWN, ended.index() + 1));
        assertFalse(chain.covers(Place.at(STREAM, Place.UNKNOWN), Place.UNKNOWN, ended.index() + 1));
        assertFalse(chain.covers(null, Place.UNKNOWN, ended.index() + 1));
        assertTrue(chain.hasLostItsEnd(ended.index() + 1));
        assertFalse(chain.hasLostItsEnd(ended.index()));
    }

    @Test
    @DisplayName("ruleS5: who was told it as lost passes its end, and goes on behind its place if it has returned")
    void coversLostPlaces() {
        chain.append(messages(11, 20));
        assertTrue(covers(Place.lost(STREAM, 15), Place.UNKNOWN));
        assertFalse(covers(Place.lost(STREAM, 5), Place.UNKNOWN), "6 to 10 are missing");
        chain.append(ended(20, End.lost(0).ofStranger()));
        assertTrue(covers(Place.lost(STREAM, 5), Place.UNKNOWN));
    }

    @Test
    @DisplayName(
            "ruleC7: an end of a stranger is none if it turns out to be there; of a member nothing comes behind it")
    void returns() {
        chain.append(ended(10, End.lost(0).ofStranger()));
        assertNotNull(chain.ended());
        assertEquals(Place.lost(STREAM, 10), chain.place());
        chain.append(messages(11, 12));
        assertNull(chain.ended());
        assertEquals(Place.at(STREAM, 12), chain.place());
        chain.append(ended(12, End.lost(0)));
        assertThrows(AssertionError.class, () -> chain.append(messages(13, 13)));
    }

    @Test
    @DisplayName("ruleF1: one of which nothing but its end came has no place, and is over for who begins now")
    void endedBeforeItBegan() {
        Chain silent = new Chain(ended(Place.AWAITED, End.lost(0)));
        assertEquals(Place.over(STREAM, Place.AWAITED), silent.place());
        assertEquals(Chain.NOWHERE, silent.base());
        assertTrue(silent.covers(null, Place.UNKNOWN, ALL));
    }

    @Test
    @DisplayName(
            "ruleS5: one of which its producer's store has lost everything was not empty: who lacks what came before has to get it (seed 1000400024480)")
    void wasSetBack() {
        Chain lost = new Chain(new FeedEntry.Began(++index, STREAM, 0));
        FeedEntry.Messages three = messages(1, 3);
        lost.append(three);
        lost.append(expired(0));
        lost.append(ended(0, End.goneOn(0, 0)));
        assertFalse(lost.wasEmpty());
        assertTrue(lost.covers(null, Place.UNKNOWN, ALL));
        lost.evicted(three, three.index() + 1);
        assertFalse(lost.covers(null, Place.UNKNOWN, three.index() + 2), "2 are gone");
        Chain empty = new Chain(new FeedEntry.Began(++index, STREAM, 0));
        empty.append(ended(0, End.goneOn(0, 0)));
        assertTrue(empty.wasEmpty());
    }

    // ------------------------------------------------------------------ invariants

    @Test
    @DisplayName("ruleF1: messages follow one another, and begin behind an entry that says where")
    void messagesFollow() {
        assertThrows(AssertionError.class, () -> chain.append(messages(12, 12)));
        assertThrows(IllegalStateException.class, () -> new Chain(messages(1, 1)));
    }
}
