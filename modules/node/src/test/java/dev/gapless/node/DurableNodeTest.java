package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.durable.PostgresServer;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code gapless node} with durable topics, and {@code gapless journal}. */
@Timeout(300)
class DurableNodeTest {
    private static final String SAYS = "gateway: ";

    @TempDir
    private Path directory;

    /** As conf/node1.conf is, with conf/durable.conf. */
    private String file(String... more) throws Exception {
        Path conf = Path.of("..", "..", "conf").toAbsolutePath();
        int port = Ports.free();
        return Files.write(
                        directory.resolve("node.conf"),
                        List.of(
                                "include required(file(\"" + conf.resolve("cluster.conf") + "\"))",
                                "include required(file(\"" + conf.resolve("durable.conf") + "\"))",
                                "gapless { node-name = n1, gateway.port = 0, backpressure-timeout = 2s }",
                                "pekko.remote.artery.canonical.port = " + port,
                                "pekko.cluster.seed-nodes = [\"pekko://gapless@127.0.0.1:" + port + "\"]",
                                "gapless.journal.directory = \"" + directory.resolve("data") + "\"",
                                String.join("\n", more)))
                .toString();
    }

    private static HttpResponse<String> send(Program node, HttpRequest.Builder request, String path) throws Exception {
        node.awaitErr(SAYS);
        String line = node.err().stream()
                .filter(one -> one.startsWith(SAYS))
                .findFirst()
                .orElseThrow();
        return HttpClient.newHttpClient()
                .send(
                        request.uri(URI.create(line.substring(SAYS.length()) + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> publish(Program node, String json) throws Exception {
        return send(
                node,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)),
                "/api/topics/prices/messages");
    }

    private static JsonNode store(Program node) throws Exception {
        HttpResponse<String> status = send(node, HttpRequest.newBuilder(), "/api/status");
        return PayloadJson.JSON.readTree(status.body()).at("/topics/0/producers/0/store");
    }

    private List<String> journal(int exit, String... args) {
        return InThisJvm.journal(directory, exit, args);
    }

    @Test
    void whatItPublishedIsThereAfterAKillAndToldByTheTool() throws Exception {
        String file = file();
        try (Program node = Program.start(directory, "node", "--config", file)) {
            node.awaitErr("n1 is up");
            assertEquals(200, publish(node, "{\"n\":1}").statusCode());
            assertEquals("ok", store(node).get("state").textValue());
            node.signal("KILL");
            node.awaitExit();
        }
        try (Program node = Program.start(directory, "node", "--config", file)) {
            node.awaitErr("n1 is up");
            HttpResponse<String> second = publish(node, "{\"n\":2}");
            assertEquals(200, second.statusCode(), second.body());
            JsonNode producer = PayloadJson.JSON
                    .readTree(
                            send(node, HttpRequest.newBuilder(), "/api/status").body())
                    .at("/topics/0/producers/0");
            assertEquals(2, producer.get("messages").intValue(), producer::toString);
            assertTrue(journal(1, "list").get(0).contains("store at"), "it is in use");
            node.signal("TERM");
            assertEquals(0, node.awaitExit(), node::toString);
        }
        List<String> list = journal(0, "list", "--json");
        assertEquals(1, list.size(), list::toString);
        JsonNode log = PayloadJson.JSON.readTree(list.get(0));
        assertEquals("n1", log.get("node").textValue());
        assertEquals("prices", log.get("topic").textValue());
        assertEquals(2, log.get("messages").intValue());
        assertEquals(2, log.get("incarnations").intValue());
        assertTrue(log.get("damage").isNull());
        assertEquals(List.of("1 logs, 0 damaged"), journal(0, "check"));
        List<String> messages = journal(0, "export", "n1", "prices");
        assertEquals(2, messages.size());
        JsonNode message = PayloadJson.JSON.readTree(messages.get(1));
        assertEquals(1, message.get("seq").intValue());
        assertTrue(new String(message.get("content").binaryValue(), java.nio.charset.StandardCharsets.UTF_8)
                .contains("\"n\":2"));
        journal(2, "repair", "n1", "prices");
        journal(1, "repair", "n1", "nothing", "--skip");
        assertEquals(List.of("nothing is damaged"), journal(0, "repair", "n1", "prices", "--truncate"));
        damaged();
        assertEquals(List.of("n1 prices: record 2 has 1 bytes", "1 logs, 1 damaged"), journal(1, "check"));
        List<String> exported = journal(1, "export", "n1", "prices");
        assertTrue(exported.get(0).contains("\"seq\":1") && exported.get(1).contains("record 2"), exported::toString);
        List<String> repaired = journal(0, "repair", "n1", "prices", "--skip");
        assertTrue(repaired.get(0).endsWith("gapless.mv.db.before-repair"), repaired::toString);
        assertEquals("1 records are gone", repaired.get(1));
        assertTrue(repaired.get(2).endsWith(": messages 1 to 1"), repaired::toString);
        assertEquals(List.of("1 logs, 0 damaged"), journal(0, "check"));
        journal(1, "drop", "n1", "nothing");
        journal(0, "drop", "n1", "prices");
        assertEquals(List.of(), journal(0, "list", "--json"));
    }

    private void damaged() throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:h2:file:" + directory.resolve("data").resolve("gapless"), "gapless", "");
                Statement statement = connection.createStatement()) {
            assertEquals(
                    1,
                    statement.executeUpdate("UPDATE \"gapless_journal\" SET \"event_payload\" = X'01'"
                            + " WHERE \"persistence_id\" = 'n1|prices' AND \"sequence_number\" = 2"));
        }
    }

    @Test
    void whereNothingCanBeStoredItIsAliveAndNotReadyAndSaysWhy() throws Exception {
        Path noDirectory = Files.writeString(directory.resolve("file"), "");
        String file =
                file("gapless.journal.directory = \"" + noDirectory + "\"", "gapless.out-of-service-on = [\"store\"]");
        try (Program node = Program.start(directory, "node", "--config", file)) {
            node.awaitErr("n1 is up");
            node.awaitErr("cannot be opened");
            HttpResponse<String> refused = publish(node, "{\"n\":1}");
            assertEquals(503, refused.statusCode(), refused.body());
            assertTrue(refused.body().contains("urn:gapless:store_unavailable"), refused.body());
            assertFalse(refused.body().contains(noDirectory.toString()), refused.body());
            HttpResponse<String> ready = send(node, HttpRequest.newBuilder(), "/health/ready");
            assertEquals(503, ready.statusCode());
            assertTrue(ready.body().contains("cannot store"), ready.body());
            assertEquals(
                    200, send(node, HttpRequest.newBuilder(), "/health/live").statusCode());
            assertEquals("recovering", store(node).get("state").textValue());
        }
    }

    /** No setting that may be secret is in an answer, or in the log: the node is made to speak of its store in each. */
    @Test
    void secretsOfTheSettingsAreNeverTold() throws Exception {
        String secret = "sesame-7";
        int nobody = Ports.free();
        String url = "jdbc:postgresql://127.0.0.1:" + nobody + "/gapless?sslpassword=" + secret + "&options=" + secret;
        String file = file(
                "gapless.journal { database = postgresql, password = \"" + secret + "\", url = \"" + url + "\" }",
                "gapless { store-timeout = 1s, journal { connection-timeout = 250ms, socket-timeout = 1s } }",
                "gapless.gateway.tls.password = \"" + secret + "\"",
                "gapless.gateway.access { tokens-file = \"" + directory.resolve("tokens") + "\"",
                "  jwt { jwks-url = \"http://127.0.0.1:" + nobody + "/keys?key=" + secret
                        + "\", issuer = i, audience = a }",
                "  anonymous { publish = [\"*\"], create = [\"*\"], status = on } }");
        Files.writeString(directory.resolve("tokens"), "{\"tokens\":[]}");
        try (Program node = Program.start(directory, "node", "--config", file)) {
            node.awaitErr("n1 is up");
            node.awaitErr("cannot be opened");
            node.awaitErr("cannot fetch the keys");
            List<String> told = new ArrayList<>();
            HttpResponse<String> refused = publish(node, "{\"n\":1}");
            assertEquals(503, refused.statusCode(), refused.body());
            assertFalse(refused.body().contains("jdbc:"), refused.body());
            for (String path : List.of("/health/ready", "/api/status", "/metrics")) {
                told.add(send(node, HttpRequest.newBuilder(), path).body());
            }
            assertTrue(told.get(0).contains("jdbc:postgresql://127.0.0.1:" + nobody + "/gapless "), told.get(0));
            told.add(refused.body());
            node.signal("TERM");
            node.awaitExit();
            told.addAll(node.err());
            assertTrue(told.stream().anyMatch(line -> line.contains("127.0.0.1:" + nobody + "/keys")), told::toString);
            assertEquals(
                    List.of(),
                    told.stream().filter(text -> text.contains(secret)).toList());
        }
        Files.writeString(
                directory.resolve("node.conf"),
                "gapless.journal.url = \"jdbc:postgresql://n:" + secret + "@db/x\"",
                java.nio.file.StandardOpenOption.APPEND);
        List<String> said = journal(1, "list");
        assertTrue(said.toString().contains("gapless.journal.url"), said::toString);
        assertFalse(said.toString().contains(secret), said::toString);
    }

    /** One of a node of this program, which does not subscribe under a name by itself. */
    @Test
    void namedSubscriptionsAreListedAndDropped() throws Exception {
        ActorSystem system = ActorSystem.create(
                "gapless",
                ConfigFactory.parseString("gapless.durability = memory, pekko.actor.provider = cluster")
                        .withFallback(ConfigFactory.parseFile(Path.of(file()).toFile()))
                        .withFallback(ConfigFactory.load())
                        .resolve());
        Gapless.get(system)
                .subscribe(
                        Topic.of("prices", String.class),
                        StartFrom.latest(),
                        SubscriptionSettings.defaults().named("billing"),
                        new Ignoring())
                .ready()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
        JsonNode listed = PayloadJson.JSON.readTree(journal(0, "list", "--json").get(0));
        assertEquals("billing", listed.get("subscription").textValue());
        assertEquals("prices", listed.get("topic").textValue());
        assertTrue(listed.get("bytes").intValue() > 0 && listed.get("ready").booleanValue(), listed::toString);
        assertTrue(journal(0, "list").stream().anyMatch(line -> line.startsWith("billing") && line.contains("prices")));
        journal(1, "drop", "--subscription", "billing", "other");
        journal(2, "drop", "--subscription", "billing", "n1", "prices");
        journal(2, "drop", "prices");
        journal(0, "drop", "--subscription", "billing", "prices");
        assertEquals(List.of(), journal(0, "list", "--json"));
    }

    private static final class Ignoring implements MessageHandler<String> {
        @Override
        public void onMessage(Delivery<String> delivery) {}

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<String> expired) {
            return CompletableFuture.completedFuture(Reload.done());
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day0")
    void whoWasStoppedWhileAnotherTookItsStoreEndsAndNothingIsLostOrNamedTwice() throws Exception {
        List<String> names = new ArrayList<>();
        try (PostgresServer server = PostgresServer.start();
                Program first = Program.start(directory, "node", "--config", file(server.config()))) {
            first.awaitErr("n1 is up");
            names.add(published(first, "{\"n\":1}"));
            first.signal("STOP");
            try (Program second = Program.start(directory, "node", "--config", file(server.config()))) {
                second.awaitErr("n1 is up");
                names.add(published(second, "{\"n\":2}"));
                first.signal("CONT");
                try {
                    HttpResponse<String> refused = publish(first, "{\"n\":3}");
                    assertTrue(refused.statusCode() >= 400, refused::body);
                } catch (IOException e) {
                    // it has ended before it answered
                }
                assertNotEquals(0, first.awaitExit(), first::toString);
                first.awaitErr("A later incarnation of node n1");
                names.add(published(second, "{\"n\":4}"));
                second.signal("TERM");
                assertEquals(0, second.awaitExit(), second::toString);
            }
            List<String> stored = new ArrayList<>();
            for (String line : journal(0, "export", "n1", "prices")) {
                JsonNode message = PayloadJson.JSON.readTree(line);
                stored.add(
                        message.get("epoch").asText() + ":" + message.get("seq").asLong());
            }
            assertEquals(names, stored);
            assertEquals(names.size(), new HashSet<>(names).size(), names::toString);
        }
    }

    /** The name of what was published. */
    private static String published(Program node, String json) throws Exception {
        for (int attempt = 0; ; attempt++) {
            HttpResponse<String> response = publish(node, json);
            if (response.statusCode() == 200) {
                JsonNode position = PayloadJson.JSON.readTree(response.body()).at("/positions/0");
                return position.get("epoch").asText() + ":"
                        + position.get("seq").asLong();
            }
            assertTrue(attempt < 10, response::body); // its store is not open yet
        }
    }
}
