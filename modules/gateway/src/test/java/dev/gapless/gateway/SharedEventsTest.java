package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.Topic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients in step are given JSON that was made once. It is the JSON that a client is given for which alone it is made: by a gateway that
 * keeps none.
 */
@Timeout(120)
class SharedEventsTest {
    private static final int MESSAGES = 2_000;

    private static TestGateway sharing;
    private static TestGateway alone;

    @BeforeAll
    static void start() {
        sharing = TestGateway.start("gapless.node-name = n1");
        alone = TestGateway.join(sharing, "gapless.node-name = n2, gapless.gateway { json-cache-bytes = 0, port = 0 }");
    }

    @AfterAll
    static void end() {
        alone.close();
        sharing.close();
    }

    private static JsonSocket subscribed(TestGateway gateway, String further) {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("shared", further);
        return client;
    }

    @Test
    void rowJ5_eachClientIsGivenWhatItWouldBeGivenAlone() {
        String byKey = "\"filter\":{\"keys\":[\"k1\"]}";
        String small = "\"max_message_bytes\":20";
        List<JsonSocket> shared = List.of(
                subscribed(sharing, ""),
                subscribed(sharing, ""),
                subscribed(sharing, byKey),
                subscribed(sharing, small));
        JsonSocket all = subscribed(alone, "");
        JsonSocket some = subscribed(alone, byKey);
        JsonSocket withheld = subscribed(alone, small);

        for (TestGateway publisher : List.of(sharing, alone)) {
            var producer = publisher.gapless().producer(Topic.of("shared", JsonNode.class));
            for (int i = 0; i < MESSAGES; i++) {
                producer.send("k" + i % 3, TextNode.valueOf("ä" + i + (i % 10 == 0 ? "x".repeat(i) : "")));
            }
        }
        List<List<String>> everything = given(all, 2 * MESSAGES);
        assertEquals(everything, given(shared.get(0), 2 * MESSAGES));
        assertEquals(everything, given(shared.get(1), 2 * MESSAGES));
        int ofKey = 2 * (MESSAGES / 3 + 1);
        assertEquals(given(some, ofKey), given(shared.get(2), ofKey));
        List<List<String>> cut = given(withheld, 2 * MESSAGES);
        assertEquals(cut, given(shared.get(3), 2 * MESSAGES));
        assertTrue(cut.toString().contains("withheld"));
    }

    /** So many, first those of n1, then those of n2. */
    private static List<List<String>> given(JsonSocket client, int count) {
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JsonNode event = client.next();
            (event.get("node").textValue().equals("n1") ? first : second).add(event.toString());
        }
        return List.of(first, second);
    }
}
