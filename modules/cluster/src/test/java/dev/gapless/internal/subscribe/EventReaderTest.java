package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.Delivery;
import dev.gapless.Event;
import dev.gapless.Payload;
import dev.gapless.ProducerLeft;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.Undecodable;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Slice;
import dev.gapless.internal.Slices;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.wire.Codec;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of messages, gaps and ends on their way to the application. */
class EventReaderTest {
    private static final int RING = 256;
    private static final TopicSettings SETTINGS = TopicSettings.DEFAULTS.with(draft -> draft.bufferMessages = RING);

    private final OneTopic topic = new OneTopic(SETTINGS);
    private final OneTopic.Copied producer = topic.producer("p", 7);
    private Error decoding = new Error("a test's");

    private final SubscriptionState state = topic.read();

    private <T> EventReader<T> reader(Class<T> type) {
        return reader(type, state, SubscriptionSettings.defaults());
    }

    private <T> EventReader<T> reader(Class<T> type, SubscriptionState of, SubscriptionSettings settings) {
        return new EventReader<>(
                Topic.of("t", type),
                1,
                of,
                feedback -> {},
                new Filter(settings),
                new Decoder(
                        new Codec(() -> {
                            throw decoding;
                        }),
                        0),
                "c",
                Clock.SYSTEM);
    }

    /** Returns the array that the message is in. */
    private byte[] publish(long sequence) {
        List<Slice> slices = slices(sequence);
        producer.pushes(sequence, slices);
        return slices.get(0).data();
    }

    private static List<Slice> slices(long sequence) {
        return Slices.of(0, Content.of(1, "", new byte[] {(byte) sequence}));
    }

    private static Position positionAfter(Event<?> event) {
        return event.token().positions().get("p");
    }

    @Test
    void aDeliveryThatIsKeptKeepsNoOtherMessageOfItsRun() {
        EventReader<Payload> reader = reader(Payload.class); // they pass as they are
        List<WeakReference<byte[]>> contents = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            contents.add(new WeakReference<>(publish(i)));
        }
        Event<?> kept = assertInstanceOf(Delivery.class, reader.nextEvent());
        Event<?> second = assertInstanceOf(Delivery.class, reader.nextEvent());
        for (int i = 3; i <= 100; i++) {
            assertNotNull(reader.nextEvent());
        }
        for (int i = 101; i <= 101 + RING; i++) { // the ring keeps nothing of it any more
            publish(i);
            assertNotNull(reader.nextEvent());
        }
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (contents.stream().anyMatch(content -> content.get() != null)) {
            assertTrue(System.nanoTime() - deadline < 0, "a message is still kept by its run");
            System.gc();
            LockSupport.parkNanos(10_000_000);
        }
        assertEquals(new Position(new Epoch(7), 1), positionAfter(kept));
        assertEquals(new Position(new Epoch(7), 2), positionAfter(second));
    }

    @ParameterizedTest
    @ValueSource(classes = {StackOverflowError.class, NoClassDefFoundError.class, AssertionError.class, Error.class})
    void whatADecoderThrowsConcernsItsMessageAlone(Class<? extends Error> type) throws Exception {
        publish(1);
        publish(2);
        EventReader<Integer> reader = reader(Integer.class);
        for (int sequence = 1; sequence <= 2; sequence++) {
            decoding = type.getDeclaredConstructor().newInstance();
            Undecodable<?> undecodable = assertInstanceOf(Undecodable.class, reader.nextEvent());
            assertEquals(decoding, undecodable.cause());
            assertEquals(sequence, undecodable.position().sequence());
        }
    }

    @Test
    void aJvmWithoutMemoryIsNotMistakenForAMessageThatCannotBeDecoded() {
        publish(1);
        EventReader<Integer> reader = reader(Integer.class);
        decoding = new OutOfMemoryError("a test's");
        assertThrows(OutOfMemoryError.class, reader::nextEvent);
    }

    @Test
    void aGapOfANodeThatIsLeftOutHoldsUpNothing() {
        OneTopic.Copied other = topic.producer("q", 8);
        EventReader<Payload> reader = reader(
                Payload.class, topic.read(), SubscriptionSettings.defaults().withNodes("q"));
        producer.overwrites(10);
        other.pushes(1, slices(1));
        Delivery<?> delivery = assertInstanceOf(Delivery.class, reader.nextEvent());
        assertEquals("q", delivery.node());
    }

    @Test
    void thatAProducerHasLeftIsToldBehindItsMessagesToThoseWhoTakeThem() {
        publish(1);
        publish(2);
        producer.leaves();
        EventReader<Payload> reader = reader(Payload.class);
        assertInstanceOf(Delivery.class, reader.nextEvent());
        assertInstanceOf(Delivery.class, reader.nextEvent());
        assertEquals(
                "p", assertInstanceOf(ProducerLeft.class, reader.nextEvent()).node());
        assertNull(reader.nextEvent());
    }
}
