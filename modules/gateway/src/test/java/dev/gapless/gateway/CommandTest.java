package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients' commands may say, and how their answers are told apart. */
@Timeout(120)
class CommandTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless.node-name = n1");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "filtr     | {'type':'Subscribe','topic':'t','filtr':{'type':'All'},'id':7}",
                "nodes     | {'type':'Subscribe','topic':'t','filter':{'type':'Keys','keys':['a'],'nodes':['n1']},'id':7}",
                "keys      | {'type':'Subscribe','topic':'t','filter':{'type':'Nodes','node_ids':['n1'],'keys':['a']},'id':7}",
                "node_ids  | {'type':'Subscribe','topic':'t','filter':{'type':'All','node_ids':['n1']},'id':7}",
                "node_ids  | {'type':'Subscribe','topic':'t','filter':{'node_ids':['n1']},'id':7}",
                "Key       | {'type':'Publish','topic':'t','Key':'a','data':1,'id':7}",
                "from      | {'type':'Publish','topic':'t','data':1,'from':'latest','id':7}",
                "filter    | {'type':'Unsubscribe','topic':'t','filter':{},'id':7}",
                "tokn      | {'type':'Resume','topic':'t','tokn':'x','id':7}",
                "data      | {'type':'Ping','data':1,'id':7}"
            })
    void aMemberThatIsNotKnownIsRefusedByNameWithTheIdOfTheCommand(String name, String command) {
        JsonSocket client = gateway.client();
        client.send(command.replace('\'', '"'));
        JsonNode error = client.await("error");
        assertEquals("bad_message", error.get("code").textValue());
        assertTrue(error.get("message").textValue().contains("'" + name + "'"), error::toString);
        assertEquals(7, error.get("id").intValue());
        client.send("{\"type\":\"Ping\"}");
        client.await("pong");
    }

    @Test
    void whateverIsRefusedHasTheIdAndTheTopicOfItsCommand() {
        JsonSocket client = gateway.client();
        for (String command : List.of(
                "'type':'Subscribe','from':'nonsense'",
                "'type':'Subscribe','filter':{'type':'Some'}",
                "'type':'Unsubscribe'",
                "'type':'Resume'",
                "'type':'Drop'",
                "'type':'Publish'")) {
            client.send("{" + command.replace('\'', '"') + ",\"topic\":\"t\",\"id\":\"" + command.length() + "\"}");
            JsonNode error = client.await("error");
            assertEquals("" + command.length(), error.path("id").asText(), error::toString);
            assertEquals("t", error.path("topic").asText(), error::toString);
        }
        client.send("{");
        assertFalse(client.await("error").has("id"), "it is not known");
    }

    @Test
    void aLineWithAMemberThatIsNotKnownIsRefusedByName() {
        var answer = gateway.post(
                TestGateway.path("t", "messages"),
                "application/x-ndjson",
                "{\"key\":\"a\",\"data\":1}\n{\"Key\":\"a\",\"data\":2}\n");
        assertEquals(400, answer.statusCode());
        JsonNode problem = TestGateway.json(answer.body());
        assertTrue(problem.get("detail").textValue().contains("'Key'"), answer::body);
        assertEquals(1, problem.get("accepted").intValue());
    }

    @ParameterizedTest
    @CsvSource({
        "filtr, events?filtr=a",
        "key, events?key=a",
        "Keys, events?Keys=a",
        "from, events?from=earliest&from=latest",
        "hold, events?hold=true",
    })
    void aParameterOfAStreamThatIsNotKnownOrIsThereTwiceIsRefusedByName(String name, String path) {
        try (RawSocket socket = new RawSocket(gateway.gateway().port())) {
            String answer = socket.send("GET " + TestGateway.path("t", path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .readTo("\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            String problem = socket.readTo("}");
            assertTrue(problem.contains("urn:gapless:bad_message") && problem.contains("'" + name + "'"), problem);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "keys, application/json, keys=a",
        "Key, application/json, Key=a",
        "key, application/json, key=a&key=b",
        "overflw, application/x-ndjson, overflw=expire",
        "key, application/x-ndjson, key=a",
        "since, application/x-ndjson, since=1",
    })
    void aParameterOfAPublishThatIsNotKnownIsRefusedByNameAndNothingIsPublished(
            String name, String type, String query) {
        var answer = gateway.post(TestGateway.path("parameters", "messages?" + query), type, "{\"data\":1}");
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(TestGateway.json(answer.body()).get("detail").textValue().contains(name), answer::body);
        assertFalse(gateway.get("/api/status").body().contains("\"parameters\""));
    }

    @Test
    void aParameterOfAWebSocketThatIsNotKnownIsRefusedByName() {
        for (String query : List.of("holds=true", "hold=1")) {
            var answer = gateway.get("/api/ws?" + query);
            assertEquals(400, answer.statusCode(), answer.body());
            assertTrue(answer.body().contains("hold"), answer.body());
        }
    }

    @Test
    void deletedIsTrueOrFalseAndFalseDeletesNothing() {
        JsonSocket client = gateway.client();
        client.send("{\"type\":\"Publish\",\"topic\":\"t\",\"key\":\"a\",\"deleted\":\"true\"}");
        assertEquals("bad_message", client.await("error").get("code").textValue());

        GaplessGrpc.GaplessStub stub =
                GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
        GrpcStream<PublishRequest, PublishResponse> stream = gateway.closing(GrpcStream.both(stub::publish));
        stream.call.onNext(PublishRequest.newBuilder()
                .setTopic("t")
                .setKey("a")
                .setDeleted(false)
                .build());
        assertEquals("bad_message", stream.next().getError().getCode());
        stream.call.onNext(PublishRequest.newBuilder()
                .setTopic("t")
                .setKey("a")
                .setDeleted(true)
                .build());
        assertTrue(stream.next().hasPosition());
    }

    /** It would be written as a question mark. */
    @Test
    void halfASurrogatePairIsRefusedOverWebSocketAndGrpcToo() {
        JsonSocket client = gateway.client();
        client.send("{\"type\":\"Publish\",\"topic\":\"half\",\"data\":[\"a\\ud800\"],\"id\":7}");
        JsonNode error = client.await("error");
        assertEquals("bad_message", error.get("code").textValue());
        assertTrue(error.get("message").textValue().contains("surrogate pair"), error::toString);
        assertEquals(7, error.get("id").intValue());

        GaplessGrpc.GaplessStub stub =
                GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
        GrpcStream<PublishRequest, PublishResponse> stream = gateway.closing(GrpcStream.both(stub::publish));
        for (String json : List.of("\"\\ud800\"", "\"\\ud83d\\ude00\"")) {
            stream.call.onNext(PublishRequest.newBuilder()
                    .setTopic("half")
                    .setJsonData(json)
                    .build());
        }
        PublishResponse half = stream.next();
        assertEquals("bad_message", half.getError().getCode());
        assertTrue(half.getError().getMessage().contains("surrogate pair"), half::toString);
        assertTrue(stream.next().hasPosition());
    }

    @Test
    void eachEventHasATokenThatResumesBehindItIfTheClientWantsThat() {
        for (int i = 1; i <= 5; i++) {
            gateway.publish("tokens", "" + i);
        }
        JsonSocket client = gateway.client();
        client.subscribe("tokens", "\"from\":\"earliest\",\"ids\":true");
        List<JsonNode> events = new ArrayList<>(client.events(5));
        for (int i = 1; i < 5; i++) {
            String token = events.get(i - 1).path("token").textValue();
            assertNotNull(token, events::toString);
            JsonSocket again = gateway.client();
            again.subscribe("tokens", "\"from\":\"" + token + "\"");
            JsonNode next = again.await("event");
            assertEquals(i + 1, next.get("data").intValue());
            assertFalse(next.has("token"), "who does not ask for it has none");
        }
        client.subscribe("tokens", "\"ids\":false");
        gateway.publish("tokens", "6");
        assertFalse(client.await("event").has("token"));
    }

    /** Nothing else wakes this client: no other command, no event, no ping. */
    @Test
    void aPublishThatHadToWaitIsAnsweredWhenItIsDone() {
        try (TestGateway early =
                TestGateway.startAlone("gapless { backpressure-timeout = 1s, gateway.ping-interval = 1h }")) {
            JsonSocket client = early.webSocket();
            client.await("connected");
            client.send("{\"type\":\"Publish\",\"topic\":\"early\",\"data\":1}");
            assertEquals("no_room", client.await("error").get("code").textValue());
        }
    }
}
