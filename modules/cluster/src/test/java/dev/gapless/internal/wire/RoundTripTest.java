package dev.gapless.internal.wire;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import dev.gapless.Logged;
import dev.gapless.NotSerializable;
import dev.gapless.Payload;
import dev.gapless.Topic;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.JSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether subscribers get what was published is known with the first message of a class. */
class RoundTripTest {
    /** Bound to jackson-cbor. */
    interface Plain {}

    record Meeting(String name, ZonedDateTime at) implements Plain {}

    /** Bound to a serializer that is set as the refusal says. */
    record Zoned(ZonedDateTime at) {}

    record Envelope<T>(String id, T payload) implements Plain {}

    record Price(String symbol, double value) implements Plain {}

    sealed interface Shape permits Circle, Square {}

    record Circle(int radius) implements Shape {}

    record Square(int side) implements Shape {}

    record Drawing(Shape shape) implements Plain {}

    @SuppressWarnings("ArrayRecordComponent")
    record Fine(
            byte[] bytes,
            List<int[]> lists,
            Set<String> set,
            Map<String, Instant> map,
            Optional<Price> some,
            Color color,
            Object text)
            implements Plain {}

    enum Color {
        RED {
            @Override
            String shade() {
                return "dark";
            }
        };

        abstract String shade();
    }

    record Forgetful(String name, @JsonIgnore Object seen) implements Plain {}

    /** Equal by its id alone, as entities are. */
    static final class Entity implements Plain {
        final int id;
        final Object state;

        @JsonCreator
        Entity(@JsonProperty("id") int id, @JsonProperty("state") Object state) {
            this.id = id;
            this.state = state;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entity entity && entity.id == id;
        }

        @Override
        public int hashCode() {
            return id;
        }
    }

    /** Without equals; reads what it writes, but for its time. */
    static class Bean implements Plain {
        public String name = "";
        public Set<Integer> numbers = Set.of();
        public ZonedDateTime at = ZonedDateTime.parse("2026-01-01T00:00Z");
    }

    static final class Hostile implements Plain {
        public int number = 1;

        @Override
        @SuppressWarnings("EqualsUnsafeCast")
        public boolean equals(Object other) {
            throw new IllegalStateException("no equals");
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("no hash code");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }

    /** Read as something else by its serializer, which counts. */
    record Told(int number) {}

    public static final class Telling extends JSerializer {
        static final AtomicInteger READ = new AtomicInteger();
        static final IntFunction<Object> HONEST = Told::new;
        static final IntFunction<Object> ONE_MORE = number -> new Told(number + 1);
        static volatile IntFunction<Object> reading = HONEST;

        @Override
        public int identifier() {
            return 9_171;
        }

        @Override
        public byte[] toBinary(Object message) {
            return new byte[] {(byte) ((Told) message).number()};
        }

        @Override
        public boolean includeManifest() {
            return false;
        }

        @Override
        public Object fromBinaryJava(byte[] bytes, Class<?> manifest) {
            READ.incrementAndGet();
            return reading.apply(bytes[0]);
        }
    }

    private static final ActorSystem SYSTEM =
            ActorSystem.create("round-trip", ConfigFactory.parseString("""
                    pekko.actor.provider = local
                    pekko.actor.serializers.telling = "dev.gapless.internal.wire.RoundTripTest$Telling"
                    pekko.actor.serializers.zoned = "org.apache.pekko.serialization.jackson.JacksonCborSerializer"
                    pekko.actor.serialization-identifiers.zoned = 9172
                    pekko.serialization.jackson.zoned {
                      deserialization-features.ADJUST_DATES_TO_CONTEXT_TIME_ZONE = off
                      serialization-features.WRITE_DATES_WITH_ZONE_ID = on
                    }
                    pekko.actor.serialization-bindings {
                      "dev.gapless.internal.wire.RoundTripTest$Zoned" = zoned
                      "dev.gapless.internal.wire.RoundTripTest$Plain" = jackson-cbor
                      "dev.gapless.internal.wire.RoundTripTest$Told" = telling
                    }
                    """).withFallback(ConfigFactory.load()));

    private final Codec codec = Codec.of(SYSTEM);
    private final RoundTrips refusing = new RoundTrips(codec, topic -> RoundTrip.Mode.REFUSE);

    @AfterAll
    static void stop() {
        SYSTEM.terminate();
    }

    private <T> void check(RoundTrips trips, Topic<T> topic, T message) {
        Content content = codec.encode(topic.name(), message, null, Map.of(), null, TopicSettings.DEFAULTS);
        trips.of(topic.name()).check(topic, message, content);
    }

    private void passes(Object message) {
        assertDoesNotThrow(() -> check(refusing, Topic.of("fine", Object.class), message));
    }

    private String refusal(Object message) {
        String refusal = assertThrows(
                        NotSerializable.class, () -> check(refusing, Topic.of("orders", Object.class), message))
                .getMessage();
        assertTrue(
                refusal.startsWith(
                        "Topic orders: a message of " + message.getClass().getName() + " "),
                refusal);
        assertTrue(refusal.contains("gapless.roundtrip"), refusal);
        return refusal;
    }

    private static void names(String refusal, String... parts) {
        for (String part : parts) {
            assertTrue(refusal.contains(part), () -> part + " is not in: " + refusal);
        }
    }

    @Test
    void aTimeThatComesBackInAnotherZoneIsRefusedWithWhatKeepsIt() {
        names(
                refusal(new Meeting("m", ZonedDateTime.parse("2026-01-01T12:00+01:00[Europe/Paris]"))),
                "its member at is 2026-01-01T12:00+01:00[Europe/Paris], and comes back as 2026-01-01T11:00Z",
                "ADJUST_DATES_TO_CONTEXT_TIME_ZONE");
    }

    @Test
    void whatTheRefusalSaysKeepsTheZone() {
        passes(new Zoned(ZonedDateTime.parse("2026-01-01T12:00+01:00[Europe/Paris]")));
    }

    @Test
    void aGenericMemberThatComesBackWithoutItsClassIsRefused() {
        names(
                refusal(new Envelope<>("1", new Price("EURUSD", 1.1))),
                "its member payload is of " + Price.class.getName() + ", and comes back of scala.collection",
                "@JsonTypeInfo");
        names(refusal(new Envelope<>("1", List.of(new Price("EURUSD", 1.1)))), "its member payload", "comes back of");
        names(
                refusal(new Envelope<>("1", 5L)),
                "its member payload is of java.lang.Long, and comes back of java.lang.Integer");
        names(
                refusal(new Entity(1, new Price("EURUSD", 1.1))),
                "its member state is of " + Price.class.getName() + ", and comes back of");
    }

    @Test
    void aMemberOfASealedClassWithoutAnnotationsIsRefusedAtThePublisher() {
        names(
                refusal(new Drawing(new Circle(1))),
                "cannot be read: ",
                Shape.class.getName(),
                "@JsonTypeInfo and @JsonSubTypes");
    }

    @Test
    void aMemberThatIsNotWrittenIsRefused() {
        names(refusal(new Forgetful("f", 7)), "its member seen is 7, and comes back as null", "@JsonProperty");
        passes(new Forgetful("f", null));
    }

    @Test
    void aClassWithoutEqualsIsComparedByItsBytesAndTheMemberIsNamed() {
        Bean bean = new Bean();
        bean.numbers = new LinkedHashSet<>(List.of(300_000, 9, 5_000, 1));
        passes(bean);
        bean.at = ZonedDateTime.parse("2026-01-01T12:00+01:00");
        names(refusal(bean), "its member at is 2026-01-01T12:00+01:00, and comes back as 2026-01-01T11:00Z");
    }

    /** Without equals, as its elements. */
    static class Bag implements Plain {
        public Set<Item> items = Set.of();
    }

    static class Item {
        public int number;
    }

    @Test
    void anotherOrderOfASetIsNoDifference() {
        Bag bag = new Bag();
        bag.items = new LinkedHashSet<>();
        for (int i = 0; i < 20; i++) {
            Item item = new Item();
            item.number = i;
            bag.items.add(item);
        }
        passes(bag);
    }

    static List<Object> messagesThatComeBackAsTheyWere() {
        return List.of(
                "text",
                5L,
                new byte[] {1},
                new Payload(4711, "unknown", new byte[] {1}),
                new Price("EURUSD", Double.NaN),
                new Envelope<>("1", "text"),
                new Envelope<>("1", 5),
                new Entity(1, "text"),
                new Fine(
                        new byte[] {1},
                        List.of(new int[] {1}),
                        new LinkedHashSet<>(List.of("z", "a")),
                        new TreeMap<>(Map.of("k", Instant.EPOCH)),
                        Optional.of(new Price("EURUSD", 1.1)),
                        Color.RED,
                        "text"),
                new ObjectMapper()
                        .createObjectNode()
                        .put("long", 5L)
                        .put("float", 0.1f)
                        .put("decimal", new BigDecimal("1E+3")),
                new Hostile());
    }

    @ParameterizedTest
    @MethodSource("messagesThatComeBackAsTheyWere")
    void aMessageThatComesBackAsItWasPasses(Object message) {
        passes(message);
    }

    @Test
    void aMessageOfTheLargestSizePasses() {
        Map<String, Instant> many = new LinkedHashMap<>();
        IntStream.range(0, 2_000).forEach(i -> many.put("k" + i, Instant.ofEpochSecond(i)));
        passes(new Fine(new byte[0], List.of(), Set.of(), many, Optional.empty(), Color.RED, "text"));
    }

    @Test
    void onlyTheFirstMessageOfAClassIsReadBack() {
        Telling.reading = Telling.HONEST;
        Telling.READ.set(0);
        for (int i = 0; i < 5; i++) {
            check(refusing, Topic.of("counted", Told.class), new Told(i));
        }
        assertEquals(1, Telling.READ.get());
        check(refusing, Topic.of("another", Told.class), new Told(1));
        assertEquals(2, Telling.READ.get());
    }

    @Test
    void aClassThatWasRefusedIsReadBackWithEachMessage() {
        Topic<Told> topic = Topic.of("refused", Told.class);
        Telling.reading = Telling.ONE_MORE;
        assertThrows(NotSerializable.class, () -> check(refusing, topic, new Told(1)));
        Telling.reading = Telling.HONEST;
        check(refusing, topic, new Told(1));
        Telling.reading = Telling.ONE_MORE;
        assertThrows(NotSerializable.class, () -> check(refusing, topic, new Told(1)));
    }

    @Test
    void aWarningIsLoggedOnceAndTheMessagesPass() {
        Telling.reading = Telling.ONE_MORE;
        RoundTrips warning = new RoundTrips(codec, topic -> RoundTrip.Mode.WARN);
        try (Logged log = new Logged()) {
            for (int i = 0; i < 3; i++) {
                check(warning, Topic.of("warned", Told.class), new Told(i));
            }
            List<String> lines = log.lines(Level.WARN, "Topic warned: a message of " + Told.class.getName());
            assertEquals(1, lines.size(), lines::toString);
            names(lines.get(0), "its member number is 0, and comes back as 1", "gapless.roundtrip = warn");
        }
    }

    @Test
    void whereItIsOffNobodyLooks() {
        Telling.reading = Telling.ONE_MORE;
        Telling.READ.set(0);
        check(new RoundTrips(codec, topic -> RoundTrip.Mode.OFF), Topic.of("off", Told.class), new Told(1));
        assertEquals(0, Telling.READ.get());
    }

    @Test
    void aMessageThatComesBackOfNoClassOfTheTopicIsRefused() {
        Telling.reading = number -> "text";
        String refusal = assertThrows(
                        NotSerializable.class, () -> check(refusing, Topic.of("strange", Told.class), new Told(1)))
                .getMessage();
        names(refusal, "comes back of java.lang.String, which is no " + Told.class.getName());
    }
}
