package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Link;
import dev.gapless.multijvm.bench.NodeKind;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.Traffic;
import dev.gapless.multijvm.node.Arguments;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bench's faults are real: what they do to messages that Pekko alone carries. */
class BenchTest {
    private static TestCluster cluster;
    private static TestNode n1;
    private static TestNode n2;
    private static TestNode n3;

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("Bench").with("pekko.cluster.failure-detector.acceptable-heartbeat-pause = 60s");
        for (int i = 1; i <= 3; i++) {
            cluster.add("n" + i, "", NodeKind.PLAIN);
        }
        n1 = cluster.node(1);
        n2 = cluster.node(2);
        n3 = cluster.node(3);
        for (int i = 1; i <= 3; i++) {
            cluster.node(i).awaitStarted();
        }
        cluster.awaitUp();
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @Test
    void carriesMessages() {
        tell(n1, n2, "carried", 100);
        awaitHeard(n2, "carried", 100);
    }

    @Test
    void keepsWhatALinkHoldsUntilItHeals() {
        Link link = cluster.link(n1, n2);
        tell(n1, n2, "before", 1);
        awaitHeard(n2, "before", 1);
        link.hold(Traffic.MESSAGES);
        tell(n1, n2, "held", 100);
        Await.until("bytes are held", () -> link.heldBytes() > 0);
        assertEquals(0, heard(n2, "held"));
        link.heal();
        awaitHeard(n2, "held", 100);
    }

    @Test
    void losesWhatWasUnderWayWhenALinkIsReset() {
        Link link = cluster.link(n1, n2);
        long lostBefore = link.swallowedBytes();
        long unreachableBefore = unreachableEver();
        tell(n1, n2, "first", 1);
        awaitHeard(n2, "first", 1);
        link.hold(Traffic.MESSAGES);
        tell(n1, n2, "lost", 100);
        Await.until("bytes are held", () -> link.heldBytes() > 0);
        link.reset(Traffic.MESSAGES);
        link.heal();
        Await.until("bytes are lost", () -> link.swallowedBytes() > lostBefore);
        // Whatever is sent after the reset arrives by the new connection, what was sent before does not.
        Await.until("the link carries again", () -> {
            tell(n1, n2, "after", 1);
            return heard(n2, "after") > 0;
        });
        assertTrue(heard(n2, "lost") < 100, "all arrived");
        assertEquals(unreachableBefore, unreachableEver());
    }

    @Test
    void stopsAProcessAndLetsItGoOn() {
        n3.pause();
        assertTrue(n3.isPaused());
        tell(n1, n3, "to the stopped", 10);
        n3.resume();
        assertFalse(n3.isPaused());
        awaitHeard(n3, "to the stopped", 10);
    }

    @Test
    void killsAProcessAndStartsItAgainAtItsPort() {
        long pid = n3.pid();
        n3.kill();
        assertFalse(n3.isAlive());
        n3.restart();
        assertTrue(n3.pid() != pid);
        cluster.awaitUp();
        Await.until("the new incarnation hears", () -> {
            tell(n1, n3, "to the new incarnation", 1);
            return heard(n3, "to the new incarnation") > 0;
        });
    }

    private static long unreachableEver() {
        return n1.members().unreachableEver() + n2.members().unreachableEver();
    }

    private static void tell(TestNode from, TestNode to, String text, int count) {
        from.call(
                "tell",
                Arguments.of("to", to.address())
                        .and("text", text.replace(' ', '-'))
                        .and("count", count));
    }

    private static long heard(TestNode node, String text) {
        return Long.parseLong(node.call("heard", Arguments.of("text", text.replace(' ', '-'))));
    }

    private static void awaitHeard(TestNode node, String text, long count) {
        Await.until(node + " heard " + text + " " + count + " times", () -> heard(node, text) == count);
    }
}
