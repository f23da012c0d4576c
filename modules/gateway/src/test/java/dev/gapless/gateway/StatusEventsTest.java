package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The status as a stream: whole first, then what has changed. */
@Timeout(120)
class StatusEventsTest {
    private static final String PATH = "/api/status/events";

    @TempDir
    private Path directory;

    /** What one who looks on knows. */
    private static final class Seen {
        private final EventStream stream;
        final List<String> types = new ArrayList<>();
        ObjectNode status;

        Seen(EventStream stream) {
            this.stream = stream;
        }

        /** Takes what comes until this holds. */
        Seen until(Predicate<ObjectNode> holds) {
            while (status == null || !holds.test(status)) {
                take(stream.next(1).get(0).data());
            }
            return this;
        }

        Seen take(JsonNode message) {
            types.add(message.get("type").textValue());
            if (types.size() == 1) {
                status = message.get("status").deepCopy();
                return this;
            }
            assertEquals("status_changed", message.get("type").textValue());
            status.set("time", message.get("time"));
            status.set("totals", message.get("totals"));
            list("members", "address", message, status);
            list("topics", "topic", message, status);
            if (message.has("losses")) {
                status.set("losses", message.get("losses"));
            }
            list("clients", "client", message.get("gateway"), (ObjectNode) status.get("gateway"));
            return this;
        }

        private static void list(String name, String key, JsonNode changes, ObjectNode to) {
            Map<String, JsonNode> all = new TreeMap<>();
            to.get(name).forEach(one -> all.put(one.get(key).asText(), one));
            changes.path(name).path("gone").forEach(gone -> assertNotNull(all.remove(gone.asText())));
            changes.path(name)
                    .path("changed")
                    .forEach(one -> all.put(one.get(key).asText(), one));
            ArrayNode list = to.putArray(name);
            all.values().forEach(list::add);
        }
    }

    private static JsonNode topic(JsonNode status, String name) {
        for (JsonNode topic : status.get("topics")) {
            if (topic.get("topic").textValue().equals(name)) {
                return topic;
            }
        }
        return status.path("nothing");
    }

    private static Predicate<ObjectNode> published(String name, int number) {
        return status -> topic(status, name).at("/totals/published").intValue() == number;
    }

    /** The loss that subscriptions were told of; null if there is none yet. */
    private static JsonNode toSubscriptions(JsonNode status) {
        for (JsonNode loss : status.get("losses")) {
            if (loss.get("subscriptions").intValue() > 0) {
                return loss;
            }
        }
        return null;
    }

    @Test
    void theWholeComesFirstAndThenWhatHasChangedAddsUpToTheStatus() {
        try (TestGateway gateway = TestGateway.start("gapless.node-name = n1")) {
            gateway.publish("old", "1");
            Seen seen = new Seen(gateway.events(PATH));
            seen.until(published("old", 1));
            assertEquals(List.of("status"), seen.types);
            assertEquals("n1", seen.status.at("/members/0/node").textValue());
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.subscribe("new", "");
            for (int i = 1; i <= 3; i++) {
                gateway.publish("new", "" + i);
            }
            seen.until(status -> topic(status, "new").at("/totals/delivered").intValue() == 3);
            assertTrue(published("new", 3).test(seen.status));
            assertEquals(4, seen.status.at("/totals/published").intValue());
            seen.until(status -> topic(status, "new")
                                    .at("/consumers/0/subscriptions/0/lag")
                                    .intValue()
                            == 0
                    && topic(status, "new").at("/producers/0/cursors/0/lag").intValue() == 0);
            JsonNode now = TestGateway.json(gateway.get("/api/status").body());
            assertEquals(now.get("topics"), seen.status.get("topics"));
            assertEquals(now.get("members"), seen.status.get("members"));
            assertEquals(2, seen.status.at("/gateway/clients").size(), "who looks on is a client, too");
        }
    }

    @Test
    void fiftyThatLookOnCostTheMembersOneRequestASecond() {
        try (TestGateway gateway = TestGateway.start("")) {
            List<Seen> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(new Seen(gateway.events(PATH)));
            }
            all.forEach(seen -> seen.until(status -> seen.types.size() == 3));
            double asked = gateway.metric("gapless_gateway_status_asked_total");
            Seen first = all.get(0); // it was told each of them
            int told = first.types.size() + first.stream.waiting();
            assertTrue(asked >= 3 && asked <= told + 2, asked + " requests, " + told + " updates");
            assertEquals(
                    50,
                    TestGateway.json(gateway.get("/api/status").body())
                            .at("/gateway/client_count")
                            .intValue());
        }
    }

    @Test
    void noMoreLookOnThanAreAllowedAndEachIsAClient() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway { status-watchers = 1, max-clients = 2 }")) {
            EventStream one = gateway.events(PATH);
            one.next(1);
            assertEquals(503, gateway.get(PATH).statusCode());
            JsonSocket other = gateway.webSocket();
            other.await("connected");
            assertTrue(gateway.get(PATH).body().contains("max-clients"));
            one.close();
            TestGateway.await(() -> TestGateway.json(gateway.get("/api/status").body())
                            .at("/gateway/client_count")
                            .intValue()
                    == 1);
            assertEquals(1, gateway.events(PATH).next(1).size());
            assertEquals(405, gateway.post(PATH, "application/json", "1").statusCode());
            assertEquals(400, gateway.get(PATH + "?from=latest").statusCode());
        }
    }

    @Test
    void whoLooksOnIsToldThatTheGatewayStops() {
        try (TestGateway gateway = TestGateway.start("")) {
            EventStream stream = gateway.events(PATH);
            stream.next(1);
            TestGateway.get(gateway.gateway().stop());
            JsonNode last = stream.next(1).get(0).data();
            while (last.get("type").textValue().equals("status_changed")) {
                last = stream.next(1).get(0).data();
            }
            assertEquals("closing", last.get("type").textValue());
            assertTrue(last.get("reconnect_after_ms").longValue() >= 1_000);
            assertTrue(EventStream.isEnd(stream.next()));
        }
    }

    @Test
    void itIsForWhoMaySeeStatusAndEndsWithTheCredential() {
        AccessFile file = new AccessFile(directory);
        file.write("admin", "{\"status\":true}")
                .write("reader", "{\"subscribe\":[\"*\"]}")
                .save();
        try (TestGateway gateway = TestGateway.start("gapless.gateway.access.tokens-file = \"" + file.path() + "\"")) {
            assertEquals(401, gateway.get(PATH).statusCode());
            assertEquals(
                    401, gateway.get(PATH, "Authorization", "Bearer nobody's").statusCode());
            assertEquals(403, gateway.get(PATH, AccessFile.bearer("reader")).statusCode());
            EventStream stream = gateway.events(PATH, AccessFile.bearer("admin"));
            JsonNode status = stream.next(1).get(0).data().get("status");
            assertEquals("admin", status.at("/gateway/clients/0/subject").textValue());
            file.forget("admin").save();
            JsonNode last = stream.next(1).get(0).data();
            while (last.get("type").textValue().equals("status_changed")) {
                last = stream.next(1).get(0).data();
            }
            assertEquals("closing", last.get("type").textValue());
            assertEquals("the credential is valid no more", last.get("reason").textValue());
            assertFalse(last.has("reconnect_after_ms"));
            assertTrue(EventStream.isEnd(stream.next()));
        }
    }

    @Test
    void whatIsMissedIsToldWithWhoMissedItAndWhatItsClientWasTold() {
        StandingReader stands = new StandingReader();
        try (TestGateway gateway = TestGateway.start("gapless { node-name = n1, buffer-messages = 20 }")) {
            Topic<JsonNode> topic = Topic.of("lossy", JsonNode.class);
            Subscription subscription = gateway.gapless().subscribe(topic, StartFrom.latest(), stands);
            TestGateway.get(subscription.ready());
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            JsonNode begin = client.subscribe("lossy", "");
            client.send("{\"type\":\"Unsubscribe\",\"topic\":\"lossy\"}");
            client.await("unsubscribed");
            Seen seen = new Seen(gateway.events(PATH));
            for (int i = 1; i <= 60; i++) {
                gateway.publish("lossy", "" + i);
            }
            stands.goOn();
            seen.until(status -> status.at("/totals/expired").intValue() >= 1
                    && toSubscriptions(status) != null
                    && topic(status, "lossy").at("/totals/missed").intValue() > 0);
            JsonNode loss = toSubscriptions(seen.status);
            assertEquals("lossy", loss.get("topic").textValue());
            assertEquals("n1", loss.get("producer").textValue());
            assertEquals("n1", loss.get("consumer").textValue());
            assertEquals("OVERRUN", loss.get("reason").textValue());
            assertEquals(1, loss.get("subscriptions").intValue());
            assertTrue(loss.get("first_missing").intValue() > 1, loss::toString);
            assertEquals(
                    topic(seen.status, "lossy").at("/totals/missed").longValue(),
                    loss.get("missed").longValue());
            assertEquals(seen.status.at("/members/0/totals"), seen.status.get("totals"));
            client.subscribe("lossy", "\"from\":" + begin.get("token"));
            JsonNode expired = client.next();
            while (!expired.get("type").textValue().equals("cursor_expired")) {
                expired = client.next(); // what the node has that its log has not any more
            }
            seen.until(status -> status.at("/gateway/clients").findValue("told") != null);
            JsonNode told = seen.status.at("/gateway/clients").findValue("told");
            assertEquals("lossy", told.get("topic").textValue());
            assertEquals("OVERRUN", told.get("reason").textValue());
            int missed = expired.at("/gaps/0/missed").intValue();
            assertTrue(missed > 0 && missed <= 60, expired::toString);
            assertEquals(missed, told.get("missed").intValue());
        }
    }
}
