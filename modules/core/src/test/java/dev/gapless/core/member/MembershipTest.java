package dev.gapless.core.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Now;
import dev.gapless.core.member.MemberEvent.Named;
import dev.gapless.core.member.MemberEvent.Present;
import dev.gapless.core.member.MemberEvent.Removed;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.Hello;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private static final long AGE_MS = 100;
    private static final long HEARD_MS = 1_000;
    private static final long SINCE_MS = 900;

    private final History history = new History(History.Bounds.DEFAULT);
    private final Membership membership = new Membership(1, "n1", history);

    private List<MemberEvent> heard(long uid, String node) {
        return membership.heard(new Hello(uid, 1, node, List.of(), false, 0, 0, AGE_MS, true), HEARD_MS);
    }

    private void up() {
        membership.appeared(1, "host:1", 0);
        membership.selfUp();
    }

    private List<Departure> remembered() {
        return history.view(new Now(0, 0)).departures();
    }

    private static final Map<Epoch, Long> PUBLISHED = Map.of(new Epoch(5), 3L);

    @Test
    @DisplayName(
            "ruleT2: who ends is remembered under the name that it said, with when, and what it said that it published")
    void remembersWhoEnded() {
        up();
        membership.appeared(2, "host:2", 0);
        heard(2, "n2");
        membership.farewell(new Farewell(2, 1, PUBLISHED));
        assertEquals(List.of(), remembered(), "a farewell counts once its sender is removed");
        assertEquals(List.of(new Removed(2, PUBLISHED)), membership.removed(2, 7));
        assertEquals(List.of(new Departure(2, "n2", 7, PUBLISHED)), remembered());
    }

    @Test
    @DisplayName("ruleT2: a farewell of one that was only seen joining counts, and one of a stranger does not")
    void farewellOfANewcomer() {
        up();
        membership.joining(2, "host:2");
        membership.farewell(new Farewell(2, 1, Map.of()));
        membership.farewell(new Farewell(3, 1, PUBLISHED));
        assertEquals(List.of(new Present(2, "host:2"), new Removed(2, Map.of())), membership.removed(2, 7));
        assertEquals(List.of(), membership.removed(3, 8));
        assertEquals(List.of(new Departure(2, "host:2", 7, Map.of())), remembered());
    }

    @Test
    @DisplayName("ruleC7, ruleT2: of incarnations at one address the earlier ended by when the later one was seen")
    void remembersPredecessors() {
        up();
        membership.appeared(2, "host:2", 0);
        membership.appeared(3, "host:2", 5);
        membership.removed(2, 9);
        assertEquals(List.of(new Departure(2, "host:2", 5, null)), remembered(), "once");
    }

    @Test
    @DisplayName("ruleC10: nothing happens before this node is up; then all that is known at once")
    void startsWhenUp() {
        assertEquals(List.of(), membership.appeared(2, "host:2", 0));
        assertEquals(List.of(), heard(2, "n2"));
        assertEquals(List.of(), membership.appeared(1, "host:1", 8));
        assertEquals(List.of(), membership.snapshot());
        List<MemberEvent> all = membership.selfUp();
        assertEquals(
                List.of(
                        new Present(2, "host:2"),
                        new Present(1, "host:1"),
                        new Named(2, "n2", SINCE_MS),
                        new Named(1, "n1", 8)),
                all);
        assertEquals(all, membership.snapshot());
    }

    @Test
    @DisplayName("ruleC10, ruleT2: who came and went before this node was up is in the history, and no member's event")
    void goneBeforeUp() {
        membership.appeared(2, "host:2", 0);
        heard(2, "n2");
        assertEquals(List.of(), membership.removed(2, 7));
        membership.appeared(1, "host:1", 8);
        assertEquals(List.of(new Present(1, "host:1"), new Named(1, "n1", 8)), membership.selfUp());
        assertEquals(List.of(new Departure(2, "n2", 7, null)), remembered());
        assertEquals(List.of(new Present(1, "host:1"), new Named(1, "n1", 8)), membership.snapshot());
    }

    @Test
    void presentThenNamedThenRemoved() {
        up();
        assertEquals(List.of(new Present(2, "host:2")), membership.appeared(2, "host:2", 0));
        assertEquals("host:2", membership.nameOf(2));
        assertFalse(membership.hasSaidItsName(2));
        assertEquals(List.of(new Named(2, "n2", SINCE_MS)), heard(2, "n2"));
        assertEquals("n2", membership.nameOf(2));
        assertEquals(List.of(), heard(2, "n2"));
        assertEquals(List.of(new Removed(2)), membership.removed(2, 0));
        assertEquals(List.of(), membership.removed(2, 0));
        assertNull(membership.nameOf(2));
    }

    @Test
    @DisplayName(
            "ruleC7: who was seen joining, and went without having been seen up, came and went: it may have published")
    void goneBeforeItWasSeenUp() {
        up();
        membership.joining(2, "host:2");
        membership.joining(1, "host:1");
        assertFalse(membership.contains(2));
        assertTrue(membership.knows(2));
        assertEquals(Set.of(2L), membership.newcomers());
        assertEquals(List.of(new Present(2, "host:2"), new Removed(2)), membership.removed(2, 0));
        assertFalse(membership.knows(2));
        assertEquals(Set.of(), membership.newcomers());
        assertEquals(List.of(), membership.removed(2, 0));
        assertFalse(membership.knows(99));
        assertTrue(membership.contains(1), "this node is a member, whatever was seen of it before");
    }

    @Test
    @DisplayName("ruleC7, C10, ruleT2: it is in the history, too, if this node was not up then")
    void goneBeforeItWasSeenUpAndBeforeUp() {
        membership.joining(2, "host:2");
        assertEquals(List.of(), membership.removed(2, 7));
        membership.appeared(1, "host:1", 8);
        assertEquals(List.of(new Present(1, "host:1"), new Named(1, "n1", 8)), membership.selfUp());
        assertEquals(List.of(new Departure(2, "host:2", 7, null)), remembered());
    }

    @Test
    @DisplayName("ruleC7: who joins and then is up is a member like any other")
    void joinsAndIsUp() {
        up();
        membership.joining(2, "host:2");
        assertEquals(List.of(new Present(2, "host:2")), membership.appeared(2, "host:2", 0));
        membership.joining(2, "host:2");
        assertEquals(List.of(new Removed(2)), membership.removed(2, 0));
        assertFalse(membership.knows(2));
    }

    @Test
    @DisplayName(
            "ruleC7, M2: of incarnations at one address the earlier are over when a later one is up, or over, in their order")
    void laterIncarnationsEndEarlierOnes() {
        up();
        membership.appeared(2, "host:2", 0);
        membership.joining(3, "host:2");
        membership.joining(4, "host:2");
        membership.joining(5, "host:5");
        assertEquals(
                List.of(new Removed(2), new Present(3, "host:2"), new Removed(3)),
                membership.removed(3, 0),
                "and nothing of the later one");
        assertEquals(
                List.of(new Present(4, "host:2"), new Removed(4), new Present(6, "host:2")),
                membership.appeared(6, "host:2", 0));
        assertTrue(membership.knows(5));
    }

    @Test
    @DisplayName("ruleT2: a member runs since when it says, by its age, also if another one had its name until then")
    void runsSince() {
        up();
        membership.appeared(2, "host:2", 0);
        heard(2, "n2");
        membership.appeared(3, "host:3", 0);
        heard(3, "n2");
        assertEquals(List.of(new Removed(2), new Named(3, "n2", SINCE_MS)), membership.removed(2, 99_000));
    }

    @Test
    @DisplayName("a name that is heard before its member is known is said again")
    void heardTooEarly() {
        up();
        assertEquals(List.of(), heard(2, "n2"));
        membership.appeared(2, "host:2", 0);
        assertFalse(membership.hasSaidItsName(2));
    }

    @Test
    @DisplayName("ruleC7: a new incarnation under the name of another waits for that one's removal")
    void laterIncarnationWaits() {
        up();
        membership.appeared(2, "host:2", 0);
        heard(2, "n2");
        assertEquals(List.of(new Present(3, "host:3")), membership.appeared(3, "host:3", 0));
        assertEquals(List.of(), heard(3, "n2"));
        assertTrue(membership.hasSaidItsName(3));
        assertEquals(List.of(new Removed(2), new Named(3, "n2", SINCE_MS)), membership.removed(2, 0));
    }

    @Test
    @DisplayName(
            "ruleT2: one that began behind another of its name ended behind it, in whichever order they are removed")
    void removedInTheOtherOrder() {
        up();
        membership.appeared(2, "host:2", 0);
        heard(2, "n2");
        membership.appeared(3, "host:3", 0);
        heard(3, "n2");
        membership.removed(3, 50);
        membership.removed(2, 51);
        assertEquals(List.of(new Departure(2, "n2", 49, null), new Departure(3, "n2", 50, null)), history.departures());
    }

    @Test
    @DisplayName(
            "a new incarnation at the address of another one shows that that one is gone, before the news of its removal come")
    void successorAtTheSameAddress() {
        up();
        membership.appeared(2, "host:2", 0);
        heard(2, "n2");
        assertEquals(List.of(new Removed(2), new Present(3, "host:2")), membership.appeared(3, "host:2", 0));
        assertEquals(List.of(new Named(3, "n2", SINCE_MS)), heard(3, "n2"));
        assertEquals(List.of(), membership.removed(2, 0));
        assertEquals("n2", membership.nameOf(3));
    }

    @Test
    void findsItsNamesake() {
        up();
        assertTrue(membership.namesake().isEmpty());
        membership.appeared(2, "host:2", 0);
        assertEquals(List.of(), heard(2, "n1"));
        assertEquals(OptionalLong.of(2), membership.namesake());
    }
}
