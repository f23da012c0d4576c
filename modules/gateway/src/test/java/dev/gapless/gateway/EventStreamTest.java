package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Topic;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an event stream is given, over a real socket. */
@Timeout(120)
class EventStreamTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("""
                gapless {
                  node-name = n1
                  topics.small { buffer-messages = 64, buffer-bytes = 64 KiB }
                  gateway.comment-interval = 1s
                }
                """);
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static void publish(String topic, int from, int to) {
        var producer = gateway.gapless().producer(Topic.of(topic, JsonNode.class));
        for (int i = from; i <= to; i++) {
            TestGateway.get(producer.publish("k" + i % 3, IntNode.valueOf(i)));
        }
    }

    private static List<Integer> numbers(List<EventStream.Message> messages) {
        return messages.stream()
                .map(message -> message.data().get("data").intValue())
                .toList();
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void theFirstEventHasAnIdAloneAndEachOtherOneToo() {
        publish("ids", 1, 3);
        EventStream stream = gateway.events(TestGateway.path("ids", "events") + "?from=earliest");
        assertEquals(200, stream.status());
        EventStream.Message first = stream.next();
        assertNull(first.data());
        assertNotNull(first.id());
        assertTrue(Long.parseLong(first.retry()) >= 1_000, first.retry());
        for (EventStream.Message message : stream.next(3)) {
            assertNotNull(message.id());
        }
    }

    @Test
    void rowB1_everyIdResumesBehindItsEventWithoutRepeating() {
        publish("last", 1, 50);
        EventStream stream = gateway.events(TestGateway.path("last", "events") + "?from=earliest");
        List<EventStream.Message> all = stream.next(50);
        assertEquals(range(1, 50), numbers(all));
        for (int i : List.of(1, 17, 49)) {
            EventStream resumed = gateway.events(
                    TestGateway.path("last", "events") + "?from=latest",
                    "Last-Event-ID",
                    all.get(i - 1).id());
            assertEquals(range(i + 1, 50), numbers(resumed.next(50 - i)));
        }
    }

    @Test
    void idsAtTheEndsOfFramesResumeBehindThem() {
        publish("frames", 1, 250);
        EventStream stream = gateway.events(TestGateway.path("frames", "events") + "?from=earliest&ids=frame");
        List<EventStream.Message> all = stream.next(250);
        assertEquals(range(1, 250), numbers(all));
        List<EventStream.Message> ends =
                all.stream().filter(message -> message.id() != null).toList();
        assertTrue(ends.size() < 250 && ends.size() >= 3, ends.size() + " ids");
        EventStream.Message end = ends.get(0);
        EventStream resumed = gateway.events(TestGateway.path("frames", "events"), "Last-Event-ID", end.id());
        assertEquals(
                end.data().get("data").intValue() + 1, numbers(resumed.next(1)).get(0));
    }

    @Test
    void nodesAndKeysAreChosenInTheQuery() {
        publish("query", 1, 9);
        EventStream stream =
                gateway.events(TestGateway.path("query", "events") + "?from=earliest&nodes=n1,n2&keys=k1&keys=x*");
        assertEquals(List.of(1, 4, 7), numbers(stream.next(3)));
    }

    @Test
    void whatTheRingOvertookIsTold() {
        publish("small", 1, 10);
        EventStream stream = gateway.events(TestGateway.path("small", "events") + "?from=earliest");
        EventStream.Message tenth = stream.next(10).get(9);
        publish("small", 11, 299);
        gateway.publishUntilDelivered("small", 300);
        EventStream late = gateway.events(TestGateway.path("small", "events"), "Last-Event-ID", tenth.id());
        JsonNode expired = late.next(1).get(0).data();
        assertEquals("cursor_expired", expired.get("type").textValue(), expired::toString);
        assertEquals(
                tenth.data().get("seq").intValue() + 1,
                expired.at("/gaps/0/first_missing").intValue());
    }

    @Test
    @Tag("seconds")
    void aStreamWhoseIdsGrowTooLargeEndsWithTheTokenOfItsLastEvent() {
        try (TestGateway small = TestGateway.start("gapless { node-name = s1, gateway.max-id-bytes = 200 }")) {
            EventStream stream = small.events(TestGateway.path("grows", "events"));
            stream.next(); // its id alone
            small.publish("grows", "1");
            EventStream.Message last = stream.next(1).get(0);
            String longName = "s2" + "x".repeat(200);
            try (TestGateway second = TestGateway.join(small, "gapless.node-name = " + longName)) {
                TestGateway.get(second.gapless()
                        .producer(Topic.of("grows", JsonNode.class))
                        .publish(IntNode.valueOf(2)));
                EventStream.Message next = stream.next(1).get(0);
                while (next.data().get("type").textValue().equals("event")) {
                    last = next;
                    next = stream.next(1).get(0);
                }
                assertEquals("ended", next.data().get("type").textValue());
                assertEquals("ids_too_large", next.data().get("reason").textValue());
                assertEquals("grows", next.data().get("topic").textValue());
                assertEquals(last.id(), next.data().get("token").textValue());
            }
        }
    }

    @Test
    void afterEndedAReconnectGets204() {
        assertEquals(
                204,
                gateway.get(TestGateway.path("ended", "events"), "Last-Event-ID", "ended")
                        .statusCode());
    }

    @Test
    void whatIsWrongIsToldBeforeTheStreamBegins() {
        for (String query :
                List.of("from=nonsense", "on_lag=pause", "on_lag=x", "max_message_bytes=x", "keys=a*b", "ids=x")) {
            var answer = gateway.get(TestGateway.path("wrong", "events") + "?" + query);
            assertEquals(400, answer.statusCode(), query);
            assertEquals(
                    "application/problem+json",
                    answer.headers().firstValue("Content-Type").orElse(""));
            assertTrue(
                    TestGateway.json(answer.body()).get("type").textValue().startsWith("urn:gapless:"), answer.body());
        }
    }
}
