package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.NodeStatus;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Expect;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.TestSubscription;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Json;
import dev.gapless.multijvm.node.Published;
import dev.gapless.multijvm.node.Report;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Publishing and subscribing while nothing goes wrong on the way. */
class PubSubTest {
    private static TestCluster cluster;
    private static TestNode n1;
    private static TestNode n2;
    private static TestNode n3;

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("PubSub").with("""
                        gapless.topics {
                          tiny.buffer-messages = 10
                          crowded.buffer-messages = 100
                          few { buffer-messages = 500, buffer-bytes = 1 MiB }
                          heavy { buffer-messages = 5000, buffer-bytes = 256 KiB }
                          unreadable.roundtrip = off
                        }
                        """).start(3);
        n1 = cluster.node(1);
        n2 = cluster.node(2);
        n3 = cluster.node(3);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    /** localSubscriberTwice: on the publishing node each message arrived twice. */
    @Test
    void rowP1_everySubscriptionOnEveryNodeGetsEachMessageOnce() {
        List<TestSubscription> all = List.of(
                n1.subscribe("news", "local"),
                n2.subscribe("news", "remote-1"),
                n2.subscribe("news", "remote-2"),
                n3.subscribe("news", "remote-3"));
        all.forEach(TestSubscription::awaitReady);
        n1.publish(Arguments.of("topic", "news").and("count", 1_000).and("cbor", true));
        n2.publish(Arguments.of("topic", "news").and("count", 500).and("cbor", true));
        for (TestSubscription s : all) {
            Expect.everything(s.awaitReached(n1, 1_000), n1, 1, 1_000);
            Expect.everything(s.awaitReached(n2, 500), n2, 1, 500);
            assertEquals(1_500, s.report().delivered());
        }
    }

    /** The ring wraps around again and again. */
    @Test
    void staleFlushReplaysOldSlot_pairsOfMessagesComeInOrderAndOnce() {
        TestSubscription s = n2.subscribeReady("tiny", "tiny");
        n1.publish("tiny", 1);
        for (int head = 1; head < 101; head += 2) {
            n1.publish("tiny", 2);
            s.awaitReached(n1, head + 2);
        }
        Expect.everything(s.report(), n1, 1, 101);
    }

    /** Also broadcastReorder and silentGapOverwriteDuringFlush: 2,116 of 40,000 lost in silence, 56,912 delivered twice. */
    @Test
    void rowP7_aThousandThreadsOnARingOfAHundredAreAccountedForExactly() {
        TestSubscription remote = n2.subscribeReady("crowded", "remote");
        TestSubscription local = n1.subscribeReady("crowded", "local-too");
        Published published = Json.read(
                n1.call(
                        "publish-from-threads",
                        Arguments.of("topic", "crowded").and("threads", 1_000).and("count", 40)),
                Published.class);
        Expect.accepted(published, 40_000);
        assertEquals(40_000, published.last());
        for (TestSubscription s : List.of(remote, local)) {
            Report report = s.awaitReached(n1, 40_000);
            Expect.addsUp(report, n1, 40_000);
            assertEquals(report.delivered(), report.delivered(n1.name()));
            report.of(n1.name()).stream()
                    .filter(item -> item.isDelivered())
                    .forEach(item -> assertEquals(
                            Long.parseLong(n1.call(
                                    "digest",
                                    Arguments.of("topic", "crowded")
                                            .and("first", item.first())
                                            .and("count", item.count()))),
                            item.digest(),
                            () -> "Other content than was published: " + item));
        }
    }

    @Test
    void rowT1_theRingIsAsLargeAsItsTopicIsSetTo() {
        n2.subscribeReady("few", "few");
        n2.subscribeReady("heavy", "heavy");
        n1.publish("few", 2_000);
        n1.publish(Arguments.of("topic", "heavy").and("count", 2_000).and("size", 1_000));
        ProducerStatus few = n1.status("few").producer();
        assertEquals(500, few.maxMessages());
        assertEquals(500, few.messages());
        assertEquals(1_501, few.oldest());
        ProducerStatus heavy = n1.status("heavy").producer();
        assertEquals(256 * 1_024, heavy.maxBytes());
        assertTrue(heavy.bytes() <= heavy.maxBytes() && heavy.bytes() > heavy.maxBytes() - 2_000, heavy::toString);
        assertTrue(heavy.messages() < 260, heavy::toString);
    }

    @Test
    void everyMemberSaysHowItStands() {
        n2.subscribeReady("known", "known");
        n1.publish("known", 10);
        List<NodeStatus> all = Await.value("all three answer", n3::status, statuses -> statuses.size() == 3);
        assertEquals(
                List.of("n1", "n2", "n3"), all.stream().map(NodeStatus::node).toList());
        Await.value("it is level", () -> n1.cursor("known", n2), c -> c.confirmed() && c.lag() == 0 && c.acked() == 10);
        assertTrue(n3.address().equals(all.get(2).address()), all::toString);
    }

    @Test
    void rowJ7_aNodeNeedsNoDatabase() {
        n1.publish("stored-nowhere", 10);
        assertEquals(List.of("node.conf", "node.log", "stderr.log"), n1.files());
    }

    /** encodeErrorSkipped: left out in silence. */
    @Test
    void encodeErrorSkipped_aMessageThatCannotBeReadIsTold() {
        TestSubscription stops = n2.subscribeReady("unreadable", "stops");
        TestSubscription skips = n2.subscribe("unreadable", "skips", Arguments.of("skip-undecodable", true))
                .awaitReady();
        n1.publish("unreadable", 5);
        Published unreadable =
                Json.read(n1.call("publish-unreadable", Arguments.of("topic", "unreadable")), Published.class);
        Expect.accepted(unreadable, 1);
        n1.publish("unreadable", 5);
        Report skipped = skips.awaitReached(n1, 11);
        Expect.everything(skipped, n1, 1, 11);
        assertEquals(1, skipped.undecodable());
        assertEquals(10, skipped.delivered());
        Report stopped = Await.value("it stops", stops::report, r -> r.ended() != null);
        assertEquals("FAILED", stopped.ended());
        assertEquals(5, stopped.delivered());
        assertEquals(1, stopped.undecodable());
    }

    @Test
    void encodeErrorSkipped_aMessageThatCannotBeWrittenIsRefusedAndLeavesNoHole() {
        TestSubscription s = n2.subscribeReady("unwritable", "unwritable");
        n1.publish("unwritable", 5);
        Published refused =
                Json.read(n1.call("publish-unserializable", Arguments.of("topic", "unwritable")), Published.class);
        assertEquals(Map.of("NotSerializable", 1L), refused.failed());
        n1.publish("unwritable", 5);
        Expect.everything(s.awaitReached(n1, 10), n1, 1, 10);
    }

    /** cutoverReorder, cutoverDrop: replay and live share a queue, and what was overtaken was dropped. */
    @Test
    void rowB1_fromReplayToLiveNothingIsLostRepeatedOrReorderedUnderLoad() {
        TestSubscription live = n2.subscribeReady("cutover", "live");
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Long> load = CompletableFuture.supplyAsync(() -> {
            long last = 0;
            while (!enough.get()) {
                last = n1.publish("cutover", 200).last();
                live.awaitReached(n1, last);
            }
            return last;
        });
        live.awaitReached(n1, 1);
        String token = live.token();
        for (int cutover = 1; cutover <= 100; cutover++) {
            long next = Cursors.sequence(token, n1.name()) + 1;
            TestNode node = cutover % 2 == 0 ? n2 : n3;
            TestSubscription s = node.subscribe("cutover", "cutover-" + cutover, Arguments.of("from", token));
            token = live.token();
            Report report = s.awaitReached(n1, Cursors.sequence(token, n1.name()) + 500);
            Expect.sound(report);
            assertEquals(0, report.handovers(), report::toString);
            assertEquals(next, report.of(n1.name()).get(0).first(), report::toString);
            assertEquals("CANCELLED", s.cancel());
        }
        enough.set(true);
        Expect.everything(live.awaitReached(n1, load.join()), n1, 1, load.join());
    }

    @Test
    void ruleT1_aSubscriptionThatIsStoppedAndMadeAgainWithItsTokenLeavesOutNothingUnderLoad() {
        TestSubscription live = n2.subscribeReady("again", "again-live");
        n1.publish("again", 1);
        live.awaitReached(n1, 1);
        String token = live.token();
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Long> load = CompletableFuture.supplyAsync(() -> {
            long last = 1;
            while (!enough.get()) {
                last = n1.publish("again", 200).last();
                live.awaitReached(n1, last);
            }
            return last;
        });
        long next = 2;
        for (int incarnation = 1; incarnation <= 20; incarnation++) {
            TestSubscription s = n3.subscribe("again", "again-" + incarnation, Arguments.of("from", token));
            s.awaitReached(n1, next + 100);
            assertEquals("CANCELLED", s.cancel());
            Report report = s.report();
            token = s.token();
            assertEquals(List.of(), report.violations());
            assertEquals(0, report.handovers(), report::toString);
            assertEquals(next, report.of(n1.name()).get(0).first(), report::toString);
            next += report.delivered();
            assertEquals(next - 1, Cursors.sequence(token, n1.name()), "the token is of the last message");
        }
        enough.set(true);
        load.join();
        long last = n1.publish("again", 10).last(); // the one before may have had everything
        TestSubscription end = n3.subscribe("again", "again-at-last", Arguments.of("from", token));
        Expect.everything(end.awaitReached(n1, last), n1, next, last);
    }

    /** Many replays at once: none of them, nor the live one, misses anything. */
    @Test
    void coldReplayCollapse_manyThatReplayAtOnceAllGetEverything() {
        TestSubscription live = n2.subscribeReady("replay", "replay-live");
        n1.publish("replay", 1);
        live.awaitReached(n1, 1);
        Arguments fromFirst = Arguments.of("from", live.token());
        n1.publish("replay", 20_000);
        List<TestSubscription> replays = IntStream.range(0, 40)
                .mapToObj(i -> (i % 2 == 0 ? n2 : n3).subscribe("replay", "replay-" + i, fromFirst))
                .toList();
        for (int i = 1; i <= 20; i++) {
            n1.publish("replay", 500);
            live.awaitReached(n1, 20_001 + i * 500);
        }
        Expect.everything(live.report(), n1, 1, 30_001);
        replays.forEach(s -> Expect.everything(s.awaitReached(n1, 30_001), n1, 2, 30_001));
    }

    @Test
    void aCancelledSubscriptionIsToldSoOnceAndGetsNothingMore() {
        TestSubscription s = n2.subscribeReady("cancelled", "cancelled");
        assertNull(s.report().ended());
        n1.publish("cancelled", 10);
        s.awaitReached(n1, 10);
        assertEquals("CANCELLED", s.cancel());
        assertEquals("CANCELLED", s.cancel());
        n1.publish("cancelled", 10);
        Report report = s.report();
        assertEquals("CANCELLED", report.ended());
        assertEquals(List.of(), report.violations());
        assertEquals(10, report.delivered());
    }
}
