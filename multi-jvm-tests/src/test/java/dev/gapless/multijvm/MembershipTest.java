package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Expect;
import dev.gapless.multijvm.bench.Link;
import dev.gapless.multijvm.bench.NodeKind;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.TestSubscription;
import dev.gapless.multijvm.bench.Traffic;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Item;
import dev.gapless.multijvm.node.Report;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nodes that join, leave, or should not be there. */
class MembershipTest {
    private static TestCluster cluster;
    private static TestNode n1;
    private static TestNode n2;

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("Membership").with("""
                        # A member that stands still for a few seconds stays one, however long the test itself takes for its steps.
                        pekko.cluster.failure-detector.acceptable-heartbeat-pause = 20s
                        gapless.topics { silent.ready-timeout = 3s, with-a-stranger.ready-timeout = 3s }
                        """).start(2);
        n1 = cluster.node(1);
        n2 = cluster.node(2);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @Test
    void rowP4_aNodeThatJoinsLateStartsWithWhatIsPublishedFromThenOn() {
        n1.publish("history", 100);
        TestNode late = cluster.add().awaitStarted();
        TestSubscription latest = late.subscribe("history", "latest").awaitReady();
        n1.publish("history", 50);
        Expect.everything(latest.awaitReached(n1, 150), n1, 101, 150);
        late.leave();
        cluster.awaitUp();
    }

    @Test
    void rowP4_earliestGivesALateNodeWhatTheRingHolds() {
        n1.publish("ring", 100);
        TestNode late = cluster.add().awaitStarted();
        TestSubscription s = late.subscribe("ring", "all", Arguments.of("from", "earliest"));
        Expect.everything(s.awaitReached(n1, 100), n1, 1, 100);
        late.leave();
        cluster.awaitUp();
    }

    @Test
    void ruleC10_ofAProducerThatJoinsLateNotEvenTheFirstMessageIsMissed() {
        TestSubscription s = n1.subscribeReady("newcomer", "newcomer");
        TestNode late = cluster.add().awaitStarted();
        late.publish("newcomer", 1_000);
        Expect.everything(s.awaitReached(late, 1_000), late, 1, 1_000);
        late.leave();
        cluster.awaitUp();
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    void ruleC9_whatAMemberPublishesWhileItIsSilentIsAnnouncedWhenItAnswers() {
        n1.subscribeReady("before", "before"); // they know each other's names
        cluster.cut(n1, n2);
        TestSubscription s = n1.subscribe("cut-off", "cut-off").awaitReady();
        assertEquals(List.of(n2.name()), s.report().silent());
        n2.publish("cut-off", 10);
        cluster.heal(n1, n2);
        Item gap = Expect.onlyGap(s.awaitGaps(n2, 1), n2, "POSITION_UNKNOWN");
        assertEquals(11, gap.resumesAt());
        n2.publish("cut-off", 5);
        assertEquals(5, s.awaitReached(n2, 15).delivered());
        cluster.awaitUp();
    }

    @Test
    void ruleP7_aProducerThatLeavesInGoodOrderLosesNothing() {
        TestSubscription one = n1.subscribeReady("leaver", "leaver-1");
        TestSubscription other = n2.subscribeReady("leaver", "leaver-2");
        TestNode leaver = cluster.add().awaitStarted();
        cluster.awaitUp();
        leaver.publish("leaver", 1);
        one.awaitReached(leaver, 1);
        Link link = cluster.link(leaver, n1);
        link.hold(Traffic.MESSAGES);
        leaver.publish("leaver", 19_999);
        leaver.call("leave", Arguments.none());
        Await.value("it is leaving", leaver::members, m -> !m.up().contains(leaver.address()));
        assertTrue(link.heldBytes() > 0 && one.report().delivered() == 1, "one of both lacks nearly everything");
        link.heal();
        assertEquals("ClusterLeavingReason$", leaver.awaitEnd());
        assertFalse(leaver.isAlive());
        for (TestSubscription s : List.of(one, other)) {
            Report report = Await.value(
                    s + " is told that it left",
                    s::report,
                    r -> r.of(leaver.name()).size() >= 2);
            Expect.sound(report);
            List<Item> items = report.of(leaver.name());
            assertEquals(Item.DELIVERED, items.get(0).kind());
            assertEquals(1, items.get(0).first());
            assertEquals(20_000, items.get(0).last());
            assertEquals(Item.LEFT, items.get(1).kind(), report::toString);
            assertEquals(20_000, items.get(1).first());
            assertEquals(0, report.handovers());
        }
        cluster.awaitUp();
    }

    @Test
    void aSecondMemberWithTheSameNameRefuses() {
        TestNode namesake = cluster.add(n2.name(), "", NodeKind.GAPLESS);
        namesake.awaitEnd();
        String log = namesake.log();
        assertTrue(log.contains("ERROR") && log.contains("gapless.node-name"), log);
        assertTrue(log.contains(n2.address()), "It says who else has that name: " + log);
        assertTrue(n2.isAlive());
        cluster.awaitUp();
        TestSubscription s = n1.subscribeReady("still-there", "still-there");
        n2.publish("still-there", 10);
        Expect.everything(s.awaitReached(n2, 10), n2, 1, 10);
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    void aMemberWithoutGaplessHoldsUpNobodyForLong() {
        TestNode plain = cluster.add("plain", "", NodeKind.PLAIN).awaitStarted();
        cluster.awaitUp();
        TestSubscription s = n1.subscribe("with-a-stranger", "with-a-stranger").awaitReady();
        assertEquals(List.of(plain.address()), s.report().silent());
        n2.publish("with-a-stranger", 10);
        Expect.everything(s.awaitReached(n2, 10), n2, 1, 10);
        plain.leave();
        cluster.awaitUp();
    }
}
