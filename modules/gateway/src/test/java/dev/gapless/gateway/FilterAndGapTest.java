package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Gaps of several producers, of which a client wants some: two of them are gone, n2 at sequence 5 and n3 at sequence 7. */
@Timeout(120)
class FilterAndGapTest {
    private static final String NODES_N2 = "\"filter\":{\"type\":\"Nodes\",\"node_ids\":[\"n2\"]}";
    private static final String ALL = "\"filter\":{\"type\":\"All\"}";
    private static final String PAUSE = ",\"on_lag\":\"pause\"";
    private static final String N2 = "{\"node\":\"n2\",\"epoch\":\"0000000000000002\",\"seq\":5}";
    private static final String N3 = "{\"node\":\"n3\",\"epoch\":\"0000000000000003\",\"seq\":7}";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless { node-name = n1, producer-return-timeout = 500ms }");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    /** Publishes three messages. {@return own positions: of n1 behind the first, and of those that are gone} */
    private static String published(String topic, String... gone) {
        var producer = gateway.gapless().producer(Topic.of(topic, JsonNode.class));
        String epoch = "";
        for (int i = 1; i <= 3; i++) {
            epoch = TestGateway.get(producer.publish(IntNode.valueOf(i)))
                    .epoch()
                    .toString();
        }
        List<String> positions = new ArrayList<>(List.of(gone));
        positions.add("{\"node\":\"n1\",\"epoch\":\"" + epoch + "\",\"seq\":1}");
        return ",\"from\":{\"positions\":[" + String.join(",", positions) + "]}";
    }

    private static List<String> nodes(JsonNode expired) {
        return StreamSupport.stream(expired.get("gaps").spliterator(), false)
                .map(gap -> gap.get("node").textValue())
                .toList();
    }

    private static Map<String, Integer> positions(JsonNode subscribed) {
        Map<String, Integer> positions = new HashMap<>();
        subscribed
                .get("positions")
                .forEach(one -> positions.put(
                        one.get("node").textValue(), one.get("seq").intValue()));
        return positions;
    }

    private static void resume(JsonSocket client, String topic) {
        client.send("{\"type\":\"Resume\",\"topic\":\"" + topic + "\"}");
    }

    private static void resume(JsonSocket client, String topic, String token) {
        client.send("{\"type\":\"Resume\",\"topic\":\"" + topic + "\",\"token\":\"" + token + "\"}");
    }

    private static JsonNode pong(JsonSocket client) {
        client.send("{\"type\":\"Ping\"}");
        return client.await("pong");
    }

    /** What n1 published behind this place, and a further message. */
    private static void assertGoesOnBehind(int place, JsonSocket client, String topic) {
        assertEquals(200, gateway.publish(topic, "4").statusCode());
        List<Integer> numbers = client.events(4 - place).stream()
                .map(event -> event.get("seq").intValue())
                .toList();
        assertEquals(List.of(2, 3, 4).subList(place - 1, 3), numbers);
    }

    @Test
    void filterHidesGap_rowJ1_whatTheFilterLeftOutOfAGapIsToldWhenItTakesItWhileTheClientIsPaused() {
        String from = published("changed", N2, N3);
        JsonSocket client = gateway.client();
        client.subscribe("changed", NODES_N2 + PAUSE + from);
        assertEquals(List.of("n2"), nodes(client.await("cursor_expired")));
        JsonNode changed = client.subscribe("changed", ALL);
        assertEquals(5, positions(changed).get("n2"), "in front of the gap");
        assertEquals(7, positions(changed).get("n3"), "in front of the gap");
        JsonNode again = client.await("cursor_expired");
        assertEquals(List.of("n2", "n3"), nodes(again));
        assertEquals(8, again.at("/gaps/1/first_missing").intValue());
        assertEquals(2, pong(client).get("lagged_total").intValue(), "each counts once");
        resume(client, "changed");
        assertGoesOnBehind(positions(changed).get("n1"), client, "changed");
    }

    @Test
    void aResumeThatNamesWhatItAnswersDoesNotAnswerWhatCrossesIt() {
        String from = published("crossed", N2, N3);
        JsonSocket client = gateway.client();
        client.subscribe("crossed", NODES_N2 + PAUSE + from);
        String first = client.await("cursor_expired").get("token").textValue();
        resume(client, "crossed", "x");
        assertEquals("bad_token", client.await("error").get("code").textValue());
        JsonNode changed = client.subscribe("crossed", ALL);
        String second = client.await("cursor_expired").get("token").textValue();
        assertNotEquals(first, second);
        resume(client, "crossed", first);
        for (int i = 0; i < 3; i++) {
            pong(client); // and no event, nor an error
        }
        resume(client, "crossed", second);
        assertGoesOnBehind(positions(changed).get("n1"), client, "crossed");
    }

    @Test
    void aResumeOfWhatDoesNotPauseTheClientAnyMoreIsNoError() {
        String from = published("late", N2, N3);
        JsonSocket client = gateway.client();
        client.subscribe("late", NODES_N2 + PAUSE + from);
        String first = client.await("cursor_expired").get("token").textValue();
        JsonNode changed = client.subscribe("late", ALL + ",\"on_lag\":\"resync\"");
        client.await("cursor_expired");
        resume(client, "late", first);
        assertGoesOnBehind(positions(changed).get("n1"), client, "late");
        pong(client);
    }

    @Test
    void onLagMayBeChangedAndAClientThatWantsNothingOfAGapIsNotToldAgain() {
        String from = published("none", N2, N3);
        JsonSocket client = gateway.client();
        client.subscribe("none", NODES_N2 + PAUSE + from);
        client.await("cursor_expired");
        client.subscribe("none", "\"filter\":{\"type\":\"Nodes\",\"node_ids\":[\"n1\"]}");
        pong(client);
        JsonNode changed = client.subscribe("none", ALL + ",\"on_lag\":\"resync\"");
        assertEquals(List.of("n2", "n3"), nodes(client.await("cursor_expired")));
        assertGoesOnBehind(positions(changed).get("n1"), client, "none");
    }

    @Test
    void whatASecondSubscribeLeavesOutStaysAsItWas() {
        JsonSocket client = gateway.client();
        client.subscribe("kept", "\"max_message_bytes\":10");
        client.subscribe("kept", ALL);
        gateway.publish("kept", "\"0123456789abcdef\"");
        client.await("withheld");
        client.subscribe("kept", "\"max_message_bytes\":100");
        gateway.publish("kept", "\"0123456789abcdef\"");
        client.await("event");
    }

    @Test
    void ofAProducerThatEndedForAClientThatKeepsItsPositionsNothingIsToldAgain() {
        String from = published("ended", N2.replace("}", ",\"ended\":true}"), N3);
        JsonSocket client = gateway.client();
        client.subscribe("ended", from.substring(1));
        List<JsonNode> all = new ArrayList<>();
        while (all.size() < 3) {
            all.add(client.next());
        }
        all.removeIf(one -> one.get("type").textValue().equals("event"));
        assertEquals(1, all.size(), all::toString);
        assertEquals(List.of("n3"), nodes(all.get(0)));
    }

    @Test
    void aProducerThatIncarnationsAlthoughItEndedForAClientGoesOnBehindItsPosition() {
        String from = published("lives").replace("\"seq\":1}", "\"seq\":1,\"ended\":true}");
        assertTrue(from.contains("ended"), from);
        JsonSocket client = gateway.client();
        client.subscribe("lives", from.substring(1));
        assertGoesOnBehind(1, client, "lives");
    }
}
