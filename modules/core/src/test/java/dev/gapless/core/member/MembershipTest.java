package dev.gapless.core.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.member.MemberEvent.Named;
import dev.gapless.core.member.MemberEvent.Present;
import dev.gapless.core.member.MemberEvent.Removed;
import dev.gapless.core.member.MemberEvent.Withdrawn;
import dev.gapless.core.wire.Hello;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private final Membership membership = new Membership(1, "n1");

    private List<MemberEvent> heard(long uid, String node) {
        return membership.heard(new Hello(uid, 1, node, 0, false, 0));
    }

    private void up() {
        membership.appeared(1, "host:1");
        membership.selfUp();
    }

    @Test
    @DisplayName("ruleC10: nothing happens before this node is up; then all that is known at once")
    void startsWhenUp() {
        assertEquals(List.of(), membership.appeared(2, "host:2"));
        assertEquals(List.of(), heard(2, "n2"));
        assertEquals(List.of(), membership.appeared(1, "host:1"));
        assertEquals(List.of(), membership.snapshot());
        List<MemberEvent> all = membership.selfUp();
        assertEquals(
                List.of(new Present(2, "host:2"), new Present(1, "host:1"), new Named(2, "n2"), new Named(1, "n1")),
                all);
        assertEquals(all, membership.snapshot());
    }

    @Test
    @DisplayName("ruleC10: who came and went before this node was up is told of once it is, and once")
    void goneBeforeUp() {
        membership.appeared(2, "host:2");
        assertEquals(List.of(), membership.removed(2));
        membership.appeared(1, "host:1");
        assertEquals(
                List.of(new Present(2, "host:2"), new Removed(2), new Present(1, "host:1"), new Named(1, "n1")),
                membership.selfUp());
        assertEquals(List.of(new Present(1, "host:1"), new Named(1, "n1")), membership.snapshot());
    }

    @Test
    void presentThenNamedThenRemoved() {
        up();
        assertEquals(List.of(new Present(2, "host:2")), membership.appeared(2, "host:2"));
        assertEquals("host:2", membership.nameOf(2));
        assertFalse(membership.hasSaidItsName(2));
        assertEquals(List.of(new Named(2, "n2")), heard(2, "n2"));
        assertEquals("n2", membership.nameOf(2));
        assertEquals(List.of(), heard(2, "n2"));
        assertEquals(List.of(new Removed(2)), membership.removed(2));
        assertEquals(List.of(), membership.removed(2));
        assertNull(membership.nameOf(2));
    }

    @Test
    @DisplayName("a name that is heard before its member is known is said again")
    void heardTooEarly() {
        up();
        assertEquals(List.of(), heard(2, "n2"));
        membership.appeared(2, "host:2");
        assertFalse(membership.hasSaidItsName(2));
    }

    @Test
    @DisplayName("ruleC7: a new life under the name of another waits for that one's removal")
    void laterLifeWaits() {
        up();
        membership.appeared(2, "host:2");
        heard(2, "n2");
        assertEquals(List.of(new Present(3, "host:3")), membership.appeared(3, "host:3"));
        assertEquals(List.of(), heard(3, "n2"));
        assertTrue(membership.hasSaidItsName(3));
        assertEquals(List.of(new Removed(2), new Named(3, "n2")), membership.removed(2));
    }

    @Test
    @DisplayName(
            "a new life at the address of another one shows that that one is gone, before the news of its removal come")
    void successorAtTheSameAddress() {
        up();
        membership.appeared(2, "host:2");
        heard(2, "n2");
        assertEquals(List.of(new Removed(2), new Present(3, "host:2")), membership.appeared(3, "host:2"));
        assertEquals(List.of(new Named(3, "n2")), heard(3, "n2"));
        assertEquals(List.of(), membership.removed(2));
        assertEquals("n2", membership.nameOf(3));
    }

    @Test
    @DisplayName("ruleM2: who gives way and published nothing is as if it had never come, but for its removal")
    void withdrawnBeforeItWasNamed() {
        up();
        membership.appeared(2, "host:2");
        heard(2, "n1");
        assertEquals(List.of(new Withdrawn(2)), membership.withdrew(2));
        assertEquals(List.of(), membership.withdrew(2));
        assertTrue(membership.contains(2));
        assertEquals(List.of(new Present(1, "host:1"), new Named(1, "n1")), membership.snapshot());
        assertEquals(List.of(), membership.removed(2));
    }

    @Test
    @DisplayName("ruleM2: who was named leaves like any other producer")
    void withdrawnAlthoughNamed() {
        up();
        membership.appeared(2, "host:2");
        heard(2, "n2");
        assertEquals(List.of(), membership.withdrew(2));
        assertEquals(List.of(new Removed(2)), membership.removed(2));
    }

    @Test
    @DisplayName("ruleM2: a name that one who gave way has claimed is free for the next")
    void withdrawnNamesAreFree() {
        up();
        membership.appeared(2, "host:2");
        heard(2, "n2");
        membership.appeared(3, "host:3");
        heard(3, "n2");
        membership.withdrew(3);
        assertEquals(List.of(new Removed(2)), membership.removed(2));
        membership.appeared(4, "host:4");
        assertEquals(List.of(new Named(4, "n2")), heard(4, "n2"));
    }

    @Test
    void findsItsNamesake() {
        up();
        assertTrue(membership.namesake().isEmpty());
        membership.appeared(2, "host:2");
        assertEquals(List.of(), heard(2, "n1"));
        assertEquals(OptionalLong.of(2), membership.namesake());
    }
}
