package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Partitions that last until the cluster removes nodes: their processes start another actor system by themselves, and make
 * their subscriptions again with the tokens that they kept, as docs/operations.md advises.
 */
@Tag("thorough")
@Tag("day1")
class LongPartitionTest {
    private static Judged judged;
    private static TestNode n1;
    private static TestNode n2;
    private static TestNode n3;

    @BeforeAll
    static void start() {
        judged = Judged.start("LongPartition", "multijvm.rejoin = on");
        n1 = judged.nodes().get(0);
        n2 = judged.nodes().get(1);
        n3 = judged.nodes().get(2);
    }

    @AfterAll
    static void end() throws IOException {
        judged.close();
    }

    @Test
    void rowP5_aNodeThatIsCutOffUntilItIsRemovedStartsAnewByItselfAndGoesOnByItsTokens() {
        List.of(n1, n2, n3).forEach(judged::awaitTokens);
        Map<String, Long> before = judged.awaitLevelOrTold();
        Incarnation incarnation = new Incarnation(n3);
        judged.cluster().isolate(n3);
        awaitMembers(n1, List.of(n1, n2));
        awaitMembers(n2, List.of(n1, n2));
        incarnation.awaitEnd();
        judged.cluster().rejoin(n3);
        Map<String, Long> after = judged.awaitLevelOrTold();
        incarnation.assertThatItWasRemovedOnce();
        assertEquals(Judged.TOPICS.size(), more("tokens resumed", before, after), after::toString);
        everySubscriptionIsToldOfTheEndOf(1, before, after);
    }

    /** Each of the two is seen by the third, so that the cluster cannot go on with either. */
    @Test
    void rowP5_twoNodesThatOnlyTheThirdSeesAreRemovedAndStartAnewByThemselves() {
        List.of(n1, n2, n3).forEach(judged::awaitTokens);
        Map<String, Long> before = judged.awaitLevelOrTold();
        List<Incarnation> incarnations = List.of(new Incarnation(n2), new Incarnation(n3));
        Incarnation third = new Incarnation(n1);
        judged.cluster().cut(n2, n3);
        incarnations.forEach(Incarnation::awaitEnd);
        judged.cluster().heal(n2, n3); // before their next lives are removed likewise
        Map<String, Long> after = judged.awaitLevelOrTold();
        incarnations.forEach(Incarnation::assertThatItWasRemovedOnce);
        third.assertThatItGoesOn();
        assertEquals(2L * Judged.TOPICS.size(), more("tokens resumed", before, after), after::toString);
        everySubscriptionIsToldOfTheEndOf(2, before, after);
    }

    private static void awaitMembers(TestNode seenBy, List<TestNode> members) {
        List<String> addresses =
                members.stream().map(TestNode::address).sorted().toList();
        Await.value(
                "the members are " + addresses, seenBy::members, m -> m.all().equals(addresses));
    }

    /**
     * Their own, too. Whether they were back in time, or taken for lost before, is a matter of seconds; with the small ring all
     * of it may be part of an OVERRUN.
     */
    private static void everySubscriptionIsToldOfTheEndOf(
            int nodes, Map<String, Long> before, Map<String, Long> after) {
        long withLargeRing = judged.nodes().size();
        long told = more("expired: PRODUCER_LOST", before, after) + more("expired: PRODUCER_RESTARTED", before, after);
        assertTrue(told >= nodes * withLargeRing, after::toString);
    }

    private static long more(String what, Map<String, Long> before, Map<String, Long> after) {
        return after.getOrDefault(what, 0L) - before.getOrDefault(what, 0L);
    }

    /** An actor system of a process that begins another one by itself. */
    private static final class Incarnation {
        private final TestNode node;
        private final long pid;
        private final int before;

        Incarnation(TestNode node) {
            this.node = node;
            pid = node.pid();
            before = node.ends().size();
        }

        void awaitEnd() {
            List<Long> ends = Await.value("the actor system of " + node + " ends", node::ends, e -> e.size() > before);
            judged.ended(node, ends.get(before));
        }

        void assertThatItWasRemovedOnce() {
            assertEnds(before + 1);
        }

        void assertThatItGoesOn() {
            assertEnds(before);
        }

        private void assertEnds(int ends) {
            assertEquals(pid, node.pid());
            assertEquals(ends, node.ends().size());
        }
    }
}
