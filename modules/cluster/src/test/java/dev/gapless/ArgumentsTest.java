package dev.gapless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Limits;
import dev.gapless.core.Session;
import dev.gapless.core.wire.Deregister;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments that cannot be are refused where they are given, and named. Those of {@link Gapless} are in {@link BadInputTest}. */
class ArgumentsTest {
    private static Arguments of(String named, Executable use) {
        return Arguments.of(named, use);
    }

    static Stream<Arguments> nulls() {
        SubscriptionSettings settings = SubscriptionSettings.defaults();
        Publication<String> publication = Publication.of("m");
        Unconfirmed<String> unconfirmed = new Unconfirmed<>(
                new Ended<>("t", Ended.Reason.CANCELLED, null, new CursorToken("t", "c", 0, Map.of())),
                (reload, failure) -> {});
        return Stream.of(
                of("topic's name", () -> Topic.of(null, String.class)),
                of("type", () -> Topic.of("t", null)),
                of("time", () -> StartFrom.since(null)),
                of("time", () -> new StartFrom.Since(null)),
                of("token", () -> StartFrom.token((String) null)),
                of("token", () -> StartFrom.token((CursorToken) null)),
                of("token", () -> new StartFrom.Resume(null)),
                of("nodes", () -> settings.withNodes((String[]) null)),
                of("nodes", () -> settings.withNodes((Collection<String>) null)),
                of("node", () -> settings.withNodes("n1", null)),
                of("keys", () -> settings.withKeys((String[]) null)),
                of("keys", () -> settings.withKeys((Collection<String>) null)),
                of("key", () -> settings.withKeys(Arrays.asList("k", null))),
                of("token", () -> Reload.upTo(null)),
                of("message", () -> Publication.of(null)),
                of("key", () -> Publication.tombstone(null)),
                of("key", () -> publication.withKey(null)),
                of("headers", () -> publication.withHeaders(null)),
                of("header's name", () -> publication.withHeader(null, "v")),
                of("header's value (h)", () -> publication.withHeader("h", null)),
                of("header's value (h)", () -> publication.withHeaders(withNullFor("h"))),
                of("manifest", () -> new Payload(1, null, new byte[0])),
                of("bytes", () -> new Payload(1, "", null)),
                of("event", () -> new Unconfirmed<String>(null, (reload, failure) -> {})),
                of("answers", () -> new Unconfirmed<>(unconfirmed.event(), null)),
                of("reload", () -> unconfirmed.confirm(null)),
                of("reload", () -> unconfirmed.confirmWith(null)),
                of("cause", () -> unconfirmed.fail(null)),
                of("messageClass", () -> dev.gapless.pubsub.Topic.create(null, "t", expired -> null)),
                of("topicName", () -> dev.gapless.pubsub.Topic.create(String.class, null, expired -> null)),
                of("expired", () -> dev.gapless.pubsub.Topic.create(String.class, "t", null)),
                of("message", () -> dev.gapless.pubsub.Topic.publish(null)),
                of("subscriber", () -> dev.gapless.pubsub.Topic.subscribe(null)),
                of("subscriber", () -> dev.gapless.pubsub.Topic.unsubscribe(null)),
                of("system", () -> Gapless.get(null)),
                of("gapless", () -> new GaplessMetrics(null)));
    }

    private static Map<String, String> withNullFor(String name) {
        Map<String, String> headers = new HashMap<>();
        headers.put(name, null);
        return headers;
    }

    @ParameterizedTest
    @MethodSource("nulls")
    void nullIsRefusedAtOnceAndNamed(String named, Executable use) {
        NullPointerException refusal = assertThrows(NullPointerException.class, use);
        assertEquals(named + " must not be null", refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"*USD", "EUR*USD", "**", "*USD*"})
    void aPatternThatWouldTakeNothingIsRefused(String pattern) {
        SubscriptionSettings settings = SubscriptionSettings.defaults();
        String why = assertThrows(IllegalArgumentException.class, () -> settings.withKeys("EUR*", pattern))
                .getMessage();
        assertTrue(why.contains("'" + pattern + "'") && why.contains("at its end"), why);
        String tooLong = "k".repeat(Limits.MAX_KEY + 2);
        assertThrows(IllegalArgumentException.class, () -> settings.withKeys(tooLong));
        assertEquals(3, settings.withKeys("*", "EUR*", "EURUSD").keys().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t",
                "a\nb",
                "a\r\nb",
                "\u001b[31mred",
                "a\u0085b",
                "a\u2028b",
                "a\ud800",
                "\udc00b",
                "\u007f"
            })
    void aNameThatCannotBePrintedInOneLineIsRefusedAndQuotedInOneLine(String name) {
        for (Executable use : List.<Executable>of(
                () -> Topic.of(name, String.class),
                () -> SubscriptionSettings.defaults().withNodes("n1", name),
                () -> dev.gapless.pubsub.Topic.create(String.class, name, expired -> null))) {
            String why = assertThrows(IllegalArgumentException.class, use).getMessage();
            assertFalse(why.codePoints().anyMatch(c -> Character.isISOControl(c) || c == 0x2028), why);
            assertFalse(why.chars().anyMatch(c -> Character.isSurrogate((char) c)), why);
        }
    }

    @Test
    void aNameThatIsTooLongIsQuotedInPart() {
        String name = "n".repeat(100_000);
        String why = assertThrows(IllegalArgumentException.class, () -> Topic.of(name, String.class))
                .getMessage();
        assertTrue(why.contains("100000") && why.length() < 300, why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"prices", "Prices of today", "preise/größe", "价格", "🚀 launches"})
    void otherNamesAreTaken(String name) {
        assertEquals(name, Topic.of(name, String.class).name());
    }

    @Test
    void whatAnotherNodeCallsATopicIsTakenSinceItHarmsNobodyHere() {
        assertNotNull(new Deregister("a\nb", 1, new Session(1, 1)));
    }
}
