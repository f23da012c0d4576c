package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.pekko.serialization.JSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keys, headers, tombstones, and several messages at once. */
class PublishTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, """
                gapless.topics.waiting {
                  overflow = backpressure, buffer-messages = 100, max-pending-publishes = 2, backpressure-timeout = 60s
                }
                gapless.topics.frugal { overflow = backpressure, buffer-messages = 100, max-pending-publishes = 1000 }
                pekko.actor {
                  serializers.frugal = "dev.gapless.PublishTest$Frugal"
                  serialization-bindings { "dev.gapless.PublishTest$Reading" = frugal }
                }
                """);
    }

    /** A message whose serializer uses one array for all. */
    public record Reading(byte value) {}

    public static final class Frugal extends JSerializer {
        private final byte[] array = new byte[1];

        @Override
        public int identifier() {
            return 9_170;
        }

        @Override
        public byte[] toBinary(Object message) {
            array[0] = ((Reading) message).value();
            return array;
        }

        @Override
        public boolean includeManifest() {
            return false;
        }

        @Override
        public Object fromBinaryJava(byte[] bytes, Class<?> manifest) {
            return new Reading(bytes[0]);
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static List<Delivery<String>> deliveries(Recorder<String> recorder, int count) {
        await(() -> recorder.events().size() == count);
        List<Delivery<String>> deliveries = new ArrayList<>();
        recorder.events().forEach(event -> deliveries.add((Delivery<String>) event));
        return deliveries;
    }

    @Test
    void aPublisherThatUsesItsArrayAgainChangesNothingThatWasPublished() {
        Topic<byte[]> topic = Topic.of("reused", byte[].class);
        Topic<Payload> raw = Topic.of("reused", Payload.class);
        byte[] array = {1};
        get(cluster.gapless(0).producer(topic).publish(array));
        array[0] = 2;
        get(cluster.gapless(0).producer(raw).publish(new Payload(4, "", array)));
        array[0] = 3;
        for (int node = 0; node < 2; node++) {
            Recorder<byte[]> later = new Recorder<>();
            cluster.gapless(node).subscribe(topic, StartFrom.earliest(), later);
            await(() -> later.messages().size() == 2);
            assertArrayEquals(new byte[] {1}, later.messages().get(0));
            assertArrayEquals(new byte[] {2}, later.messages().get(1));
        }
    }

    /** What waits for room is copied, too: the ring does so when it takes it. */
    @Test
    void aSerializerThatUsesItsArrayAgainChangesNothingThatWasPublished() {
        Topic<Reading> topic = Topic.of("frugal", Reading.class);
        CountDownLatch open = new CountDownLatch(1);
        Recorder<Reading> slow = new Recorder<>() {
            @Override
            public void onMessage(Delivery<Reading> delivery) throws Exception {
                open.await();
                super.onMessage(delivery);
            }
        };
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), slow).ready());
        List<Reading> readings = new ArrayList<>();
        List<CompletionStage<Position>> positions = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            readings.add(new Reading((byte) i));
            positions.add(cluster.gapless(0).producer(topic).publish(new Reading((byte) i)));
        }
        assertTrue(positions.stream().anyMatch(one -> !one.toCompletableFuture().isDone()), "nothing waits");
        open.countDown();
        positions.forEach(TestCluster::get);
        await(() -> slow.messages().size() == readings.size());
        assertEquals(readings, slow.messages());
    }

    @Test
    void aSubscriberThatWritesIntoItsMessageChangesItForNobodyElse() {
        Topic<byte[]> topic = Topic.of("written", byte[].class);
        Topic<Payload> raw = Topic.of("written", Payload.class);
        get(cluster.gapless(0).producer(topic).publish(new byte[] {1}));
        for (int node = 0; node < 2; node++) {
            for (int round = 0; round < 2; round++) {
                Recorder<byte[]> bytes = new Recorder<>();
                Recorder<Payload> payloads = new Recorder<>();
                cluster.gapless(node).subscribe(topic, StartFrom.earliest(), bytes);
                cluster.gapless(node).subscribe(raw, StartFrom.earliest(), payloads);
                await(() -> bytes.messages().size() + payloads.messages().size() == 2);
                assertArrayEquals(new byte[] {1}, bytes.messages().get(0));
                assertArrayEquals(new byte[] {1}, payloads.messages().get(0).bytes());
                bytes.messages().get(0)[0] = 9;
                payloads.messages().get(0).bytes()[0] = 9;
            }
        }
    }

    private static Throwable failureOf(CompletionStage<?> stage) {
        return assertThrows(CompletionException.class, () -> get(stage)).getCause();
    }

    @Test
    void keyHeadersAndTombstonesArriveHereAndThere() {
        Topic<String> topic = Topic.of("keyed", String.class);
        List<Recorder<String>> recorders = List.of(cluster.subscribe(0, topic), cluster.subscribe(1, topic));
        Producer<String> producer = cluster.gapless(0).producer(topic);
        get(producer.publish("k1", "one"));
        get(producer.publish(Publication.of("two")
                .withKey("Schlüssel 🔑")
                .withHeader("a", "1")
                .withHeader("", "🔑")));
        get(producer.delete("k1"));
        get(producer.publish(Publication.<String>tombstone("k2").withHeader("why", "gone")));
        for (Recorder<String> recorder : recorders) {
            List<Delivery<String>> given = deliveries(recorder, 4);
            assertEquals("k1", given.get(0).key());
            assertEquals("one", given.get(0).message());
            assertEquals(Map.of(), given.get(0).headers());
            assertEquals("Schlüssel 🔑", given.get(1).key());
            assertEquals(Map.of("a", "1", "", "🔑"), given.get(1).headers());
            assertTrue(!given.get(1).isDeleted() && given.get(2).isDeleted());
            assertEquals("k1", given.get(2).key());
            assertNull(given.get(2).message());
            assertTrue(given.get(3).isDeleted());
            assertEquals(Map.of("why", "gone"), given.get(3).headers());
        }
    }

    @Test
    void aPublicationIsNotChangedBehindItsBack() {
        Map<String, String> headers = new HashMap<>(Map.of("a", "1"));
        Publication<String> publication = Publication.of("x").withHeaders(headers);
        headers.put("b", "2");
        assertEquals(Map.of("a", "1"), publication.headers());
        assertThrows(
                UnsupportedOperationException.class, () -> publication.headers().put("c", "3"));
        assertEquals(Map.of("a", "2"), publication.withHeader("a", "2").headers());
    }

    @Test
    void whatIsTooLongIsRefusedWithItsBoundAndLeavesNoHole() {
        Topic<String> topic = Topic.of("bounds", String.class);
        Producer<String> producer = cluster.gapless(0).producer(topic);
        String most = "k".repeat(4096);
        assertEquals(1, get(producer.publish(most, "x")).sequence());
        Throwable tooLong = failureOf(producer.publish(most + "k", "x"));
        assertInstanceOf(IllegalArgumentException.class, tooLong);
        assertTrue(tooLong.getMessage().contains("4096"), tooLong::getMessage);
        assertInstanceOf(IllegalArgumentException.class, failureOf(producer.delete(most + "k")));
        assertInstanceOf(IllegalArgumentException.class, failureOf(producer.publish("\uD83D", "x")));
        assertInstanceOf(NotSerializable.class, failureOf(producer.publish("k", null)));
        Publication<String> one = Publication.of("x");
        assertThrows(IllegalArgumentException.class, () -> one.withHeader(most + "h", "x"));
        assertThrows(IllegalArgumentException.class, () -> one.withHeader("h", most + "h"));
        Map<String, String> headers = new HashMap<>();
        IntStream.range(0, 64).forEach(i -> headers.put("h" + i, "v"));
        assertEquals(2, get(producer.publish(one.withHeaders(headers))).sequence());
        assertThrows(
                IllegalArgumentException.class, () -> one.withHeaders(headers).withHeader("h64", "v"));
        assertThrows(IllegalArgumentException.class, () -> new Publication<>(null, null, Map.of(), null));
        String large = "v".repeat(4096);
        headers.replaceAll((name, value) -> large);
        Throwable tooLarge = failureOf(producer.publish(one.withHeaders(headers)));
        assertInstanceOf(MessageTooLarge.class, tooLarge);
        assertTrue(tooLarge.getMessage().contains("gapless.max-message-bytes"), tooLarge::getMessage);
        assertEquals(3, get(producer.publish("x")).sequence());
    }

    @Test
    void aRepeatWithItsIdGetsThePositionOfTheFirstAndReadersGetOneMessageWithTheId() {
        Topic<String> topic = Topic.of("ids", String.class);
        Producer<String> producer = cluster.gapless(0).producer(topic);
        Recorder<String> recorder = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), recorder).ready());
        Publication<String> one =
                Publication.of("x").withKey("k").withHeader("h", "v").withId("order-17");
        Position first = get(producer.publish(one));
        assertEquals(first, get(producer.publish(one)));
        producer.send(one);
        assertEquals(
                first,
                get(producer.publish(one, Receipt.heldBy(1), TestCluster.DEADLINE))
                        .position());
        for (Publication<String> other : List.of(
                one.withKey("l"),
                one.withHeader("h", "w"),
                Publication.<String>tombstone("k").withId("order-17"))) {
            IdReused reused = assertInstanceOf(IdReused.class, failureOf(producer.publish(other)));
            assertTrue(reused.getMessage().startsWith("Topic ids: "), reused::getMessage);
            assertThrows(IdReused.class, () -> producer.send(other));
        }
        assertEquals(2, get(producer.publish("behind")).sequence());
        List<Delivery<String>> got = deliveries(recorder, 2);
        assertEquals("order-17", got.get(0).id());
        assertNull(got.get(1).id());
        assertEquals(
                "order-17",
                Publication.of("x")
                        .withId("order-17")
                        .withKey("k")
                        .withHeaders(Map.of())
                        .id());
        assertThrows(IllegalArgumentException.class, () -> Publication.of("x").withId(""));
        assertThrows(IllegalArgumentException.class, () -> Publication.of("x").withId("i".repeat(1_025)));
        assertThrows(IllegalArgumentException.class, () -> Publication.of("x").withId("\uD83D"));
    }

    @Test
    void whatIsNullFailsItsStageAndNothingIsThrown() {
        Producer<String> producer = cluster.gapless(0).producer(Topic.of("nulls", String.class));
        for (CompletionStage<Position> refused : List.of(
                producer.publish((String) null),
                producer.publish("k", null),
                producer.publish((Publication<String>) null),
                producer.publish(null, "x"),
                producer.delete(null))) {
            assertTrue(failureOf(refused).getMessage().endsWith("must not be null"));
        }
        for (List<String> list : Arrays.asList(null, Arrays.asList("a", null))) {
            assertTrue(failureOf(producer.publishAll(list)).getMessage().endsWith("must not be null"));
        }
        assertInstanceOf(IllegalArgumentException.class, failureOf(producer.publish((Publication<String>) null)));
        assertEquals(1, get(producer.publish("x")).sequence());
    }

    @Test
    void whatIsSentIsInTheRingAndWhatIsRefusedIsThrown() {
        Topic<String> topic = Topic.of("sent", String.class);
        Recorder<String> recorder = cluster.subscribe(1, topic);
        Producer<String> producer = cluster.gapless(0).producer(topic);
        producer.send("a");
        producer.send("k", "b");
        producer.send(Publication.of("c"));
        assertEquals(4, get(producer.publish("d")).sequence());
        assertThrows(NotSerializable.class, () -> producer.send((String) null));
        assertThrows(IllegalArgumentException.class, () -> producer.send(null, "x"));
        assertThrows(IllegalArgumentException.class, () -> producer.send((Publication<String>) null));
        assertThrows(MessageTooLarge.class, () -> producer.send("b".repeat(1 << 20)));
        assertEquals(5, get(producer.publish("e")).sequence());
        await(() -> recorder.messages().equals(List.of("a", "b", "c", "d", "e")));
    }

    @Test
    void allPositionsOfAListComeTogetherAndInOrder() {
        Topic<String> topic = Topic.of("lists", String.class);
        Recorder<String> recorder = cluster.subscribe(1, topic);
        Producer<String> producer = cluster.gapless(0).producer(topic);
        List<Position> positions = get(producer.publishAll(List.of("a", "b", "c")));
        assertEquals(
                List.of(1L, 2L, 3L), positions.stream().map(Position::sequence).toList());
        assertEquals(List.of(), get(producer.publishAll(List.of())));
        await(() -> recorder.messages().equals(List.of("a", "b", "c")));
    }

    @Test
    void ofAListWithAMessageThatIsTooLargeNothingIsPublished() {
        Producer<String> producer = cluster.gapless(0).producer(Topic.of("refused", String.class));
        Throwable failure = failureOf(producer.publishAll(List.of("a", "b".repeat(1 << 20), "c")));
        assertInstanceOf(MessageTooLarge.class, failure);
        assertEquals(1, get(producer.publish("x")).sequence());
    }

    @Test
    void aListThatIsRefusedInPartTellsWhatWasPublished() {
        Topic<String> topic = Topic.of("waiting", String.class);
        CountDownLatch latch = new CountDownLatch(1);
        Recorder<String> stuck = new Recorder<>() {
            @Override
            public void onMessage(Delivery<String> delivery) throws Exception {
                latch.await();
                super.onMessage(delivery);
            }
        };
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), stuck).ready());
        CompletionStage<List<Position>> all =
                cluster.gapless(0).producer(topic).publishAll(Collections.nCopies(10_000, "m"));
        latch.countDown();
        PartlyPublished partly = assertInstanceOf(PartlyPublished.class, failureOf(all));
        assertInstanceOf(TooManyPending.class, partly.getCause());
        assertEquals(10_000, partly.positions().size());
        List<Long> published = partly.positions().stream()
                .flatMap(Optional::stream)
                .map(Position::sequence)
                .toList();
        assertEquals(LongStream.rangeClosed(1, published.size()).boxed().toList(), published);
        await(() -> stuck.messages().size() == published.size());
    }
}
