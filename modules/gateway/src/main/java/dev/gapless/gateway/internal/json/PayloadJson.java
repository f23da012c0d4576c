package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.gapless.Payload;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Slice;
import dev.gapless.internal.wire.Compression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.StringSerializer;
import org.apache.pekko.serialization.jackson.JacksonSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Shows messages without their classes: what Jackson wrote as JSON, strings as text, anything else as {@code
 * {"base64":"…"}}.
 */
public final class PayloadJson {
    /** A message may be as deep as Jackson reads (1,000), and is shown within events and frames. */
    private static final int DEEPEST = StreamReadConstraints.DEFAULT_MAX_DEPTH + 10;

    /** No message of a cluster is larger. */
    private static final long MOST_BYTES = 64 << 20;

    /** For trees of JSON. */
    public static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .build())
            // Numbers come out as they went in.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final ObjectReader JSON_TREE = JSON.readerFor(JsonNode.class);
    private static final ObjectReader CBOR_TREE = CBORMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build()
            .readerFor(JsonNode.class);

    /** What a byte order mark of UTF-8 begins with. */
    private static final byte MARK = (byte) 0xef;

    /** What stands for bytes that are no text. */
    private static final char REPLACED = '\ufffd';

    private final Serialization serialization;
    private final long mostBytes;
    private volatile Written latest = new Written(Format.NONE, null, false);

    /** By what a format is written: a serializer of Jackson's, or null; and is that text? */
    private record Written(Format format, @Nullable JacksonSerializer jackson, boolean isText) {}

    /** Reads JSON. A number that is too large to be one is an error of the JSON, as any other. */
    public static JsonNode read(String text) throws JsonProcessingException {
        try {
            return JSON.readTree(text);
        } catch (NumberFormatException e) {
            throw noNumber(e);
        }
    }

    /** The same, of so many bytes from there on. */
    public static JsonNode read(byte[] bytes, int from, int length) throws IOException {
        return read(JSON_TREE, bytes, from, length);
    }

    /** The same, by this reader of trees. */
    public static JsonNode read(ObjectReader reader, byte[] bytes, int from, int length) throws IOException {
        try {
            return reader.readValue(bytes, from, length);
        } catch (NumberFormatException e) {
            throw noNumber(e);
        }
    }

    private static JsonProcessingException noNumber(NumberFormatException cause) {
        return new JsonParseException(null, "a number is out of range: " + Reasons.of(cause), cause);
    }

    /** For a program that shows one message at a time. */
    public PayloadJson(ActorSystem system) {
        this(system, MOST_BYTES);
    }

    /** @param mostBytes of a message that is shown, once it is decompressed */
    public PayloadJson(ActorSystem system, long mostBytes) {
        this.serialization = SerializationExtension.get(system);
        this.mostBytes = mostBytes;
    }

    /** The largest message that is shown, in bytes once it is decompressed. */
    public long mostBytes() {
        return mostBytes;
    }

    /** How many bytes a message's content has once it is decompressed. */
    public long plainLength(Slice slice, int i) {
        return isCompressed(slice, i)
                ? Compression.plainLength(slice.data(), slice.contentAt(i), slice.contentLength(i))
                : slice.contentLength(i);
    }

    /** The same of a payload. */
    long plainLength(Payload payload) {
        byte[] bytes = payload.bytes();
        boolean isCompressed = Compression.isCompressed(bytes, 0, bytes.length)
                && written(payload).jackson() != null;
        return isCompressed ? Compression.plainLength(bytes, 0, bytes.length) : bytes.length;
    }

    private boolean isCompressed(Slice slice, int i) {
        return Compression.isCompressed(slice.data(), slice.contentAt(i), slice.contentLength(i))
                && written(slice.format(i)).jackson() != null;
    }

    public void write(Payload payload, JsonGenerator out) throws IOException {
        JSON.writeTree(out, shown(payload));
    }

    /** A message's content as text. Throws UncheckedIOException for what cannot be shown. */
    public String text(Slice slice, int i) {
        try {
            Payload payload = payloadOf(slice, i);
            Written by = written(payload);
            JacksonSerializer jackson = by.jackson();
            if (by.isText() && jackson != null) {
                byte[] plain = Compression.plain(jackson, payload.bytes(), mostBytes);
                if (isOneValue(plain, 0, plain.length)) {
                    return new String(plain, StandardCharsets.UTF_8);
                }
            }
            return JSON.writeValueAsString(shown(payload));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Adds a message's content to a frame as it was written, if that is JSON, in one line. Then it need not be read and written again.
     *
     * @return whether it is; if not, nothing was added, and {@link #shown} says what there is to see
     */
    boolean copy(Slice slice, int i, Bytes to) {
        Written by = written(slice.format(i));
        JacksonSerializer jackson = by.jackson();
        if (!by.isText() || jackson == null) {
            return false;
        }
        byte[] data = slice.data();
        int at = slice.contentAt(i);
        int length = slice.contentLength(i);
        if (Compression.isCompressed(data, at, length)) {
            try {
                data = Compression.plain(jackson, slice.content(i), mostBytes);
            } catch (IOException e) {
                return false; // whoever reads it tells what is wrong with it
            }
            at = 0;
            length = data.length;
        }
        if (!isOneValue(data, at, length)) {
            return false;
        }
        to.write(data, at, length);
        return true;
    }

    private Written written(Payload payload) {
        return written(new Format(payload.serializerId(), payload.manifest()));
    }

    /** Most messages are of the format of the one before. */
    private Written written(Format format) {
        Written known = latest;
        if (!known.format().equals(format)) {
            JacksonSerializer jackson =
                    serializerOf(format.serializerId()) instanceof JacksonSerializer found ? found : null;
            known = new Written(format, jackson, jackson != null && !isBinary(jackson));
            latest = known;
        }
        return known;
    }

    private static boolean isBinary(JacksonSerializer serializer) {
        return serializer.objectMapper().getFactory().canHandleBinaryNatively();
    }

    /** Is that a value of JSON in UTF-8, and nothing else, in one line? */
    private static boolean isOneValue(byte[] data, int from, int length) {
        boolean ascii = true;
        for (int at = from; at < from + length; at++) {
            if (data[at] >= 0 && data[at] < ' ') {
                return false;
            }
            ascii &= data[at] >= 0;
        }
        if (length == 0 || data[from] == MARK || !(ascii || isUnicode(data, from, length))) {
            return false;
        }
        try (JsonParser parser = JSON.getFactory().createParser(data, from, length)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** What passes over a text does not look whether it is one. */
    private static boolean isUnicode(byte[] data, int from, int length) {
        return new String(data, from, length, StandardCharsets.UTF_8).indexOf(REPLACED) < 0;
    }

    static Payload payloadOf(Slice slice, int i) {
        Format format = slice.format(i);
        return new Payload(format.serializerId(), format.manifest(), slice.content(i));
    }

    /** As a tree. Throws UncheckedIOException for what its serializer says is compressed, and is not, or decompresses to too much. */
    JsonNode shown(Payload payload) {
        Serializer serializer = serializerOf(payload.serializerId());
        if (serializer instanceof StringSerializer) {
            return TextNode.valueOf(new String(payload.bytes(), StandardCharsets.UTF_8));
        }
        JsonNode tree = serializer instanceof JacksonSerializer jackson ? tree(jackson, payload.bytes()) : null;
        return tree != null ? tree : JSON.createObjectNode().put("base64", payload.bytes());
    }

    private @Nullable Serializer serializerOf(int id) {
        return serialization.serializerByIdentity().getOrElse(id, () -> null);
    }

    private @Nullable JsonNode tree(JacksonSerializer serializer, byte[] bytes) {
        try {
            byte[] plain = Compression.plain(serializer, bytes, mostBytes);
            return read(isBinary(serializer) ? CBOR_TREE : JSON_TREE, plain, 0, plain.length);
        } catch (JsonProcessingException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
