package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/gateway.md shows happens. An ellipsis there stands for anything. */
@Timeout(120)
class GatewayDocumentTest {
    private static final Path DOCUMENT = Path.of("../../docs/gateway.md");
    private static final Pattern EXCHANGE = Pattern.compile("(?ms)^```ws\n(.*?)^```$");
    private static final Pattern REQUEST = Pattern.compile(
            "(?m)^```sh\ncurl -s -H 'Content-Type: (\\S+)' -d '(.*)' 'http://127.0.0.1:25581(\\S+)'\n```\n\n```json\n(.*)\n```$");
    private static final Pattern HOCON = Pattern.compile("(?ms)^```hocon\n(.*?)^```$");
    private static final String ANYTHING = "…";

    @Test
    void itsRequestsAreAnsweredLikeThat() throws IOException {
        try (TestGateway gateway = TestGateway.start("gapless.node-name = n1")) {
            int found = 0;
            for (MatchResult request :
                    REQUEST.matcher(Files.readString(DOCUMENT)).results().toList()) {
                found++;
                String answer = gateway.post(request.group(3), request.group(1), request.group(2))
                        .body();
                assertShown(TestGateway.json(request.group(4)), TestGateway.json(answer), request.group());
            }
            assertEquals(3, found);
        }
    }

    @Test
    void itsSettingsAreRead() throws IOException {
        List<MatchResult> blocks =
                HOCON.matcher(Files.readString(DOCUMENT)).results().toList();
        assertEquals(3, blocks.size());
        for (MatchResult block : blocks) {
            Config shown = ConfigFactory.parseString(block.group(1));
            Config reference = ConfigFactory.load();
            shown.entrySet().forEach(entry -> assertTrue(reference.hasPath(entry.getKey()), entry.getKey()));
            GatewaySettings settings = new GatewaySettings(shown.withFallback(reference));
            assertTrue(
                    settings.tls.isOn()
                            || settings.access.isOn()
                            || settings.management.port().isPresent(),
                    block.group(1));
        }
    }

    @Test
    void itsExchangesHappenLikeThat() throws IOException {
        try (TestGateway gateway = TestGateway.start("gapless.node-name = n1")) {
            List<MatchResult> exchanges =
                    EXCHANGE.matcher(Files.readString(DOCUMENT)).results().toList();
            assertEquals(1, exchanges.size());
            JsonSocket client = gateway.webSocket();
            List<JsonNode> early = new ArrayList<>();
            for (String line : exchanges.get(0).group(1).split("\n", -1)) {
                if (line.startsWith("> ")) {
                    client.send(line.substring(2));
                } else if (line.startsWith("< ")) {
                    JsonNode shown = TestGateway.json(line.substring(2));
                    assertShown(shown, next(client, early, shown.get("type").textValue()), line);
                }
            }
        }
    }

    /** The next one of this type: two may come in either order. */
    private static JsonNode next(JsonSocket client, List<JsonNode> early, String type) {
        for (JsonNode one : early) {
            if (one.get("type").textValue().equals(type)) {
                early.remove(one);
                return one;
            }
        }
        JsonNode next = client.next();
        if (!next.get("type").textValue().equals(type)) {
            assertTrue(early.isEmpty(), next + " after " + early);
            early.add(next);
            return client.await(type);
        }
        return next;
    }

    private static void assertShown(JsonNode shown, JsonNode real, String where) {
        if (shown.isTextual() && shown.textValue().equals(ANYTHING)) {
            assertTrue(!real.isMissingNode(), where);
        } else if (shown.isObject()) {
            shown.properties().forEach(field -> assertShown(field.getValue(), real.path(field.getKey()), where + real));
        } else if (shown.isArray()) {
            assertEquals(shown.size(), real.size(), where + real);
            for (int i = 0; i < shown.size(); i++) {
                assertShown(shown.get(i), real.get(i), where);
            }
        } else {
            assertEquals(shown, real, where);
        }
    }
}
