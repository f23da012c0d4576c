package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.Topic;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever is there stays, and whoever answers nothing goes. */
@Timeout(120)
class PingTest {
    private static final String OFTEN = "gapless.gateway.ping-interval = 500ms\n";

    @Test
    void rowB2_whoReadsAllTheTimeAndNeverCatchesUpIsPingedAndStays() throws Exception {
        try (TestGateway gateway = TestGateway.start(OFTEN + "gapless.topics.flood.buffer-messages = 200")) {
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.subscribe("flood", "");
            AtomicBoolean enough = new AtomicBoolean();
            var producer = gateway.gapless().producer(Topic.of("flood", JsonNode.class));
            JsonNode large = TextNode.valueOf("x".repeat(10_000));
            Thread publisher = new Thread(() -> {
                while (!enough.get()) {
                    producer.send(large);
                }
            });
            publisher.start();
            try {
                while (client.pings < 8) {
                    assertFalse(client.isClosed(), "it is disconnected");
                    client.next();
                }
            } finally {
                enough.set(true);
                publisher.join();
            }
        }
    }

    @Test
    void whoseCommandIsNotAnsweredYetIsPingedAndStays() {
        try (TestGateway gateway = TestGateway.startAlone(OFTEN + "gapless.backpressure-timeout = 8s")) {
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.send("{\"type\":\"Publish\",\"topic\":\"early\",\"data\":1}");
            assertEquals("no_room", client.await("error").get("code").textValue(), "the node is never up");
            assertTrue(client.pings > 3, "it is pinged meanwhile");
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void whoAnswersNoPingIsDisconnectedWithThatReason() {
        try (TestGateway gateway = TestGateway.start(OFTEN);
                RawSocket silent = new RawSocket(gateway.gateway().port())) {
            silent.send(RawSocket.UPGRADE).readTo("connected");
            String end = silent.readAll();
            assertTrue(end.contains("gapless.gateway.ping-interval"), end);
        }
    }
}
