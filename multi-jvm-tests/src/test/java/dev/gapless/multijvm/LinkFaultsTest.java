package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.NodeStatus;
import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Expect;
import dev.gapless.multijvm.bench.Link;
import dev.gapless.multijvm.bench.SocketClient;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.TestSubscription;
import dev.gapless.multijvm.bench.Traffic;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Published;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens on the way between a producer and a consumer, both of which live on. */
@Tag("thorough")
@Tag("day2")
@Order(1) // takes long
class LinkFaultsTest {
    private static TestCluster cluster;
    private static TestNode producer;
    private static TestNode consumer;
    private static TestNode third;
    private static int producersGateway;
    private static int consumersGateway;

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("LinkFaults").with("""
                        pekko.cluster.split-brain-resolver.stable-after = 60s
                        # Long enough for a reset not to be noticed by silence, or by heartbeats where it is to be found otherwise.
                        gapless.ping-interval = 1s
                        gapless.gateway { port = 0, grpc-port = off }
                        gapless.topics.reset.heartbeat-interval = 60s
                        gapless.topics.way-back {
                          overflow = backpressure, backpressure-timeout = 60s, buffer-messages = 1000
                        }
                        """).start(3);
        third = cluster.node(1);
        producer = cluster.node(2);
        consumer = cluster.node(3);
        producersGateway = gateway(producer);
        consumersGateway = gateway(consumer);
    }

    private static int gateway(TestNode node) {
        return Integer.parseInt(node.call("gateway", Arguments.of("id", "gateway")));
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @AfterEach
    void heal() {
        cluster.rejoin(producer);
        cluster.rejoin(consumer);
        cluster.awaitUp();
    }

    @Test
    void ruleC4_aResetThatLosesMessagesIsMadeGoodThoughNobodyIsUnreachable() {
        TestSubscription s = begun("reset");
        long unreachableBefore = unreachableEver();
        Link link = cluster.link(producer, consumer);
        long lostBefore = link.swallowedBytes();
        link.swallow(Traffic.MESSAGES);
        producer.publish("reset", 500);
        Await.until("they are lost on their way", () -> link.swallowedBytes() > lostBefore + 10_000);
        link.reset(Traffic.MESSAGES);
        link.heal();
        // Until the producer's side has noticed the reset, what it sends goes into the connection that is no more.
        long[] last = {501};
        Await.until("something comes after what was lost", () -> {
            producer.publish("reset", 10);
            last[0] += 10;
            return s.report().delivered() > 1;
        });
        Expect.everything(s.awaitReached(producer, last[0]), producer, 1, last[0]);
        assertEquals(unreachableBefore, unreachableEver());
    }

    @Test
    void ruleP6_theLastMessagesAreLostAndArriveWithNothingPublishedAfterThem() {
        TestSubscription s = begun("tail");
        Link link = cluster.link(producer, consumer);
        long lostBefore = link.swallowedBytes();
        link.swallow(Traffic.MESSAGES);
        producer.publish("tail", 100);
        Await.until("they are lost", () -> link.swallowedBytes() > lostBefore + 10_000);
        assertEquals(1, s.report().delivered());
        link.reset(Traffic.MESSAGES);
        link.heal();
        Expect.everything(s.awaitReached(producer, 101), producer, 1, 101);
    }

    @Test
    void rowO1_aLinkIsCutInBothDirectionsAndHealed() {
        TestSubscription s = begun("cut");
        cluster.cut(producer, consumer);
        producer.publish("cut", 1_000);
        Await.until(
                "the consumer notices the silence",
                () -> registration("cut").state().equalsIgnoreCase("registering"));
        assertTrue(cluster.link(producer, consumer).heldBytes() > 0);
        assertEquals(1, s.report().delivered());
        cluster.heal(producer, consumer);
        Expect.everything(s.awaitReached(producer, 1_001), producer, 1, 1_001);
    }

    @Test
    void rowP2_aNodeThatIsCutOffUntilItIsUnreachableMissesNothingThatTheRingHolds() {
        TestSubscription s = begun("unreachable");
        cluster.isolate(consumer);
        producer.publish("unreachable", 10_000);
        Await.value(
                "the producer finds it unreachable",
                producer::members,
                m -> m.unreachable().contains(consumer.address()));
        assertEquals(1, s.report().delivered());
        cluster.rejoin(consumer);
        Expect.everything(s.awaitReached(producer, 10_001), producer, 1, 10_001);
    }

    @Test
    void shortCutLosesEverything_fiveShortCutsLoseNothing() {
        TestSubscription s = begun("short-cuts");
        Link link = cluster.link(producer, consumer);
        long resetsBefore = link.resets();
        CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 140; i++) {
                Expect.accepted(producer.publish("short-cuts", 100), 100);
            }
        });
        while (link.resets() < resetsBefore + 5) {
            Await.until("the link carries", () -> link.messageConnections() > 0);
            long resets = link.resets();
            long refusals = link.refusals();
            link.refuse(Traffic.MESSAGES);
            // A connection that ended by itself just then is not cut: the next one is refused.
            Await.until("the link is cut", () -> link.resets() > resets || link.refusals() > refusals);
            link.heal();
        }
        publishing.join();
        assertTrue(link.resets() >= resetsBefore + 5);
        Expect.everything(s.awaitReached(producer, 14_001), producer, 1, 14_001);
    }

    /** publishOnlyOutageNeverFlushed: only the way out is broken, all others work. */
    @Test
    void rowO5_whatIsPublishedWhileOnlyTheWayOutIsCutArrivesAfterwards() {
        TestSubscription s = begun("way-out");
        Link wayOut = cluster.link(producer, consumer);
        long refusalsBefore = wayOut.refusals();
        wayOut.refuse(Traffic.MESSAGES);
        producer.publish("way-out", 5);
        Await.until("the producer tries in vain", () -> wayOut.refusals() > refusalsBefore);
        assertEquals(1, s.report().delivered());
        wayOut.heal();
        Expect.everything(s.awaitReached(producer, 6), producer, 1, 6);
    }

    @Test
    void rowO1_aClientOfAGatewayKeepsItsConnectionWhileTheLinkBehindItIsCut() {
        try (SocketClient client = new SocketClient(consumersGateway, "client-cut")) {
            producer.publish("client-cut", 1);
            Await.value("the client has the first message", client::sequences, List.of(1L)::equals);
            cluster.cut(producer, consumer);
            producer.publish("client-cut", 1_000);
            Await.until(
                    "the gateway's node notices the silence",
                    () -> registration("client-cut").state().equalsIgnoreCase("registering"));
            assertTrue(cluster.link(producer, consumer).heldBytes() > 0);
            assertEquals(List.of(1L), client.sequences());
            cluster.heal(producer, consumer);
            awaitAll(client, 1_001);
        }
    }

    /** publishOnlyOutageNeverFlushed, with clients at both ends. */
    @Test
    void rowO5_whatAClientPublishesWhileOnlyTheWayOutIsCutReachesAClientAfterwards() throws Exception {
        try (SocketClient client = new SocketClient(consumersGateway, "client-way-out")) {
            post("client-way-out");
            Await.value("the client has the first message", client::sequences, List.of(1L)::equals);
            Link wayOut = cluster.link(producer, consumer);
            long refusalsBefore = wayOut.refusals();
            wayOut.refuse(Traffic.MESSAGES);
            for (int i = 1; i <= 5; i++) {
                post("client-way-out");
            }
            Await.until("the producer tries in vain", () -> wayOut.refusals() > refusalsBefore);
            assertEquals(List.of(1L), client.sequences());
            wayOut.heal();
            awaitAll(client, 6);
        }
    }

    /** It gets them on the connection that it has, once each, in order, and is told of nothing. */
    private static void awaitAll(SocketClient client, long last) {
        List<Long> all = LongStream.rangeClosed(1, last).boxed().toList();
        Await.value("the client has all messages", client::sequences, sequences -> sequences.size() >= last);
        assertEquals(all, client.sequences());
        assertEquals(List.of(), client.ofType("cursor_expired"));
        assertEquals("", client.end());
    }

    private static void post(String topic) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + producersGateway + "/api/topics/" + topic + "/messages");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"n\":1}"))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer::body);
    }

    /** What the consumer says is lost, what the producer says is not: it must not take the one for the other's end. */
    @Test
    void ruleC4_withBackpressureNothingIsMissedWhileOnlyTheWayBackIsCut() {
        TestSubscription s = begun("way-back");
        Link wayBack = cluster.link(consumer, producer);
        CompletableFuture<Published> publishing = producer.publishMeanwhile("way-back", 20_000);
        for (int cut = 1; cut <= 2; cut++) {
            Await.until("the link carries", () -> wayBack.messageConnections() > 0);
            wayBack.refuse(Traffic.MESSAGES);
            Await.until(
                    "the consumer registers again",
                    () -> registration("way-back").state().equalsIgnoreCase("registering"));
            wayBack.heal();
            Await.until("it is heard", () -> registration("way-back").state().equalsIgnoreCase("live"));
        }
        Expect.accepted(publishing.join(), 20_000);
        Expect.everything(s.awaitReached(producer, 20_001), producer, 1, 20_001);
    }

    @Test
    void rowO1_aLinkThatIsCutWhileAThirdNodeSeesBothOfItsEndsHoldsUpNobodyElse() {
        TestSubscription s = begun("one-link");
        TestSubscription back = producer.subscribeReady("one-link", "one-link-back");
        TestSubscription between = third.subscribeReady("one-link", "one-link-between");
        cluster.cut(producer, consumer);
        awaitUnreachableToEachOther();
        for (TestNode node : List.of(producer, consumer, third)) {
            Expect.accepted(node.publish("one-link", 1_000), 1_000);
        }
        between.awaitReached(producer, 1_001);
        between.awaitReached(consumer, 1_000);
        for (TestSubscription end : List.of(s, back)) {
            Expect.everything(end.awaitReached(third, 1_000), third, 1, 1_000);
        }
        assertEquals(1, s.report().delivered(producer.name()));
        assertEquals(0, back.report().delivered(consumer.name()));
        cluster.heal(producer, consumer);
        Expect.everything(s.awaitReached(producer, 1_001), producer, 1, 1_001);
        Expect.everything(back.awaitReached(consumer, 1_000), consumer, 1, 1_000);
        Expect.everything(between.report(), producer, 2, 1_001);
    }

    @Test
    void rowO1_aLinkThatIsCutInOneDirectionWhileAThirdNodeSeesBothOfItsEndsIsMadeGood() {
        TestSubscription s = begun("one-way");
        TestSubscription back = producer.subscribeReady("one-way", "one-way-back");
        Link there = cluster.link(producer, consumer);
        Link andBack = cluster.link(consumer, producer);
        there.hold(Traffic.ALL);
        awaitUnreachableToEachOther();
        Expect.accepted(producer.publish("one-way", 1_000), 1_000);
        Expect.accepted(consumer.publish("one-way", 1_000), 1_000);
        Expect.accepted(third.publish("one-way", 1_000), 1_000);
        Expect.everything(s.awaitReached(third, 1_000), third, 1, 1_000);
        Expect.everything(back.awaitReached(third, 1_000), third, 1, 1_000);
        long passed = andBack.passedMessageBytes();
        Await.until("the other direction carries messages", () -> andBack.passedMessageBytes() > passed);
        assertTrue(there.heldBytes() > 0 && andBack.heldBytes() == 0, () -> there + " " + andBack);
        assertEquals(1, s.report().delivered(producer.name()));
        there.heal();
        Expect.everything(s.awaitReached(producer, 1_001), producer, 1, 1_001);
        Expect.everything(back.awaitReached(consumer, 1_000), consumer, 1, 1_000);
    }

    @Test
    void rowO5_ofTwoProducersOfATopicTheOneThatIsCutOffIsCaughtUpWithAndTheOtherNotHeldUp() {
        TestSubscription s = begun("two-producers");
        TestSubscription own = producer.subscribeReady("two-producers", "two-producers-own");
        cluster.isolate(producer);
        Await.value(
                "the consumer finds one of the producers unreachable",
                consumer::members,
                m -> m.unreachable().contains(producer.address()));
        for (int part = 1; part <= 5; part++) {
            Expect.accepted(producer.publish("two-producers", 200), 200);
            Expect.accepted(third.publish("two-producers", 200), 200);
            s.awaitReached(third, part * 200L);
        }
        own.awaitReached(producer, 1_001);
        assertEquals(1, s.report().delivered(producer.name()));
        assertEquals(0, own.report().delivered(third.name()));
        cluster.rejoin(producer);
        Expect.everything(s.awaitReached(producer, 1_001), producer, 1, 1_001);
        Expect.everything(s.report(), third, 1, 1_000);
        Expect.everything(own.awaitReached(third, 1_000), third, 1, 1_000);
        Expect.everything(own.report(), producer, 2, 1_001);
    }

    /** Also to the third, which sees both: what one node finds unreachable, all of them know by gossip. */
    private static void awaitUnreachableToEachOther() {
        Await.value(
                "the producer finds the consumer unreachable",
                producer::members,
                m -> m.unreachable().contains(consumer.address()));
        Await.value(
                "and the consumer the producer",
                consumer::members,
                m -> m.unreachable().contains(producer.address()));
    }

    /** A subscription of the consumer that has got the first message. */
    private static TestSubscription begun(String topic) {
        TestSubscription s = consumer.subscribeReady(topic, topic);
        producer.publish(topic, 1);
        s.awaitReached(producer, 1);
        return s;
    }

    private static NodeStatus.RegistrationStatus registration(String topic) {
        return consumer.status(topic).consumer().registrations().stream()
                .filter(r -> r.node().equals(producer.name()))
                .findFirst()
                .orElseThrow();
    }

    private static long unreachableEver() {
        return third.members().unreachableEver()
                + producer.members().unreachableEver()
                + consumer.members().unreachableEver();
    }
}
