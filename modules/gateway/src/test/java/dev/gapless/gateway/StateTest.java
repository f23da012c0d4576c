package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.Table;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that want a topic's state get the rows of the gateway's table, whole, and then what changes. */
@Timeout(120)
class StateTest extends PricesFixture {
    private static final String STATE = "\"state\":true";

    // ------------------------------------------------------------------ who reads

    /** What a client shows. Between brackets it is not looked at. */
    private static final class Shown {
        private final Map<String, Integer> prices = new TreeMap<>();
        private boolean inBrackets;
        private boolean stale;
        private int brackets;
        private int expired;

        private void take(JsonNode message) {
            switch (message.path("type").asText()) {
                case "snapshot_start" -> {
                    assertFalse(inBrackets, "brackets in brackets");
                    inBrackets = true;
                    if (message.path("complete").asBoolean()) {
                        prices.clear();
                    }
                }
                case "event" -> {
                    assertEquals(inBrackets, message.path("snapshot").asBoolean(false), message::toString);
                    String key = message.path("key").asText();
                    if (message.path("deleted").asBoolean(false)) {
                        prices.remove(key);
                    } else {
                        prices.put(key, message.path("data").path("price").asInt());
                    }
                }
                case "snapshot_end" -> {
                    assertTrue(inBrackets);
                    inBrackets = false;
                    brackets++;
                    assertEquals(
                            "prices",
                            CursorToken.parse(message.path("token").asText()).topic());
                    stale = message.path("stale").asBoolean();
                }
                case "cursor_expired" -> expired++;
                default -> throw new AssertionError("unexpected: " + message);
            }
        }

        /** Reads until it shows that, and is a state. */
        void until(JsonSocket socket, Map<String, Integer> wanted) {
            do {
                take(socket.next());
            } while (inBrackets || !prices.equals(wanted));
        }
    }

    /** To the state, with these further fields. */
    private JsonSocket subscribe(String fields) {
        JsonSocket socket = gateway.webSocket();
        socket.await("connected");
        socket.subscribe("prices", STATE + fields);
        return socket;
    }

    @Test
    @DisplayName("all rows come in brackets, with a token at their end; then each change is an event")
    void webSocket() {
        JsonSocket socket = subscribe("");
        JsonNode start = socket.await("snapshot_start");
        assertTrue(start.path("complete").asBoolean());
        assertEquals("prices", start.path("topic").asText());
        Shown shown = new Shown();
        shown.take(start);
        shown.until(socket, Map.of("EURUSD", 1, "EURCHF", 2, "BTCUSD", 3));
        assertEquals(1, shown.brackets);
        assertFalse(shown.stale);
        publish("EURUSD", 11);
        JsonNode event = socket.await("event");
        assertEquals(
                "{\"type\":\"event\",\"topic\":\"prices\",\"key\":\"EURUSD\",\"data\":{\"id\":\"EURUSD\",\"v\":2,\"price\":11,\"text\":\"\"}}",
                event.toString());
        delete("BTCUSD");
        assertEquals(
                "{\"type\":\"event\",\"topic\":\"prices\",\"key\":\"BTCUSD\",\"deleted\":true}",
                socket.await("event").toString());
    }

    @Test
    @DisplayName("with ids each event has a token, which is that of the last whole state")
    void ids() {
        JsonSocket socket = subscribe(",\"ids\":true");
        JsonNode start = socket.await("snapshot_start");
        String before = start.path("token").asText();
        for (int i = 0; i < 3; i++) {
            assertEquals(before, socket.await("event").path("token").asText());
        }
        String state = socket.await("snapshot_end").path("token").asText();
        assertNotEquals(before, state);
        Position position = publish("EURUSD", 11);
        CursorToken behind =
                CursorToken.parse(socket.await("event").path("token").asText());
        assertEquals(position, behind.positions().get("n1"));
    }

    @Test
    @DisplayName(
            "an event stream has the same, and each event outside of brackets an id; an id within them is that of the state before")
    void eventStream() {
        EventStream stream = gateway.events(TestGateway.path("prices", "events") + "?state=true&keys=EUR*");
        EventStream.Message head = stream.next();
        assertNull(head.data());
        List<EventStream.Message> snapshot = stream.next(4);
        assertEquals("snapshot_start", snapshot.get(0).data().path("type").asText());
        assertEquals(head.id(), snapshot.get(2).id());
        JsonNode end = snapshot.get(3).data();
        assertEquals("snapshot_end", end.path("type").asText());
        assertEquals(end.path("token").asText(), snapshot.get(3).id());
        publish("BTCUSD", 33); // is left out
        Position last = publish("EURCHF", 22);
        EventStream.Message event = stream.next(1).get(0);
        assertEquals("EURCHF", event.data().path("key").asText());
        assertEquals(last, CursorToken.parse(event.id()).positions().get("n1"));
        EventStream again = gateway.events(
                TestGateway.path("prices", "events") + "?state=true&keys=EUR*", "Last-Event-ID", event.id());
        List<EventStream.Message> whole = again.next(4);
        assertTrue(whole.get(0).data().path("complete").asBoolean());
        assertEquals("snapshot_end", whole.get(3).data().path("type").asText());
    }

    @Test
    @DisplayName("a state without rows is a state: its brackets come, and then the first row")
    void empty() {
        JsonSocket socket = subscribe(",\"filter\":{\"keys\":[\"GBP*\"]}");
        assertTrue(socket.await("snapshot_start").path("complete").asBoolean());
        socket.await("snapshot_end");
        for (String key : now().keySet()) {
            delete(key);
        }
        TestGateway.await(() -> table.view().rows().isEmpty());
        JsonSocket later = subscribe("");
        later.await("snapshot_start");
        later.await("snapshot_end");
        publish("GBPUSD", 4);
        assertEquals("GBPUSD", socket.await("event").path("key").asText());
        assertEquals("GBPUSD", later.await("event").path("key").asText());
    }

    @Test
    @DisplayName("stateC3: who is slow gets the newest row of each key, in brackets, and never expires")
    void slow() {
        JsonSocket socket = subscribe("");
        Shown shown = new Shown();
        shown.until(socket, now());
        socket.hold();
        List<String> keys = new ArrayList<>(now().keySet());
        for (int i = 0; i < 20_000; i++) {
            publishAndReach(keys.get(i % keys.size()), i);
        }
        socket.goOn();
        int frames = socket.frames;
        shown.until(socket, now());
        assertEquals(0, shown.expired);
        assertTrue(shown.brackets > 1, "what came meanwhile is one step");
        assertTrue(socket.frames - frames < 20_000, "and not each of them");
    }

    @Test
    @DisplayName("after a gap the client is told, keeps what it has, and gets what differs in brackets")
    void gap() {
        JsonSocket socket = subscribe("");
        Shown shown = new Shown();
        shown.until(socket, now());
        put("EURUSD", 111); // nobody publishes it
        miss();
        JsonNode expired = socket.await("cursor_expired");
        assertEquals("prices", expired.path("topic").asText());
        JsonNode start = socket.await("snapshot_start");
        assertFalse(start.path("complete").asBoolean());
        shown.take(start);
        shown.until(socket, now());
        assertFalse(shown.stale);
    }

    @Test
    @DisplayName("stateB15: with another filter all rows that it takes come again, in brackets")
    void otherFilter() {
        JsonSocket socket = subscribe(",\"filter\":{\"keys\":[\"BTC*\"]}");
        Shown shown = new Shown();
        shown.until(socket, Map.of("BTCUSD", 3));
        socket.subscribe("prices", STATE + ",\"filter\":{\"keys\":[\"EUR*\"]}");
        shown.until(socket, Map.of("EURUSD", 1, "EURCHF", 2));
        publish("BTCUSD", 33);
        publish("EURCHF", 22);
        assertEquals("EURCHF", socket.await("event").path("key").asText());
    }

    @Test
    @DisplayName("stateC1: a gateway that is behind what the client has seen waits")
    void waits() {
        Position position = publish("EURUSD", 5);
        TestGateway.get(table.reached(position));
        JsonSocket socket = gateway.webSocket();
        socket.await("connected");
        socket.send(
                "{\"type\":\"Subscribe\",\"topic\":\"prices\"," + STATE + ",\"from\":\"" + ahead(position, 2) + "\"}");
        socket.send("{\"type\":\"Ping\"}");
        socket.await("pong"); // and it is not subscribed
        publish("EURUSD", 6);
        publish("EURUSD", 7);
        socket.await("subscribed");
        Shown shown = new Shown();
        do {
            shown.take(socket.next());
        } while (shown.inBrackets);
        assertEquals(7, shown.prices.get("EURUSD"), "never less than it has seen");
    }

    @Test
    @DisplayName("stateC1: for state-timeout; then it says that it is behind")
    void behind() {
        Position position = publish("EURUSD", 5);
        TestGateway.get(table.reached(position));
        EventStream stream =
                gateway.events(TestGateway.path("prices", "events") + "?state=true&from=" + ahead(position, 2));
        JsonNode ended = stream.next(1).get(0).data();
        assertEquals("ended", ended.path("type").asText());
        assertEquals("behind", ended.path("reason").asText());
    }

    @Test
    @DisplayName("a topic without a table has no state; a state has no nodes, no lag, and begins now")
    void refused() {
        HttpResponse<String> none = gateway.get(TestGateway.path("other", "events") + "?state=true");
        assertEquals(409, none.statusCode());
        assertEquals(
                "urn:gapless:no_table",
                TestGateway.json(none.body()).path("type").asText());
        assertEquals(
                400,
                gateway.get(TestGateway.path("prices", "events") + "?state=true&nodes=n1")
                        .statusCode());
        assertEquals(
                400,
                gateway.get(TestGateway.path("prices", "events") + "?state=true&from=earliest")
                        .statusCode());
        assertEquals(
                400,
                gateway.get(TestGateway.path("prices", "events") + "?state=true&on_lag=close")
                        .statusCode());
        assertEquals(
                400,
                gateway.get(TestGateway.path("prices", "events") + "?state=yes").statusCode());
        JsonSocket socket = gateway.webSocket();
        socket.await("connected");
        socket.send("{\"type\":\"Subscribe\",\"topic\":\"other\"," + STATE + ",\"id\":7}");
        JsonNode error = socket.await("error");
        assertEquals("no_table", error.path("code").asText());
        assertEquals(7, error.path("id").asInt());
        socket.subscribe("prices", "");
        socket.send("{\"type\":\"Subscribe\",\"topic\":\"prices\"," + STATE + "}"); // stateC5
        assertEquals("bad_message", socket.await("error").path("code").asText());
        socket.send("{\"type\":\"Subscribe\",\"topic\":\"prices\",\"state\":1}");
        assertEquals("bad_message", socket.await("error").path("code").asText());
    }

    @Test
    @DisplayName("a row that is larger than the gateway shows is withheld")
    void large() {
        JsonSocket socket = subscribe("");
        new Shown().until(socket, now());
        text = "x".repeat(70_000);
        publish("EURUSD", 1);
        JsonNode withheld = socket.await("withheld");
        assertEquals("EURUSD", withheld.path("key").asText());
        assertTrue(withheld.path("bytes").asInt() > 70_000, withheld::toString);
    }

    @Test
    @DisplayName("the status says how the table is")
    void status() {
        JsonNode status = TestGateway.json(gateway.get("/api/status").body());
        JsonNode table = status.at("/topics/0/tables/0");
        assertEquals("n1", table.path("node").asText(), status::toString);
        assertEquals("live", table.path("state").asText());
        assertEquals(3, table.path("rows").asInt());
        assertTrue(table.path("loaded").isTextual());
    }

    @Test
    @DisplayName("when its table closes the stream ends, and says why")
    void closed() {
        JsonSocket socket = subscribe("");
        new Shown().until(socket, now());
        table.close();
        JsonNode ended = socket.await("ended");
        assertEquals("FAILED", ended.path("reason").asText());
        assertTrue(ended.path("message").asText().contains("closed"), ended::toString);
        socket.send("{\"type\":\"Subscribe\",\"topic\":\"prices\"," + STATE + "}");
        assertEquals("refused", socket.await("error").path("code").asText());
    }

    @Test
    @DisplayName(
            "who is there goes on, and lists again, while another one keeps the table open that the gateway was given; others are refused")
    void closedHere() {
        Table<JsonNode> kept = gateway.gapless().table(PRICES, source);
        JsonSocket socket = subscribe("");
        Shown shown = new Shown();
        shown.until(socket, now());
        table.close();
        publish("EURUSD", 11);
        shown.until(socket, now());
        socket.subscribe("prices", STATE + ",\"filter\":{\"keys\":[\"EUR*\"]}");
        shown.until(socket, Map.of("EURUSD", 11, "EURCHF", 2));
        JsonSocket late = gateway.webSocket();
        late.await("connected");
        late.send("{\"type\":\"Subscribe\",\"topic\":\"prices\"," + STATE + "}");
        assertEquals("refused", late.await("error").path("code").asText());
        kept.close();
        assertEquals("FAILED", socket.await("ended").path("reason").asText());
    }
}
