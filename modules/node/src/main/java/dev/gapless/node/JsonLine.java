package dev.gapless.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.gapless.gateway.internal.json.Unpaired;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Makes a line of a gateway's NDJSON of a line of input: the data is the line's own bytes where these are JSON, else its text.
 * It takes for JSON what {@link LineMessage} does, token by token: a tree is not needed. For one thread.
 */
final class JsonLine {
    /** A line stands within the object that the gateway gets, which is as deep as it reads (1,000). */
    private static final int DEEPEST = StreamReadConstraints.DEFAULT_MAX_DEPTH - 1;

    /** Digits that any number may have. */
    private static final int LONG_NUMBER = 300;

    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    private final @Nullable String keyField;
    private long without;
    private @Nullable String key;

    /** @param keyField null if messages have no key */
    JsonLine(@Nullable String keyField) {
        this.keyField = keyField;
    }

    /** How many lines had no key although there is a field for it. */
    long without() {
        return without;
    }

    /**
     * Writes the line that the gateway gets, and its end.
     *
     * @throws Failure if the line is no UTF-8
     */
    void write(Lines line, ByteArrayOutputStream to) {
        key = null;
        boolean isJson = isJson(line.buffer(), line.start(), line.length());
        String of = isJson ? key : null;
        if (keyField != null && of == null) {
            without++;
        }
        raw(of == null ? "{" : "{\"key\":", to);
        if (of != null) {
            quoted(of, to);
            raw(",", to);
        }
        raw("\"data\":", to);
        if (isJson) {
            to.write(line.buffer(), line.start(), line.length());
        } else {
            quoted(LineText.of(line.buffer(), line.start(), line.length(), line.count()), to);
        }
        raw("}\n", to);
    }

    private boolean isJson(byte[] bytes, int start, int length) {
        if (!LineText.mayBeJson(bytes, start, length)) {
            return false;
        }
        try (JsonParser parser = JSON.createParser(bytes, start, length)) {
            JsonToken token = parser.nextToken();
            boolean isObject = token == JsonToken.START_OBJECT;
            int depth = 0;
            int values = 0;
            for (; token != null; token = parser.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                } else {
                    parser.finishToken(); // its characters are checked, too
                    checkNumber(parser, token);
                    checkText(parser, token);
                }
                if (isObject && depth == (token.isStructStart() ? 2 : 1) && token != JsonToken.FIELD_NAME) {
                    member(parser, token);
                }
                if (depth == 0) {
                    values++;
                }
            }
            return values == 1;
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Throws for a number that nobody could read: most are short, and have no exponent. */
    private static void checkNumber(JsonParser parser, JsonToken token) throws IOException {
        if (!token.isNumeric() || (token == JsonToken.VALUE_NUMBER_INT && parser.getTextLength() < LONG_NUMBER)) {
            return;
        }
        if (parser.getTextLength() >= LONG_NUMBER || hasExponent(parser)) {
            try {
                var unused =
                        token == JsonToken.VALUE_NUMBER_INT ? parser.getBigIntegerValue() : parser.getDecimalValue();
            } catch (NumberFormatException e) {
                throw new JsonParseException(parser, "no number", e);
            }
        }
    }

    /** Throws for a text that nobody could write: UTF-8 does not have it. */
    private static void checkText(JsonParser parser, JsonToken token) throws IOException {
        if ((token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME)
                && Unpaired.find(CharBuffer.wrap(
                                parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength()))
                        >= 0) {
            throw new JsonParseException(parser, "half a surrogate pair");
        }
    }

    private static boolean hasExponent(JsonParser parser) throws IOException {
        char[] text = parser.getTextCharacters();
        int from = parser.getTextOffset();
        for (int i = from; i < from + parser.getTextLength(); i++) {
            if (text[i] == 'e' || text[i] == 'E') {
                return true;
            }
        }
        return false;
    }

    /** The last one of this name counts, as in a tree. */
    private void member(JsonParser parser, JsonToken token) throws IOException {
        if (token.isStructEnd() || !parser.currentName().equals(keyField)) {
            return;
        }
        key = switch (token) {
            case VALUE_STRING, VALUE_TRUE, VALUE_FALSE -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getBigIntegerValue().toString();
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue().toString();
            default -> null;
        };
    }

    private static void quoted(String text, ByteArrayOutputStream to) {
        raw("\"", to);
        to.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(text));
        raw("\"", to);
    }

    private static void raw(String text, ByteArrayOutputStream to) {
        to.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
