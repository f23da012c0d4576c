package dev.gapless.core.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.Limits;
import dev.gapless.core.Now;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.place.AddressSlot;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Part;
import dev.gapless.core.reading.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who the producers of a topic are, as members come and go. */
class TopicProducersTest {
    private static final TopicSettings SETTINGS = Given.ring(10);
    private static final Now NOW = Given.NOW;
    /** The incarnation of the node that looks. */
    private static final long SELF = 1;

    private final TopicProducers topic = new TopicProducers(Given.TOPIC, SELF, SETTINGS);

    private static Epoch epoch(long uid) {
        return Epoch.of(uid, Given.TOPIC);
    }

    private void onMembers(MemberEvent... events) {
        topic.onMembers(List.of(events), Given.history(), NOW);
    }

    private KnownProducer producer(String name) {
        KnownProducer known = topic.producers().get(topic.named(name));
        assertEquals(name, known == null ? null : known.name());
        return known;
    }

    private static List<Long> uids(KnownProducer producer) {
        return producer.generations().stream().map(Generation::uid).toList();
    }

    private void answers(String name, long... uids) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < uids.length; i++) {
            parts.add(new Part(epoch(uids[i]), uids[i], 10L * i));
        }
        topic.answered(topic.named(name), parts, false, new Given.Copied(10L * uids.length, 10L * uids.length, 1));
    }

    @Test
    @DisplayName("a member that says its name is asked for its log, and copied when it has answered")
    void comes() {
        onMembers(new MemberEvent.Present(7, "127.0.0.1:1"));
        assertEquals(-1, topic.member(7).slot());
        onMembers(new MemberEvent.Named(7, "a", 0));
        assertEquals(KnownProducer.Presence.ASKED, producer("a").presence());
        assertEquals(7, topic.host(topic.member(7).slot()).uid());
        answers("a", 7);
        assertEquals(KnownProducer.Presence.COPIED, producer("a").presence());
    }

    @Test
    @DisplayName("one that is gone without a word is waited for; then its end is open. Its successor has the same slot")
    void goes() {
        onMembers(new MemberEvent.Present(7, "127.0.0.1:1"), new MemberEvent.Named(7, "a", 0));
        answers("a", 7);
        onMembers(new MemberEvent.Removed(7));
        assertEquals(KnownProducer.Presence.AWAITED, producer("a").presence());
        assertEquals(SETTINGS.producerReturnNs(), topic.dueInNs(NOW.ns()));
        topic.onTime(new Now(0, NOW.ns() + SETTINGS.producerReturnNs() - 1));
        assertEquals(KnownProducer.Presence.AWAITED, producer("a").presence());
        topic.onTime(new Now(0, NOW.ns() + SETTINGS.producerReturnNs()));
        assertEquals(KnownProducer.Presence.GONE, producer("a").presence());
        assertEquals(
                new End.Open(Reason.PRODUCER_LOST),
                producer("a").generations().get(0).end());
        assertEquals(Long.MAX_VALUE, topic.dueInNs(NOW.ns()));
        onMembers(new MemberEvent.Present(8, "127.0.0.1:2"), new MemberEvent.Named(8, "a", 0));
        answers("a", 8);
        assertEquals(List.of(7L, 8L), uids(producer("a")));
    }

    @Test
    @DisplayName("one that leaves in good order states its end, and nobody is waited for")
    void leaves() {
        onMembers(new MemberEvent.Present(7, "127.0.0.1:1"), new MemberEvent.Named(7, "a", 0));
        answers("a", 7);
        onMembers(new MemberEvent.Removed(7, Map.of(epoch(7), 12L)));
        assertEquals(KnownProducer.Presence.GONE, producer("a").presence());
        assertEquals(
                new End.Stated(12, true), producer("a").generations().get(0).end());
    }

    @Test
    @DisplayName("one whose log outlives its process is waited for longer, also if it left in good order")
    void stored() {
        TopicSettings durable = SETTINGS.with(draft -> draft.durable = true);
        TopicProducers stored = new TopicProducers(Given.TOPIC, SELF, durable);
        stored.onMembers(
                List.of(
                        new MemberEvent.Present(7, "127.0.0.1:1"),
                        new MemberEvent.Named(7, "a", 0),
                        new MemberEvent.Removed(7, Map.of(epoch(7), 12L))),
                Given.history(),
                NOW);
        assertEquals(durable.durableReturnNs(), stored.dueInNs(NOW.ns()));
    }

    @Test
    @DisplayName(
            "a member that goes by its address has the name that a token gives it, behind those of that name that are gone")
    void namedBehindThoseThatAreGone() {
        onMembers(
                new MemberEvent.Present(7, "127.0.0.1:1"),
                new MemberEvent.Named(7, "a", 0),
                new MemberEvent.Removed(7));
        onMembers(new MemberEvent.Present(8, "127.0.0.1:2"));
        int address = topic.namelessMembers().get(0);
        topic.namedByToken(8, "a");
        assertEquals(List.of(new AddressSlot(8, "127.0.0.1:2", address, topic.named("a"))), topic.takeNamed());
    }

    @Test
    @DisplayName(
            "one whose name another member has goes by its address: by its name it would be in front of what is read")
    void besideAnother() {
        onMembers(
                new MemberEvent.Present(7, "127.0.0.1:1"),
                new MemberEvent.Named(7, "a", 0),
                new MemberEvent.Present(8, "127.0.0.1:2"));
        int address = topic.namelessMembers().get(0);
        topic.namedByToken(8, "a");
        onMembers(new MemberEvent.Removed(8));
        assertEquals(List.of(), topic.takeNamed());
        assertEquals(List.of(8L), uids(Objects.requireNonNull(topic.producers().get(address))));
        onMembers(new MemberEvent.Removed(7));
        topic.namedByToken(8, "a");
        assertEquals(List.of(), topic.takeNamed(), "7 ended behind it");
        onMembers(new MemberEvent.Present(9, "127.0.0.1:3"), new MemberEvent.Removed(9));
        topic.namedByToken(9, "a");
        assertEquals(List.of(), topic.takeNamed(), "a token does not say which was first");
        topic.onMembers(List.of(), Given.history(new Departure(9, "a", 500, null)), NOW);
        assertEquals(9, topic.takeNamed().get(0).uid());
    }

    @Test
    @DisplayName(
            "one that was there before another of its name came and ended goes by its address: whoever read on would be behind it")
    void inFrontOfOneThatEnded() {
        onMembers(new MemberEvent.Present(7, "127.0.0.1:1"));
        topic.namedByToken(7, "a");
        onMembers(new MemberEvent.Present(8, "127.0.0.1:2"), new MemberEvent.Named(8, "a", 0));
        onMembers(new MemberEvent.Removed(8), new MemberEvent.Removed(7));
        assertEquals(List.of(8L), uids(producer("a")));
        topic.onMembers(
                List.of(), Given.history(new Departure(7, "a", 500, null), new Departure(8, "a", 400, null)), NOW);
        assertEquals(List.of(8L), uids(producer("a")));
        int slot = topic.nameless(7, "127.0.0.1:1");
        assertEquals(List.of(7L), uids(Objects.requireNonNull(topic.producers().get(slot))));
    }

    @Test
    @DisplayName(
            "a token does not say where one comes among others of its name that have ended: it goes by its address")
    void namedByATokenAlone() {
        topic.onMembers(List.of(), Given.history(new Departure(8, "a", 400, null)), NOW);
        topic.namedByToken(7, "a");
        topic.onMembers(
                List.of(),
                Given.history(new Departure(8, "a", 400, null), new Departure(7, "127.0.0.1:1", 500, null)),
                NOW);
        assertEquals(List.of(8L), uids(producer("a")));
        topic.namedByToken(9, "b");
        topic.onMembers(
                List.of(),
                Given.history(new Departure(8, "b", 400, null), new Departure(9, "127.0.0.1:3", 500, null)),
                NOW);
        assertEquals(List.of(9L), uids(producer("b")), "nobody else of that name has ended");
    }

    @Test
    @DisplayName(
            "who was told under its address beside the member with its name goes by the name again when that one's log has it")
    void foldedAgain() {
        topic.begin(Given.members(List.of(new MemberEvent.Present(7, "127.0.0.1:1"))), NOW);
        topic.nameless(7, "127.0.0.1:1");
        topic.namedByToken(7, "a");
        onMembers(new MemberEvent.Present(8, "127.0.0.1:2"), new MemberEvent.Named(8, "a", 0));
        onMembers(new MemberEvent.Removed(7));
        int address = topic.producers().addressSlot(7);
        assertEquals(List.of(7L), uids(Objects.requireNonNull(topic.producers().get(address))));
        topic.takeNamed();
        answers("a", 7, 8);
        assertEquals(List.of(7L, 8L), uids(producer("a")));
        assertEquals(null, topic.producers().get(address), "it is not there twice");
        assertEquals(1, topic.takeNamed().size());
    }

    @Test
    @DisplayName(
            "who came before the member that has its name now, and is not in that one's log, has a successor: a token alone knows its name")
    void succeeded() {
        topic.begin(Given.members(List.of(new MemberEvent.Present(7, "127.0.0.1:1"))), NOW);
        topic.namedByToken(7, "a");
        assertEquals(List.of(), topic.succeeded());
        onMembers(new MemberEvent.Present(8, "127.0.0.1:2"), new MemberEvent.Named(8, "a", 0));
        assertEquals(List.of(), topic.succeeded(), "its log has not answered");
        answers("a", 8);
        int a = topic.named("a");
        List<Change.Succeeded> succeeded = topic.succeeded(a);
        int address = topic.producers().addressSlot(7);
        assertEquals(List.of(new Change.Succeeded(a, address, 7, epoch(7), producer("a"))), succeeded);
        onMembers(new MemberEvent.Present(9, "127.0.0.1:3"));
        topic.namedByToken(9, "a");
        assertEquals(1, topic.succeeded().size(), "9 came later");
        answers("a", 7, 8);
        assertEquals(List.of(), topic.succeeded(), "its log has it");
    }

    @Test
    @DisplayName("what a node was itself before is succeeded by what it is now")
    void succeededByItself() {
        List<MemberEvent> there = List.of(
                new MemberEvent.Present(SELF, "127.0.0.1:2"),
                new MemberEvent.Named(SELF, "a", 0),
                new MemberEvent.Present(7, "127.0.0.1:1"));
        topic.begin(Given.members(there), NOW);
        topic.namedByToken(7, "a");
        answers("a", SELF);
        assertEquals(1, topic.succeeded().size());
    }

    @Test
    @DisplayName(
            "one that is gone without a name is given up under its address at once, and belongs to a name once a log has it")
    void nameless() {
        onMembers(new MemberEvent.Present(7, "127.0.0.1:1"), new MemberEvent.Removed(7));
        KnownProducer nameless = topic.producers().get(0);
        assertEquals("127.0.0.1:1", nameless == null ? null : nameless.name());
        assertEquals(KnownProducer.Presence.GONE, nameless == null ? null : nameless.presence());
        onMembers(new MemberEvent.Present(8, "127.0.0.1:1"), new MemberEvent.Named(8, "a", 0));
        assertEquals(List.of(), topic.takeNamed());
        answers("a", 7, 8);
        assertEquals(List.of(7L, 8L), uids(producer("a")));
        assertTrue(producer("a").generations().get(0).removed().event()
                <= topic.producers().lastEvent());
        int slot = topic.named("a");
        assertEquals(List.of(new AddressSlot(7, "127.0.0.1:1", 0, slot)), topic.takeNamed());
        assertEquals(List.of(), topic.takeNamed());
        assertNull(topic.producers().get(0));
        assertEquals(0, topic.producers().addressSlot(7));
    }

    @Test
    @DisplayName("one that is remembered under its address belongs to a name once a log has it")
    void rememberedUnderItsAddress() {
        topic.onMembers(List.of(), Given.history(new Departure(7, "127.0.0.1:1", 500, null)), NOW);
        KnownProducer nameless = topic.producers().get(0);
        assertEquals(KnownProducer.Presence.GONE, nameless == null ? null : nameless.presence(), "it is told at once");
        onMembers(new MemberEvent.Present(8, "127.0.0.1:1"), new MemberEvent.Named(8, "a", 0));
        answers("a", 7, 8);
        assertEquals(List.of(7L, 8L), uids(producer("a")));
        assertNull(topic.producers().get(0), "under one name alone");
    }

    @Test
    @DisplayName("a part of a log is not over before its member is removed, which has said no name")
    void partOfMember() {
        onMembers(
                new MemberEvent.Present(7, "127.0.0.1:1"),
                new MemberEvent.Present(8, "127.0.0.1:1"),
                new MemberEvent.Named(8, "a", 0));
        answers("a", 7, 8);
        assertNull(producer("a").generations().get(0).removed());
        onMembers(new MemberEvent.Removed(7));
        assertEquals(
                topic.producers().lastEvent(),
                producer("a").generations().get(0).removed().event());
    }

    @Test
    @DisplayName("what the history remembers comes in the order in which it ended, but for what published nothing")
    void history() {
        Departure first = new Departure(7, "a", 100, null);
        Departure nothing = new Departure(8, "b", 50, Map.of());
        Departure second = new Departure(9, "a", 200, Map.of(epoch(9), 3L));
        topic.begin(Given.members(List.of(new MemberEvent.Present(1, "127.0.0.1:9")), nothing, first, second), NOW);
        assertEquals(List.of(7L, 9L), uids(producer("a")));
        assertEquals(KnownProducer.Presence.AWAITED, producer("a").presence());
        assertEquals(new End.Stated(3, true), producer("a").generations().get(1).end());
        assertTrue(producer("a").lastEvent() < topic.producers().lastEvent());
        assertEquals(1, topic.producers().slots());
    }

    @Test
    @DisplayName(
            "what is remembered late is in its place, in front of all that this node saw itself; each is there once")
    void late() {
        topic.begin(Given.members(List.of(new MemberEvent.Present(5, "127.0.0.1:1"))), NOW);
        onMembers(new MemberEvent.Named(5, "a", 0), new MemberEvent.Removed(5, Map.of(epoch(5), 1L)));
        Departure first = new Departure(7, "a", 100, null);
        Departure nothing = new Departure(8, "a", 150, Map.of());
        Departure second = new Departure(9, "a", 200, null);
        topic.onMembers(List.of(), Given.history(second), NOW);
        topic.onMembers(List.of(), Given.history(first, nothing, second), NOW);
        assertEquals(List.of(7L, 9L, 5L), uids(producer("a")));
        topic.recall(8, NOW);
        topic.recall(8, NOW);
        assertEquals(List.of(7L, 8L, 9L, 5L), uids(producer("a")));
    }

    @Test
    @DisplayName("a token, or the history, may know the name of one that has said none")
    void namedByOthers() {
        onMembers(new MemberEvent.Present(7, "127.0.0.1:1"), new MemberEvent.Present(8, "127.0.0.1:2"));
        topic.namedByToken(7, "a");
        onMembers(new MemberEvent.Removed(7), new MemberEvent.Removed(8));
        assertEquals(List.of(7L), uids(producer("a")));
        assertEquals(KnownProducer.Presence.AWAITED, producer("a").presence());
        topic.onMembers(List.of(), Given.history(new Departure(8, "b", 0, null)), NOW);
        assertEquals(List.of(8L), uids(producer("b")));
        topic.namedByToken(8, "c");
        assertEquals(List.of(8L), uids(producer("b")), "it has its name");
    }

    @Test
    @DisplayName("an incarnation without a name has one slot, which shows its address, also after its name is known")
    void addressSlots() {
        onMembers(new MemberEvent.Present(7, "127.0.0.1:1"), new MemberEvent.Present(8, "127.0.0.1:2"));
        int slot = topic.nameless(7, "127.0.0.1:1");
        assertEquals(slot, topic.nameless(7, "127.0.0.1:1"));
        assertEquals(KnownProducer.Presence.ASKED, topic.producers().get(slot).presence());
        assertEquals(
                new AddressSlot(7, "127.0.0.1:1", slot, -1), topic.producers().atAddress(slot));
        assertEquals(-1, topic.producers().slotOf("127.0.0.1:1"), "that is no name");
        topic.namedByToken(8, "b");
        int b = topic.producers().slotOf("b");
        assertEquals(List.of(slot, b), topic.namelessMembers());
        onMembers(new MemberEvent.Named(7, "a", 0));
        int a = topic.producers().slotOf("a");
        assertEquals(
                new AddressSlot(7, "127.0.0.1:1", slot, a), topic.producers().atAddress(slot));
        assertNull(topic.producers().atAddress(a));
        assertEquals(slot, topic.nameless(7, "127.0.0.1:1"));
        assertEquals(List.of(b), topic.namelessMembers());
    }

    @Test
    @DisplayName(
            "an incarnation whose name is known here has an address slot of its own for what was told elsewhere, without a producer")
    void addressSlotOfTheNamed() {
        onMembers(
                new MemberEvent.Present(7, "127.0.0.1:1"),
                new MemberEvent.Named(7, "a", 0),
                new MemberEvent.Present(8, "127.0.0.1:2"),
                new MemberEvent.Named(8, "b", 0),
                new MemberEvent.Removed(8));
        for (long uid : List.of(7L, 8L)) {
            int slot = topic.nameless(uid, "127.0.0.1:1");
            assertNull(topic.producers().get(slot));
            assertEquals(
                    topic.named(uid == 7 ? "a" : "b"),
                    topic.producers().byAddress(uid).named());
        }
        assertEquals(List.of(), topic.takeNamed());
    }

    @Test
    @DisplayName("who goes without having said the name that is known of it is gone under that, not under its address")
    void goesUnderItsName() {
        onMembers(new MemberEvent.Present(7, "127.0.0.1:1"));
        topic.nameless(7, "127.0.0.1:1");
        topic.namedByToken(7, "a");
        for (long uid = 100; uid < 100 + Limits.MAX_TOKEN_POSITIONS; uid++) {
            topic.namedByToken(uid, "x");
        }
        onMembers(new MemberEvent.Removed(7));
        assertEquals(List.of(7L), uids(producer("a")));
    }
}
