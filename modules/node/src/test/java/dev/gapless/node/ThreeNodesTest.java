package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Topic;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands as they are used: real processes, the shipped configuration (on ports that are free). */
@Timeout(600)
@Order(1) // takes longest
@Tag("thorough")
@Tag("day1")
class ThreeNodesTest {
    private static final int LINES = 20_000;

    @TempDir
    private static Path directory;

    private static ThreeNodes nodes;

    @BeforeAll
    static void startThreeNodes() throws Exception {
        nodes = ThreeNodes.start(directory);
    }

    @AfterAll
    static void theyEndInGoodOrderWhenAsked() throws Exception {
        nodes.endInGoodOrder();
    }

    private static Program start(String... args) throws IOException {
        return nodes.tool(args);
    }

    private static List<String> lines(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(i -> "{\"n\":" + i + "}")
                .toList();
    }

    private static List<Integer> numbers(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.get("data").get("n").intValue())
                .toList();
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void whoPublishesLinesToSubscriptionsOfAnotherClassIsToldThatTheyLeftThemOut() throws Exception {
        Config config = ProgramConfig.of(
                ConfigFactory.parseString("pekko.remote.artery.canonical { hostname = \"127.0.0.1\", port = 0 }\n"
                        + "gapless.node-name = typed"),
                null,
                new CommandLine(new NodeCommand(new Termination())));
        try (Member typed = Member.start(config)) {
            typed.join(nodes.address(1));
            typed.up().get(60, TimeUnit.SECONDS);
            List<Integer> given = new CopyOnWriteArrayList<>();
            var ready = typed.gapless()
                    .subscribe(Topic.of("mixed", Integer.class), StartFrom.latest(), new MessageHandler<>() {
                        @Override
                        public void onMessage(Delivery<Integer> delivery) {
                            given.add(delivery.message());
                        }

                        @Override
                        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                            return CompletableFuture.completedFuture(Reload.done());
                        }
                    })
                    .ready()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            assertEquals(Set.of(), ready.silent());
            try (Program publish = start("publish", "--topic", "mixed", "--name", "p7")) {
                publish.write(lines(1, 3));
                publish.endInput();
                assertEquals(0, publish.awaitExit(), publish::toString);
                publish.awaitErr("lines were left out by subscriptions on typed: their topic 'mixed' has messages of"
                        + " another class");
            }
            assertEquals(List.of(), given);
        }
    }

    @Test
    void rowP1EveryLineReachesEverySubscriberOnceAndInOrder() throws Exception {
        List<String> lines = new ArrayList<>(lines(1, LINES));
        lines.add("some \"text\"");
        try (Program one = start("subscribe", "--topic", "lines", "--name", "s1", "--count", "" + (LINES + 1));
                Program two = start("subscribe", "--topic", "lines", "--name", "s2")) {
            one.awaitErr("ready: topic lines");
            two.awaitErr("ready: topic lines");
            try (Program publish = start("publish", "--topic", "lines", "--name", "p")) {
                publish.write(lines);
                publish.endInput();
                assertEquals(0, publish.awaitExit(), publish::toString);
                assertEquals(List.of(), publish.out());
            }
            assertEquals(0, one.awaitExit(), one::toString);
            two.await("message of everything", () -> two.events("event").size() > LINES);
            two.signal("TERM");
            assertEquals(0, two.awaitExit(), two::toString);

            for (Program subscriber : List.of(one, two)) {
                List<JsonNode> events = subscriber.events("event");
                assertEquals(LINES + 1, events.size());
                assertEquals(range(1, LINES), numbers(events.subList(0, LINES)));
                assertEquals("some \"text\"", events.get(LINES).get("data").textValue());
                for (int i = 0; i <= LINES; i++) {
                    assertEquals(i + 1, events.get(i).get("seq").intValue());
                    assertEquals("p", events.get(i).get("node").textValue());
                }
                assertEquals(List.of(), subscriber.events("cursor_expired"));
                String last = subscriber.out().get(subscriber.out().size() - 1);
                assertEquals(
                        "ended", PayloadJson.JSON.readTree(last).get("type").textValue());
            }
        }
    }

    @Test
    void linesHaveKeysAndASubscriberChoosesKeysNodesAndTime() throws Exception {
        String begin = Instant.now().toString();
        try (Program p = start("publish", "--topic", "keyed", "--name", "kp", "--key-field", "id");
                Program q = start("publish", "--topic", "keyed", "--name", "kq", "--key-field", "id")) {
            p.write(List.of("{\"id\":\"a1\",\"n\":1}", "{\"id\":\"b1\",\"n\":2}", "text"));
            q.write(List.of("{\"id\":\"a2\",\"n\":3}", "{\"id\":7,\"n\":4}"));
            String[] subscribe = {"subscribe", "--topic", "keyed", "--from", begin};
            try (Program keys = start(with(subscribe, "--name", "k1", "--keys", "a*,7", "--count", "3"));
                    Program some = start(with(subscribe, "--name", "k2", "--nodes", "kp,nobody", "--count", "3"))) {
                assertEquals(0, keys.awaitExit(), keys::toString);
                List<String> given = new ArrayList<>();
                keys.events("event").forEach(event -> given.add(event.get("key").textValue()));
                assertEquals(List.of("7", "a1", "a2"), given.stream().sorted().toList());
                assertEquals(0, some.awaitExit(), some::toString);
                some.events("event")
                        .forEach(event -> assertEquals("kp", event.get("node").textValue()));
                assertTrue(some.events("event").get(2).get("key").isNull(), some::toString);
            }
            p.endInput();
            assertEquals(0, p.awaitExit(), p::toString);
            p.awaitErr("1 of them without a key: they have no field 'id'");
            q.endInput();
            assertEquals(0, q.awaitExit(), q::toString);
        }
    }

    @Test
    void rowT1StatusShowsTheRingsThatOptionEnvironmentAndConfigurationSet() throws Exception {
        try (Program subscriber = start("subscribe", "--topic", "rings", "--name", "s3")) {
            subscriber.awaitErr("ready: ");
            JsonNode json =
                    nodes.awaitStatus(status -> ThreeNodes.names(status).containsAll(List.of("n1", "n2", "n3", "s3"))
                            && status.at("/topics").findValues("cursors").stream()
                                            .filter(cursors -> cursors.findValuesAsText("node")
                                                    .contains("s3"))
                                            .count()
                                    >= ThreeNodes.COUNT);
            JsonNode topic = find(json.get("topics"), "topic", "rings");
            assertEquals(
                    1111,
                    find(topic.get("producers"), "node", "n1")
                            .get("max_messages")
                            .intValue());
            assertEquals(
                    2222,
                    find(topic.get("producers"), "node", "n2")
                            .get("max_messages")
                            .intValue());
            assertEquals(
                    3333,
                    find(topic.get("producers"), "node", "n3")
                            .get("max_messages")
                            .intValue());
            JsonNode cursor = find(find(topic.get("producers"), "node", "n1").get("cursors"), "node", "s3");
            assertEquals(0, cursor.get("lag").intValue());
            assertEquals(
                    1,
                    find(topic.get("consumers"), "node", "s3")
                            .get("subscriptions")
                            .size());
        }
    }

    @Test
    void whoOnlySubscribesIsNotShownAsAProducer() throws Exception {
        String[] subscribe = {"subscribe", "--topic", "roles", "--from", "earliest"};
        try (Program publish = start("publish", "--topic", "roles", "--name", "p6");
                Program one = start(with(subscribe, "--name", "s6"));
                Program two = start(with(subscribe, "--name", "s7"))) {
            publish.write(lines(1, 1));
            one.await("message", () -> one.events("event").size() == 1);
            two.await("message", () -> two.events("event").size() == 1);
            JsonNode json = nodes.awaitStatus(status -> ThreeNodes.names(status).containsAll(List.of("p6", "s6", "s7"))
                    && find(status.get("topics"), "topic", "roles")
                                    .get("consumers")
                                    .size()
                            == 2);
            JsonNode producers = find(json.get("topics"), "topic", "roles").get("producers");
            assertTrue(find(producers, "node", "p6").get("publishes").booleanValue(), producers::toString);
            List<String> names = new ArrayList<>();
            producers.forEach(producer -> names.add(producer.get("node").asText()));
            assertTrue(!names.contains("s6") && !names.contains("s7"), producers::toString);
            List<String> table = nodes.awaitPrinted(printed -> printed.contains("TOPIC roles"));
            List<String> topic = table.subList(table.indexOf("TOPIC roles"), table.size());
            assertTrue(topic.get(2).startsWith("  p6 "), topic::toString);
            assertTrue(topic.get(3).startsWith("  CURSOR OF"), topic::toString);
            publish.endInput();
            assertEquals(0, publish.awaitExit(), publish::toString);
        }
    }

    @Test
    void statusIsATableForPeople() throws Exception {
        List<String> lines = IntStream.rangeClosed(1, ThreeNodes.COUNT)
                .mapToObj(i -> "n" + i + "      " + nodes.address(i))
                .toList();
        nodes.awaitPrinted(printed -> printed.containsAll(lines));
    }

    @Test
    void ruleT2_whatAToolPublishedWhileNobodyListenedIsToldWhenTheTokenIsResumed() throws Exception {
        String file = directory.resolve("five").toString();
        String[] resumed = {"subscribe", "--topic", "five", "--token-file", file};
        try (Program first = start(with(resumed, "--name", "s8", "--from", "earliest"));
                Program publish = start("publish", "--topic", "five", "--name", "p8")) {
            first.awaitErr("ready: ");
            publish.write(lines(1, 5));
            publish.endInput();
            assertEquals(0, publish.awaitExit(), publish::toString);
            first.await("the end of p8", () -> first.events("producer_left").size() == 1);
            first.signal("TERM");
            assertEquals(0, first.awaitExit(), first::toString);
            assertEquals(range(1, 5), numbers(first.events("event")));
            assertEquals(List.of(), first.events("cursor_expired"));
        }
        try (Program publish = start("publish", "--topic", "five", "--name", "p9")) {
            publish.write(lines(6, 10));
            publish.endInput();
            assertEquals(0, publish.awaitExit(), publish::toString);
            publish.awaitErr("5 lines published to no consumer");
        }
        try (Program second = start(with(resumed, "--name", "s9"))) {
            second.await("what it missed", () -> second.events("cursor_expired").size() == 1);
            JsonNode gaps = second.events("cursor_expired").get(0).get("gaps");
            assertEquals(1, gaps.size(), gaps::toString);
            assertEquals("p9", gaps.get(0).get("node").textValue());
            assertEquals(1, gaps.get(0).get("first_missing").intValue());
            assertEquals(5, gaps.get(0).get("missed").intValue());
            second.signal("TERM");
            assertEquals(0, second.awaitExit(), second::toString);
            assertEquals(List.of(), second.events("event"));
        }
        try (Program third = start(with(resumed, "--name", "s10"))) {
            third.awaitErr("ready: ");
            third.signal("TERM");
            assertEquals(0, third.awaitExit(), third::toString);
            assertEquals(List.of(), third.events("cursor_expired"), "it is told once");
        }
    }

    @Test
    void aTokenFileGoesOnWhereTheLastRunEndedAndAfterAKillRepeatsButSkipsNothing() throws Exception {
        String file = directory.resolve("token").toString();
        String[] resumed = {"subscribe", "--topic", "kept", "--name", "s4", "--token-file", file};
        try (Program publish = start("publish", "--topic", "kept", "--name", "p4")) {
            publish.write(lines(1, 39));
            try (Program first = start(with(resumed, "--from", "earliest", "--count", "40"))) {
                first.awaitErr("ready: "); // before the last one: its token is to name no node that has not answered
                publish.write(lines(40, 100));
                assertEquals(0, first.awaitExit(), first::toString);
                assertEquals(range(1, 40), numbers(first.events("event")));
            }
            try (Program second = start(with(resumed))) {
                second.await("message 100", () -> second.events("event").size() == 60);
                assertEquals(range(41, 100), numbers(second.events("event")));
                assertEquals(List.of(), second.events("cursor_expired"));
                second.signal("KILL");
                second.awaitExit();
            }
            publish.write(lines(101, 150));
            try (Program third = start(with(resumed))) {
                third.await("message 150", () -> numbers(third.events("event")).contains(150));
                List<Integer> numbers = numbers(third.events("event"));
                assertTrue(numbers.get(0) >= 41 && numbers.get(0) <= 101, numbers::toString);
                assertEquals(range(numbers.get(0), 150), numbers);
                assertEquals(List.of(), third.events("cursor_expired"));
                third.signal("INT");
                assertEquals(0, third.awaitExit(), third::toString);
            }
            publish.signal("TERM");
            assertEquals(1, publish.awaitExit(), publish::toString);
            publish.awaitErr("interrupted after about 150 lines");
        }
    }

    private static String[] with(String[] args, String... more) {
        return Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new);
    }

    private static JsonNode find(JsonNode list, String name, String value) {
        for (JsonNode entry : list) {
            if (entry.path(name).asText().equals(value)) {
                return entry;
            }
        }
        throw new AssertionError("no " + name + " " + value + " in " + list);
    }
}
