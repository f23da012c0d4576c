package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import dev.gapless.Payload;
import dev.gapless.Topic;
import dev.gapless.core.Epoch;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Slice;
import dev.gapless.internal.Slices;
import dev.gapless.internal.wire.Codec;
import dev.gapless.internal.wire.WrongClass;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
    private static final Topic<String> SHARED = Topic.of("t", String.class).withSharedMessages();
    private static final Epoch EPOCH = new Epoch(7);

    private static ActorSystem system;
    private static Codec codec;

    private final Decoder decoder = new Decoder(codec, 4);

    @BeforeAll
    static void start() {
        system = ActorSystem.create(
                "decoder",
                ConfigFactory.parseString("pekko.actor.provider = local").withFallback(ConfigFactory.load()));
        codec = Codec.of(system);
    }

    @AfterAll
    static void stop() {
        system.terminate();
    }

    private static Slice slice(Object message) {
        Content content = codec.encode("t", message, null, Map.of(), null, TopicSettings.DEFAULTS);
        return Slices.of(1, content).get(0);
    }

    private <T> T decode(Topic<T> topic, Epoch epoch, long sequence, Slice slice) throws Exception {
        return decoder.decode(topic, epoch, sequence, slice, 0);
    }

    @Test
    void whoReadsAMessageThatIsSharedGetsTheSameObject() throws Exception {
        Slice slice = slice("hello");
        String first = decode(SHARED, EPOCH, 5, slice);
        assertSame(first, decode(SHARED, EPOCH, 5, slice));
        assertEquals("hello", first);
    }

    @Test
    void ofATopicThatSharesNothingEachGetsAnObjectOfItsOwn() throws Exception {
        Topic<String> own = Topic.of("t", String.class);
        Slice slice = slice("hello");
        assertNotSame(decode(own, EPOCH, 5, slice), decode(own, EPOCH, 5, slice));
        Decoder none = new Decoder(codec, 0);
        assertNotSame(none.decode(SHARED, EPOCH, 5, slice, 0), none.decode(SHARED, EPOCH, 5, slice, 0));
    }

    @Test
    void messagesOfOtherPositionsAreNotMistakenForIt() throws Exception {
        assertEquals("a", decode(SHARED, EPOCH, 5, slice("a")));
        assertEquals("b", decode(SHARED, EPOCH, 9, slice("b")), "the same place, with four places");
        assertEquals("c", decode(SHARED, new Epoch(11), 9, slice("c")), "another log, the same place and sequence");
        assertEquals("d", decode(SHARED, new Epoch(12), 8, slice("d")), "another log, the same sum");
        assertEquals("e", decode(SHARED, EPOCH, 5, slice("e")), "the first one's place was taken");
    }

    @Test
    void aMessageOfAnotherTopicIsNotMistakenForItWhateverItsEpoch() throws Exception {
        Topic<String> other = Topic.of("u", String.class).withSharedMessages();
        assertEquals("a", decode(SHARED, EPOCH, 5, slice("a")));
        assertEquals("b", decode(other, EPOCH, 5, slice("b")));
    }

    @Test
    void whatAnotherSubscriptionMayHaveIsOfAWrongClassForThisOne() throws Exception {
        Topic<Integer> numbers = Topic.of("t", Integer.class).withSharedMessages();
        Slice text = slice("a");
        assertEquals("a", decode(SHARED, EPOCH, 5, text));
        assertThrows(WrongClass.class, () -> decode(numbers, EPOCH, 5, text));
    }

    @Test
    void logsWithAnyIdHavePlaces() throws Exception {
        Epoch least = new Epoch(Long.MIN_VALUE);
        assertSame(decode(SHARED, least, 1, slice("a")), decode(SHARED, least, 1, slice("a")));
        assertEquals("b", decode(SHARED, new Epoch(Long.MAX_VALUE), 1, slice("b")));
    }

    @Test
    void whatIsOfAnotherClassIsRefusedEachTime() {
        Slice number = slice(5);
        assertThrows(WrongClass.class, () -> decode(SHARED, EPOCH, 5, number));
        assertThrows(WrongClass.class, () -> decode(SHARED, EPOCH, 5, number));
    }

    @Test
    void anArrayOfATopicOfAnyObjectsIsNotShared() throws Exception {
        Topic<Object> any = Topic.of("t", Object.class).withSharedMessages();
        Slice bytes = slice(new byte[] {1});
        assertNotSame(decode(any, EPOCH, 5, bytes), decode(any, EPOCH, 5, bytes));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {byte[].class, String[].class, Payload.class, JsonNode.class, ObjectNode.class, ByteBuffer.class})
    void classesWhoseObjectsCanBeChangedAreNotShared(Class<?> type) {
        Topic<?> topic = Topic.of("prices", type);
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, topic::withSharedMessages);
        assertEquals(
                "Topic prices: messages of " + type.getName()
                        + " can be changed by whoever gets them. They are not shared between subscriptions",
                refused.getMessage());
    }
}
