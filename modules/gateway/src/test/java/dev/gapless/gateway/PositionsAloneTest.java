package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.Begin;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client keeps a list of positions and no token: what ended is in it, or is told. */
@Timeout(120)
class PositionsAloneTest {
    private static final String TOPIC = "alone";

    private static void publish(TestGateway at, int count) {
        var producer = at.gapless().producer(Topic.of(TOPIC, JsonNode.class));
        for (int i = 1; i <= count; i++) {
            TestGateway.get(producer.publish(IntNode.valueOf(i)));
        }
    }

    private static String from(Iterable<JsonNode> positions) {
        return "\"from\":{\"positions\":" + TestGateway.JSON.valueToTree(positions) + "}";
    }

    private static List<JsonNode> of(JsonNode subscribed, String node) {
        return StreamSupport.stream(subscribed.get("positions").spliterator(), false)
                .filter(one -> one.get("node").textValue().equals(node))
                .toList();
    }

    /** All three messages, where the gateway's node still has them, or a gap that states them. {@return the last event, or the gap} */
    private static JsonNode givenOrTold(JsonSocket client) {
        JsonNode first = client.next();
        if (first.get("type").textValue().equals("event")) {
            assertEquals(1, first.get("seq").intValue());
            assertEquals(2, client.await("event").get("seq").intValue());
            JsonNode last = client.await("event");
            assertEquals(3, last.get("seq").intValue());
            return last;
        }
        assertEquals("cursor_expired", first.get("type").textValue(), first::toString);
        assertEquals(3, first.at("/gaps/0/missed").intValue(), first::toString);
        return first.at("/gaps/0");
    }

    @Test
    void aStreamThatEndedIsInTheListOrToldToAClientWhoseListLacksIt() {
        try (TestGateway gateway = TestGateway.start("gapless.node-name = n1")) {
            JsonSocket before = gateway.client();
            JsonNode first = before.subscribe(TOPIC, "");
            try (TestGateway other = TestGateway.join(gateway, "gapless.node-name = n2")) {
                publish(other, 3);
                before.events(3);
                other.leave();
                before.await("producer_left");
            }

            JsonSocket away = gateway.client();
            away.subscribe(TOPIC, from(first.get("positions")));
            JsonNode told = givenOrTold(away);
            assertEquals("n2", told.get("node").textValue());

            JsonNode listed = gateway.client().subscribe(TOPIC, "");
            List<JsonNode> ended = of(listed, "n2");
            assertEquals(1, ended.size(), listed::toString);
            assertTrue(ended.get(0).path("ended").booleanValue(), listed::toString);
            assertEquals(told.get("epoch"), ended.get(0).get("epoch"));
            assertEquals(3, ended.get(0).get("seq").intValue());
            GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> call = gateway.closing(GrpcStream.open(
                    SubscribeTopicRequest.newBuilder().setTopic(TOPIC).build(),
                    GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel())::subscribe));
            assertEquals(
                    List.of(3L),
                    call.next().getSubscribed().getPositionsList().stream()
                            .filter(Begin::getEnded)
                            .map(Begin::getSeq)
                            .toList());

            JsonSocket again = gateway.client();
            again.subscribe(TOPIC, from(listed.get("positions")));
            publish(gateway, 1);
            assertEquals("n1", again.await("event").get("node").textValue(), "and nothing is told");
        }
    }
}
