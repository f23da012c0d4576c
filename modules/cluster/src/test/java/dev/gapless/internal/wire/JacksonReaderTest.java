package dev.gapless.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.gapless.Payload;
import dev.gapless.Topic;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Segment;
import dev.gapless.core.log.Slice;
import dev.gapless.internal.wire.TypedMessages.Answer;
import dev.gapless.internal.wire.TypedMessages.Cat;
import dev.gapless.internal.wire.TypedMessages.Dog;
import dev.gapless.internal.wire.TypedMessages.Nameless;
import dev.gapless.internal.wire.TypedMessages.Own;
import dev.gapless.internal.wire.TypedMessages.Positive;
import dev.gapless.internal.wire.TypedMessages.Pressed;
import dev.gapless.internal.wire.TypedMessages.Quote;
import dev.gapless.internal.wire.TypedMessages.Renamed;
import dev.gapless.internal.wire.TypedMessages.Single$;
import dev.gapless.internal.wire.TypedMessages.Told;
import dev.gapless.internal.wire.TypedMessages.Zipped;
import dev.gapless.internal.wire.TypedMessages.Zoo;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JacksonReaderTest {
    private static final Topic<Object> ANY = Topic.of("t", Object.class);
    private static final String LONG = "all work and no play ".repeat(100);

    private static ActorSystem system;
    private static Serialization pekko;

    private final Codec codec = Codec.of(system);

    @BeforeAll
    static void start() {
        system = TypedMessages.system();
        pekko = SerializationExtension.get(system);
    }

    @AfterAll
    static void stop() {
        system.terminate();
    }

    private Content encode(Object message) {
        return codec.encode("t", message, null, Map.of(), null, TopicSettings.DEFAULTS);
    }

    /** These one behind the other, as they are kept. */
    private Slice slice(Object... messages) {
        Content[] contents = Stream.of(messages).map(this::encode).toArray(Content[]::new);
        Segment segment = Segment.of(1, 1, contents[0], 1 << 20);
        for (Content content : contents) {
            segment.append(content, 1);
        }
        return segment.slice(1, contents.length);
    }

    private Optional<JacksonReader> readerLike(Object message) {
        return JacksonReader.like(message, encode(message).format(), pekko);
    }

    private JacksonReader reader(Object message) {
        return readerLike(message).orElseThrow();
    }

    private void assertComeAsTheyWere(Object... messages) throws Exception {
        Slice slice = slice(messages);
        for (int i = 0; i < messages.length; i++) {
            assertEquals(messages[i], codec.decode(ANY, slice, i));
        }
    }

    // ------------------------------------------------------------------ what is read without Pekko

    @Test
    void readsWhatPekkoWroteWhereItLies() {
        Quote first = new Quote("EURUSD", 1);
        Quote second = new Quote("EURCHF", -2);
        JacksonReader reader = reader(first);
        Slice slice = slice(first, second, first);
        assertEquals(first, reader.read(slice, 0));
        assertEquals(second, reader.read(slice, 1));
        assertEquals(second, reader.read(slice.part(1, 2), 0));
    }

    @Test
    void readsReferencesToActors() {
        ActorRef someone = system.deadLetters();
        Answer read = (Answer) Objects.requireNonNull(
                reader(new Answer(someone)).read(slice(new Answer(someone)), 0), "else Pekko must read it");
        assertSame(someone, read.replyTo());
    }

    @Test
    void readsClassesWithSubclassesAndFieldsOfThem() throws Exception {
        assertEquals(new Cat("Tom"), reader(new Cat("Cora")).read(slice(new Cat("Tom")), 0));
        Zoo zoo = new Zoo(new Dog("Rex", 4), new Cat("Tom"));
        assertEquals(zoo, reader(zoo).read(slice(zoo), 0));
        assertComeAsTheyWere(new Cat("Tom"), new Dog("Rex", 4), zoo, new Cat("Cora"), new Dog("Bo", 1), zoo);
    }

    // ------------------------------------------------------------------ what Pekko reads

    static Stream<Object> readByPekko() {
        return Stream.of(new Renamed(5), new Nameless("a"), new Told("a"), new Own("a"), Single$.MODULE$, "a string");
    }

    @ParameterizedTest
    @MethodSource
    void readByPekko(Object message) throws Exception {
        assertEquals(Optional.empty(), readerLike(message));
        assertComeAsTheyWere(message, message, message);
    }

    @Test
    void aClassWithAMigrationIsReadByPekkoWhateverItsVersion() throws Exception {
        int cbor = encode(new Renamed(5)).format().serializerId();
        assertEquals(
                Renamed.class.getName() + "#2", encode(new Renamed(5)).format().manifest());
        Format first = new Format(cbor, Renamed.class.getName()); // as it was written when there was no migration
        assertEquals(Optional.empty(), JacksonReader.like(new Renamed(5), first, pekko));
        byte[] map = {(byte) 0xa1, 0x65, 'c', 'o', 'u', 'n', 't', 7}; // {"count": 7}
        Payload old = new Payload(cbor, first.manifest(), map);
        assertComeAsTheyWere(new Renamed(5), new Renamed(6));
        Slice slice = slice(old, old);
        assertEquals(new Renamed(7), codec.decode(ANY, slice, 0));
        assertEquals(new Renamed(7), codec.decode(ANY, slice, 1));
    }

    @Test
    void aSerializerThatIsToldItsClassReadsItWhateverTheMessageNames() {
        Format named = new Format(encode(new Nameless("a")).format().serializerId(), Nameless.class.getName());
        assertEquals(Optional.empty(), JacksonReader.like(new Nameless("a"), named, pekko));
    }

    @Test
    void whatIsCompressedIsReadByPekko() throws Exception {
        for (Object[] messages : new Object[][] {
            {new Zipped("short"), new Zipped(LONG), new Zipped("short")},
            {new Pressed("short"), new Pressed(LONG), new Pressed("short")}
        }) {
            Slice slice = slice(messages);
            assertTrue(slice.contentLength(1) < 1_000, "it is compressed");
            JacksonReader reader = reader(messages[0]);
            assertEquals(messages[0], reader.read(slice, 0));
            assertNull(reader.read(slice, 1));
            assertComeAsTheyWere(messages);
        }
    }

    @Test
    void whatLooksCompressedIsReadAsNothingElse() throws Exception {
        int cbor = encode(new Quote("EURUSD", 1)).format().serializerId();
        Payload array = new Payload(cbor, ArrayNode.class.getName(), new byte[] {(byte) 0x81, 5});
        byte[] arrayOfSeven = {(byte) 0x87, (byte) 0xd9, 0x6d, (byte) 0xf6, 0, 0, 0, 4, 5, 6, 7}; // begins as LZ4 does
        Payload seven = new Payload(cbor, ArrayNode.class.getName(), arrayOfSeven);
        Slice slice = slice(array, array, seven);
        assertEquals(codec.decode(ANY, slice, 0), codec.decode(ANY, slice, 1));
        assertThrows(Exception.class, () -> codec.decode(ANY, slice, 2));
    }

    @Test
    void whatCannotBeReadFailsAsWithPekko() throws Exception {
        Format format = encode(new Positive(1)).format();
        byte[] minusOne = {(byte) 0xa1, 0x66, 'n', 'u', 'm', 'b', 'e', 'r', 0x20};
        Payload bad = new Payload(format.serializerId(), format.manifest(), minusOne);
        Payload none = new Payload(format.serializerId(), format.manifest(), new byte[0]);
        Slice slice = slice(new Positive(1), bad, none, new Positive(2));
        assertEquals(new Positive(1), codec.decode(ANY, slice, 0));
        for (int i = 1; i <= 2; i++) {
            int index = i;
            Exception refused = assertThrows(Exception.class, () -> codec.decode(ANY, slice, index));
            Exception byPekko = assertThrows(
                    Exception.class,
                    () -> pekko.deserialize(slice.content(index), format.serializerId(), format.manifest())
                            .get());
            assertSame(byPekko.getClass(), refused.getClass());
            assertEquals(byPekko.getMessage(), refused.getMessage());
        }
        assertEquals(new Positive(2), codec.decode(ANY, slice, 3));
    }

    @Test
    void whatSaysNullIsOfAWrongClass() throws Exception {
        Format format = encode(new Quote("EURUSD", 1)).format();
        Payload nothing = new Payload(format.serializerId(), format.manifest(), new byte[] {(byte) 0xf6});
        Slice slice = slice(nothing, new Quote("EURUSD", 1), nothing);
        assertThrows(WrongClass.class, () -> codec.decode(ANY, slice, 0));
        assertEquals(new Quote("EURUSD", 1), codec.decode(ANY, slice, 1));
        WrongClass refused = assertThrows(WrongClass.class, () -> codec.decode(ANY, slice, 2));
        assertTrue(String.valueOf(refused.getMessage()).contains("null"), refused.getMessage());
    }

    // ------------------------------------------------------------------ writing

    @Test
    void messagesOfAClassHaveOneFormatWhateverComesBetween() {
        Format quote = encode(new Quote("EURUSD", 1)).format();
        Format cat = encode(new Cat("Tom")).format();
        assertSame(quote, encode(new Quote("EURUSD", 2)).format());
        assertSame(cat, encode(new Cat("Cora")).format());
    }

    @Test
    void whatIsWrittenIsWhatPekkoWrites() {
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    new String(pekko.serialize(new Zipped(LONG)).get(), StandardCharsets.ISO_8859_1),
                    new String(encode(new Zipped(LONG)).bytes(), StandardCharsets.ISO_8859_1));
        }
    }
}
