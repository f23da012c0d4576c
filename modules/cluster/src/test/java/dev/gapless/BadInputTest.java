package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BadInputTest {
    private static final Payload DAMAGED = new Payload(4711, "unknown", new byte[] {1});

    private static TestCluster cluster;

    record NotBound(String text) {}

    record Timed(ZonedDateTime at) {}

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(1, """
                gapless.topics.small.max-message-bytes = 100
                pekko.actor.serialization-bindings { "dev.gapless.BadInputTest$Timed" = jackson-cbor }
                """);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static <T> Throwable failureOf(CompletionStage<T> stage) {
        return assertThrows(CompletionException.class, () -> get(stage)).getCause();
    }

    @Test
    void aMessageAboveTheLimitFailsNamingTheSettingAndLeavesNoHole() {
        Producer<String> producer = cluster.gapless(0).producer(Topic.of("small", String.class));
        Position before = get(producer.publish("fits"));
        Throwable failure = failureOf(producer.publish("x".repeat(200)));
        assertInstanceOf(MessageTooLarge.class, failure);
        assertTrue(failure.getMessage().contains("gapless.max-message-bytes"), failure.getMessage());
        assertEquals(before.next(), get(producer.publish("fits again")));
    }

    @Test
    @DisplayName("encodeErrorSkipped: what cannot be serialized fails at its publisher, and the sequence has no hole")
    void aMessageThatCannotBeSerializedFailsAndLeavesNoHole() {
        Producer<Object> producer = cluster.gapless(0).producer(Topic.of("unbound", Object.class));
        Position before = get(producer.publish("fits"));
        Throwable failure = failureOf(producer.publish(new NotBound("no")));
        assertInstanceOf(NotSerializable.class, failure);
        assertTrue(failure.getMessage().contains("serialization-bindings"), failure.getMessage());
        assertTrue(failure.getMessage().contains("unbound"), failure.getMessage());
        assertEquals(before.next(), get(producer.publish("fits again")));
    }

    @Test
    void aMessageThatSubscribersWouldGetAsAnotherIsRefused() {
        Topic<Timed> topic = Topic.of("changed", Timed.class);
        Producer<Timed> producer = cluster.gapless(0).producer(topic);
        Timed elsewhere = new Timed(ZonedDateTime.parse("2026-01-01T12:00+01:00[Europe/Paris]"));
        for (CompletionStage<?> refused : List.of(
                producer.publish(elsewhere),
                producer.publish("key", elsewhere),
                producer.publishAll(List.of(elsewhere)))) {
            Throwable failure = failureOf(refused);
            assertInstanceOf(NotSerializable.class, failure);
            assertTrue(failure.getMessage().contains("Topic changed: a message of"), failure.getMessage());
            assertTrue(failure.getMessage().contains("its member at is 2026"), failure.getMessage());
        }
        Position first = get(producer.publish(new Timed(ZonedDateTime.parse("2026-01-01T11:00Z"))));
        assertEquals(1, first.sequence());
    }

    /** Notes what it could not decode, and goes on or stops. */
    private static class Choosing extends Recorder<String> {
        private final OnFailure choice;

        Choosing(OnFailure choice) {
            this.choice = choice;
        }

        @Override
        public OnFailure onUndecodable(Undecodable<String> undecodable) {
            note(undecodable);
            return choice;
        }

        @Override
        public void onMessage(Delivery<String> delivery) throws Exception {
            super.onMessage(delivery);
            if (delivery.message().equals("throw")) {
                throw new IllegalStateException("the handler's own");
            }
        }

        @Override
        public OnFailure onFailure(Delivery<String> delivery, Throwable cause) {
            return choice;
        }
    }

    @Test
    @DisplayName(
            "encodeErrorSkipped: what cannot be decoded is told with its position; skipping is the subscriber's choice")
    void anUndecodableMessageIsToldWithItsPosition() {
        Choosing skips = new Choosing(OnFailure.SKIP);
        Choosing stops = new Choosing(OnFailure.STOP);
        Gapless gapless = cluster.gapless(0);
        get(gapless.subscribe(Topic.of("damaged", String.class), StartFrom.latest(), skips)
                .ready());
        Subscription stopping = gapless.subscribe(Topic.of("damaged", String.class), StartFrom.latest(), stops);
        get(stopping.ready());

        gapless.producer(Topic.of("damaged", String.class)).publish("before");
        Position damaged =
                get(gapless.producer(Topic.of("damaged", Payload.class)).publish(DAMAGED));
        gapless.producer(Topic.of("damaged", String.class)).publish("after");

        await(() -> skips.events().size() >= 3);
        assertEquals(List.of("before", "after"), skips.messages());
        List<Undecodable<String>> undecodable = skips.undecodable();
        assertEquals(1, undecodable.size());
        assertEquals(damaged, undecodable.get(0).position());
        assertEquals(DAMAGED, undecodable.get(0).payload());

        assertEquals(Ended.Reason.FAILED, get(stopping.whenEnded()));
        assertEquals(List.of("before"), stops.messages());
        assertEquals(
                damaged.sequence() - 1,
                stopping.token().positions().values().iterator().next().sequence());
    }

    @Test
    void aHandlerThatThrowsSkipsOrStopsAndStoppingKeepsTheMessageForTheToken() {
        Choosing skips = new Choosing(OnFailure.SKIP);
        Choosing stops = new Choosing(OnFailure.STOP);
        Topic<String> topic = Topic.of("throwing", String.class);
        Gapless gapless = cluster.gapless(0);
        get(gapless.subscribe(topic, StartFrom.latest(), skips).ready());
        Subscription stopping = gapless.subscribe(topic, StartFrom.latest(), stops);
        get(stopping.ready());
        List.of("a", "throw", "b").forEach(gapless.producer(topic)::publish);

        await(() -> skips.messages().size() == 3);
        assertEquals(Ended.Reason.FAILED, get(stopping.whenEnded()));
        assertEquals(List.of("a", "throw"), stops.messages());
        Ended<?> ended = stops.ended().get(0);
        assertEquals("the handler's own", ended.cause().getMessage());

        Recorder<String> resumed = new Recorder<>();
        get(gapless.subscribe(topic, StartFrom.token(stopping.token()), resumed).ready());
        await(() -> resumed.messages().size() >= 2);
        assertEquals(List.of("throw", "b"), resumed.messages());
    }

    @Test
    void aTokenOfAnotherTopicOrADamagedOneIsRefusedAtOnce() {
        Gapless gapless = cluster.gapless(0);
        Topic<String> topic = Topic.of("tokens", String.class);
        Subscription subscription = gapless.subscribe(topic, StartFrom.latest(), new Recorder<>());
        get(subscription.ready());
        String token = subscription.token().toString();
        IllegalArgumentException other = assertThrows(
                IllegalArgumentException.class,
                () -> gapless.subscribe(Topic.of("others", String.class), StartFrom.token(token), new Recorder<>()));
        assertTrue(other.getMessage().contains("tokens") && other.getMessage().contains("others"));
        char last = token.charAt(10) == 'A' ? 'B' : 'A';
        String damaged = token.substring(0, 10) + last + token.substring(11);
        assertThrows(IllegalArgumentException.class, () -> StartFrom.token(damaged));
    }

    @Test
    void aTokenOfAnotherClusterTopicOrVersionIsRefusedAtOnceHoweverItIsUsed() {
        Gapless gapless = cluster.gapless(0);
        Topic<String> topic = Topic.of("tokens", String.class);
        CursorToken otherCluster = new CursorToken("tokens", "elsewhere", 0, Map.of());
        CursorToken otherTopic = new CursorToken("others", "test", 0, Map.of());
        for (CursorToken token : List.of(otherCluster, otherTopic)) {
            StartFrom start = StartFrom.token(token.toString());
            String named = token.equals(otherCluster) ? "elsewhere" : "others";
            for (Executable use : List.<Executable>of(
                    () -> gapless.subscribe(topic, start, new Recorder<>()),
                    () -> gapless.source(topic, start),
                    () -> gapless.subscribe(
                            topic,
                            start,
                            SubscriptionSettings.defaults(),
                            Adapter.toTyped(cluster.system(0).deadLetters()),
                            unconfirmed -> unconfirmed))) {
                IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, use);
                assertTrue(refusal.getMessage().contains(named), refusal.getMessage());
            }
        }
        byte[] bytes = Base64.getUrlDecoder().decode(otherTopic.toString());
        bytes[0] = 4;
        String later = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        IllegalArgumentException version = assertThrows(IllegalArgumentException.class, () -> StartFrom.token(later));
        assertTrue(version.getMessage().contains("version 4"), version.getMessage());
    }

    @Test
    void publishingAfterShutdownFailsAtOnce() {
        try (TestCluster own = TestCluster.of(1, "")) {
            Gapless gapless = own.gapless(0);
            Producer<String> producer = gapless.producer(Topic.of("late", String.class));
            Recorder<String> recorder = new Recorder<>();
            Subscription subscription = gapless.subscribe(Topic.of("late", String.class), StartFrom.latest(), recorder);
            get(subscription.ready());
            own.leave(0);
            assertInstanceOf(ProducerClosed.class, failureOf(producer.publish("too late")));
            assertEquals(Ended.Reason.SHUTDOWN, get(subscription.whenEnded()));
            assertEquals(1, recorder.ended().size());
        }
    }

    @Test
    void whatCannotBeAskedIsRefusedWhereItIsAskedAndTheNodeStaysInTheCluster() {
        Gapless gapless = cluster.gapless(0);
        Topic<String> topic = Topic.of("refused arguments", String.class);
        StartFrom start = StartFrom.latest();
        SubscriptionSettings settings = SubscriptionSettings.defaults();
        EventHandler<String> handler = new Recorder<>();
        Map<Executable, String> asked = new LinkedHashMap<>();
        asked.put(() -> gapless.status(null), "timeout");
        asked.put(() -> gapless.producer(null), "topic");
        asked.put(() -> gapless.flow(null), "topic");
        asked.put(() -> gapless.sink(null), "topic");
        asked.put(() -> gapless.subscribe(null, start, handler), "topic");
        asked.put(() -> gapless.subscribe(topic, null, handler), "start");
        asked.put(() -> gapless.subscribe(topic, start, null, handler), "settings");
        asked.put(() -> gapless.subscribe(topic, start, null), "handler");
        asked.put(() -> gapless.subscribe(topic, start, settings, null, unconfirmed -> unconfirmed), "actor");
        asked.put(
                () -> gapless.subscribe(
                        topic,
                        start,
                        settings,
                        Adapter.toTyped(cluster.system(0).deadLetters()),
                        null),
                "wrap");
        asked.put(() -> gapless.source(null, start), "topic");
        asked.put(() -> gapless.source(topic, null), "start");
        asked.put(() -> gapless.source(topic, start, null), "settings");
        asked.forEach((use, named) -> {
            NullPointerException refusal = assertThrows(NullPointerException.class, use);
            assertEquals(named + " must not be null", refusal.getMessage());
        });
        for (Duration timeout : List.of(ChronoUnit.FOREVER.getDuration(), Duration.ZERO, Duration.ofSeconds(-1))) {
            IllegalArgumentException refusal =
                    assertThrows(IllegalArgumentException.class, () -> gapless.status(timeout));
            assertTrue(refusal.getMessage().contains("100 days"), refusal.getMessage());
        }
        assertEquals(1, get(gapless.status(Duration.ofDays(100))).size());
    }

    @Test
    void aPayloadPassesAsItIs() throws Exception {
        Gapless gapless = cluster.gapless(0);
        Recorder<Payload> recorder = new Recorder<>();
        get(gapless.subscribe(Topic.of("raw", Payload.class), StartFrom.latest(), recorder)
                .ready());
        gapless.producer(Topic.of("raw", Payload.class)).publish(DAMAGED);
        gapless.producer(Topic.of("raw", String.class)).publish("text");
        await(() -> recorder.messages().size() == 2);
        assertEquals(DAMAGED, recorder.messages().get(0));
        var serialization = SerializationExtension.get(cluster.system(0));
        assertEquals(
                serialization.serializerFor(String.class).identifier(),
                recorder.messages().get(1).serializerId());
    }
}
