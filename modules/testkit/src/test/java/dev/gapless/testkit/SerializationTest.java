package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import dev.gapless.NotSerializable;
import dev.gapless.Topic;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Without an actor system of the test: messages are serialized all the same. */
class SerializationTest {
    private static final Topic<Unbound> UNBOUND = Topic.of("unbound", Unbound.class);
    private static final String BINDING =
            "pekko.actor.serialization-bindings { \"dev.gapless.testkit.SerializationTest$Unbound\" = jackson-cbor }";

    record Unbound(int number, Object any) {
        Unbound(int number) {
            this(number, "any");
        }
    }

    @Test
    void aMessageOfAClassWithoutABindingIsRefusedAndTheErrorNamesWhatIsMissing() {
        try (GaplessTestKit kit = GaplessTestKit.create()) {
            TestNode feed = kit.node("feed");
            CompletionException failure =
                    assertThrows(CompletionException.class, () -> feed.publish(UNBOUND, new Unbound(1)));
            String announced =
                    assertInstanceOf(NotSerializable.class, failure.getCause()).getMessage();
            assertTrue(
                    announced.contains(Unbound.class.getName())
                            && announced.contains("pekko.actor.serialization-bindings"),
                    announced);
        }
    }

    @Test
    void aBindingOfAClassThatIsNotThereIsNamedWhenTheKitIsMade() {
        String announced = assertThrows(
                        ConfigException.class,
                        () -> GaplessTestKit.create(
                                BINDING
                                        + "\npekko.actor.serialization-bindings { \"com.example.OrdersOrder\" = jackson-cbor }"))
                .getMessage();
        assertTrue(
                announced.contains("pekko.actor.serialization-bindings")
                        && announced.contains("com.example.OrdersOrder")
                        && announced.contains("nested class"),
                announced);
    }

    @Test
    void aMessageThatSubscribersCouldNotReadIsRefusedAtItsPublisher() {
        try (GaplessTestKit kit = GaplessTestKit.create(BINDING)) {
            TestNode feed = kit.node("feed");
            Topic<Unbound> topic = Topic.of("changed", Unbound.class);
            CompletionException failure =
                    assertThrows(CompletionException.class, () -> feed.publish(topic, new Unbound(1, 5L)));
            String announced =
                    assertInstanceOf(NotSerializable.class, failure.getCause()).getMessage();
            assertTrue(
                    announced.contains("its member any is of java.lang.Long, and comes back of java.lang.Integer"),
                    announced);
        }
        try (GaplessTestKit kit = GaplessTestKit.create(BINDING + "\ngapless.topics.changed.roundtrip = off")) {
            Topic<Unbound> topic = Topic.of("changed", Unbound.class);
            TestSubscription<Unbound> seen = kit.node("app").subscribe(topic);
            kit.node("feed").publish(topic, new Unbound(1, 5L));
            assertEquals(new Unbound(1, 5), seen.nextMessage().message());
        }
    }

    @Test
    void aTestMayBringBindingsOfItsOwnAndEachSubscriberGetsAnObjectOfItsOwn() {
        try (GaplessTestKit kit = GaplessTestKit.create(BINDING)) {
            Unbound given = new Unbound(1);
            TestSubscription<Unbound> seen = kit.node("app").subscribe(UNBOUND);
            kit.node("feed").publish(UNBOUND, given);
            Unbound message = seen.nextMessage().message();
            assertEquals(given, message);
            assertNotSame(given, message);
        }
    }

    @Test
    void whatAPublisherWritesIntoItsArrayAfterwardsNobodyGets() {
        Topic<byte[]> bytes = Topic.of("bytes", byte[].class);
        try (GaplessTestKit kit = GaplessTestKit.create()) {
            TestSubscription<byte[]> seen = kit.node("app").subscribe(bytes);
            seen.pause();
            byte[] used = {1, 2};
            kit.node("feed").publish(bytes, used);
            used[0] = 9;
            seen.resume();
            assertArrayEquals(new byte[] {1, 2}, seen.nextMessage().message());
        }
    }
}
