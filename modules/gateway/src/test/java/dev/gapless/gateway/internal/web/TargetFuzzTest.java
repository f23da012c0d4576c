package dev.gapless.gateway.internal.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gapless.gateway.internal.json.RequestException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A path names what it says, or is refused; nothing in it leads elsewhere. A failure prints the seed. */
@Timeout(30)
class TargetFuzzTest {
    private static final String[] PIECES = {
        "%",
        "%2",
        "%2f",
        "%2F",
        "%00",
        "%c3",
        "%c0%af",
        "%ff",
        "..",
        "/",
        "//",
        ";",
        "\u00e4",
        "\uD800",
        "\0",
        "a",
        "events",
        "messages",
        "%zz",
        "%\uFF10\uFF10",
        "\\",
        "?",
        "#"
    };

    @Test
    void anyPathIsReadOrRefused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder path = new StringBuilder("/api/topics/");
            for (int pieces = random.nextInt(8); pieces > 0; pieces--) {
                path.append(PIECES[random.nextInt(PIECES.length)]);
            }
            try {
                Target.of(path.toString());
            } catch (RequestException e) {
                assertEquals(RequestException.Kind.UNKNOWN_TOPIC, e.kind());
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", path " + path, e);
            }
        }
    }

    @Test
    void dotsAndSlashesAreOfTheName() {
        assertEquals("../status", Target.of("/api/topics/..%2fstatus/events").topic());
        assertEquals("..", Target.of("/api/topics/../events").topic());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/topics/a/b/events",
                "/api/topics//a/events",
                "/api/topics/a//events",
                "/api//topics/a/events"
            })
    void moreSlashesAreNoTopic(String path) {
        assertNull(Target.of(path).topic());
    }

    @ParameterizedTest
    @ValueSource(strings = {"%c0%af", "%ff", "%", "%2", "%zz", "a;b", "%00", "%0a", ""})
    void refusesWhatIsNoName(String topic) {
        RequestException refusal =
                assertThrows(RequestException.class, () -> Target.of("/api/topics/" + topic + "/events"));
        assertEquals(RequestException.Kind.UNKNOWN_TOPIC, refusal.kind());
    }
}
