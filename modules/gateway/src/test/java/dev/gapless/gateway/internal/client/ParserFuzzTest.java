package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.gateway.HostileText;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.StartRequest;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client sends is read, or refused by the parser's own refusal, whatever it is. A failure prints the seed. */
@Timeout(30)
class ParserFuzzTest {
    private static final int INPUTS = 5_000;
    private static final String POSITIONS =
            "{\"positions\":[{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":42},{\"node\":\"n2\",\"seq\":null}]}";
    private static final List<String> FILTERS = List.of(
            "{\"type\":\"All\"}",
            "{\"type\":\"Nodes\",\"node_ids\":[\"n1\",\"*\"]}",
            "{\"type\":\"Keys\",\"keys\":[\"fleet/7/*\"]}",
            "{\"nodes\":[\"n1\"],\"keys\":[\"a\"]}");
    private static final List<String> COMMANDS = List.of(
            "{\"type\":\"Subscribe\",\"topic\":\"t\",\"filter\":{\"type\":\"All\"},\"from\":\"latest\",\"on_lag\":\"pause\"}",
            "{\"type\":\"Subscribe\",\"topic\":\"t\",\"from\":" + POSITIONS + ",\"max_message_bytes\":10}",
            "{\"type\":\"Unsubscribe\",\"topic\":\"t\"}",
            "{\"type\":\"Publish\",\"topic\":\"t\",\"key\":\"k\",\"headers\":{\"a\":\"b\"},\"data\":{\"x\":[1,2.5]},\"id\":\"i\"}",
            "{\"type\":\"Resume\",\"topic\":\"t\"}",
            "{\"type\":\"Ping\"}");
    private static final List<String> LINES = List.of(
            "{\"key\":\"k\",\"data\":[1]}",
            "{\"key\":\"k\",\"deleted\":true}",
            "{\"data\":1,\"headers\":{\"a\":\"b\"}}");
    private static final List<String> STARTS =
            List.of("latest", "earliest", "2026-01-31T13:00:00.000+01:00", POSITIONS, tokenAndThen());

    private static String tokenAndThen() {
        CursorToken token = new CursorToken("t", "gapless", 1, Map.of("n1", new Position(new Epoch(-2), 42)));
        return "{\"token\":\"" + token
                + "\",\"then\":[{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":43,\"ended\":true}]}";
    }

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final HostileText hostile = new HostileText(random, 2_000);

    private interface Parser {
        void parse(String text) throws JsonProcessingException;
    }

    @Test
    void commandsAreReadOrRefused() {
        check(COMMANDS, text -> Command.parse(Command.read(text), ""));
    }

    @Test
    void filtersAreReadOrRefused() {
        check(FILTERS, text -> TopicFilter.of(PayloadJson.read(text), Caller.anybody("")));
    }

    @Test
    void linesAreReadOrRefused() {
        check(LINES, text -> MessageCommand.given(PayloadJson.read(text)));
    }

    @Test
    void startsAreReadOrRefused() {
        check(STARTS, text -> start(text));
    }

    @Test
    void tokensAreReadOrRefused() {
        check(List.of(token().toString()), text -> start(text));
    }

    /** The checksum of these is right, so that what stands behind it is read. */
    @Test
    void sealedTokensAreReadOrRefused() {
        byte[] valid = Base64.getUrlDecoder().decode(token().toString());
        for (int i = 0; i < INPUTS; i++) {
            byte[] bytes = valid.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt(256);
            }
            CRC32C sum = new CRC32C();
            sum.update(bytes, 0, bytes.length - Integer.BYTES);
            ByteBuffer.wrap(bytes).putInt(bytes.length - Integer.BYTES, (int) sum.getValue());
            one(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes), text -> start(text));
        }
    }

    private static void start(String text) {
        try {
            StartRequest.parse(text, "t", "gapless");
        } catch (IllegalArgumentException e) { // its own refusal
            throw new RequestException(RequestException.Kind.BAD_TOKEN, String.valueOf(e.getMessage()), e);
        }
    }

    private static CursorToken token() {
        List<CursorToken.Entry> entries = List.of(
                new CursorToken.Entry("n1", 5, Epoch.of(5, "t"), 42, false),
                new CursorToken.Entry("n1", 0, new Epoch(-2), CursorToken.Entry.UNKNOWN, false),
                new CursorToken.Entry("n3", 4, Epoch.of(4, "t"), 2, true));
        return new CursorToken("t", "gapless", 1, 7, entries, 9);
    }

    /** All valid inputs must be read; what is made of them may be refused. */
    private void check(List<String> valid, Parser parser) {
        for (String text : valid) {
            assertTrue(one(text, parser), "a valid input is refused: " + text);
        }
        int refused = 0;
        for (int i = 0; i < INPUTS; i++) {
            refused += one(hostile.of(valid), parser) ? 0 : 1;
        }
        assertTrue(refused > INPUTS / 10, "the inputs are hardly hostile, refused: " + refused + ", seed " + seed);
    }

    private boolean one(String text, Parser parser) {
        try {
            parser.parse(text);
            return true;
        } catch (RequestException | JsonProcessingException e) {
            return false;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("seed " + seed + ", input " + text, e);
        }
    }
}
