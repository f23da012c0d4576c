package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.TestNode;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One node after the other restarts while all publish; its subscriptions go on by the tokens that it kept in files. */
@Order(2) // takes long
@Tag("thorough")
@Tag("day2")
class RollingRestartTest {
    private static Judged judged;

    @BeforeAll
    static void start() {
        judged = Judged.start("RollingRestart", """
                pekko.cluster.downing-provider-class = "" # a dead member stays until its successor has it removed
                gapless.producer-return-timeout = 15s # all come back before
                """);
    }

    @AfterAll
    static void end() throws IOException {
        judged.close();
    }

    @Test
    void rowP6_eachNodeInTurnLeavesInGoodOrderAndComesBackUnderTraffic() {
        Map<String, Long> before = judged.awaitLevelOrTold();
        eachInTurn(node -> assertEquals("ClusterLeavingReason$", node.leave()), judged::comeBack);
        Map<String, Long> after = judged.awaitLevelOrTold();
        assertEachHasResumed(before, after);
        assertEquals(0, more("expired: PRODUCER_RESTARTED", before, after), "Each said how far it published: " + after);
        assertTrue(more("producers that left", before, after) > 0, after::toString);
    }

    @Test
    void rowP6_eachNodeInTurnIsKilledAndComesBackUnderTraffic() {
        Map<String, Long> before = judged.awaitLevelOrTold();
        eachInTurn(RollingRestartTest::kill, judged::comeBack);
        Map<String, Long> after = judged.awaitLevelOrTold();
        assertEachHasResumed(before, after);
        assertEachIsToldOfItself(before, after);
    }

    @Test
    void rowP6_eachNodeInTurnIsKilledAndComesBackAtAnotherAddressUnderTraffic() {
        Map<String, Long> before = judged.awaitLevelOrTold();
        eachInTurn(RollingRestartTest::kill, node -> {
            String address = node.address();
            judged.comeBackElsewhere(node);
            assertNotEquals(address, node.address());
        });
        Map<String, Long> after = judged.awaitLevelOrTold();
        assertEachHasResumed(before, after);
        assertEachIsToldOfItself(before, after);
        // What a node was itself is lost if the new process was up before the removal: it has not been told the name.
        long resumed = more("tokens resumed", before, after);
        long lost = more("expired: PRODUCER_LOST", before, after);
        assertTrue(lost <= resumed, after::toString);
        assertTrue(lost + more("expired: PRODUCER_RESTARTED", before, after) >= resumed, after::toString);
    }

    private static void kill(TestNode node) {
        node.kill();
        assertTrue(node.wasKilled());
    }

    private static void eachInTurn(Consumer<TestNode> end, Consumer<TestNode> comeBack) {
        for (TestNode node : judged.nodes()) {
            judged.awaitTokens(node);
            long pid = node.pid();
            end.accept(node);
            judged.ended(node);
            comeBack.accept(node);
            assertNotEquals(pid, node.pid());
        }
    }

    private static void assertEachHasResumed(Map<String, Long> before, Map<String, Long> after) {
        long resumed = (long) judged.nodes().size() * Judged.TOPICS.size();
        assertEquals(resumed, more("tokens resumed", before, after), after::toString);
        assertTrue(more("delivered", before, after) > more("published", before, after), after::toString);
    }

    /** Its own ring ended with its process. With the small ring that may be part of an OVERRUN. */
    private static void assertEachIsToldOfItself(Map<String, Long> before, Map<String, Long> after) {
        assertTrue(
                more("expired: PRODUCER_RESTARTED", before, after)
                        >= judged.nodes().size(),
                after::toString);
    }

    private static long more(String what, Map<String, Long> before, Map<String, Long> after) {
        return after.getOrDefault(what, 0L) - before.getOrDefault(what, 0L);
    }
}
