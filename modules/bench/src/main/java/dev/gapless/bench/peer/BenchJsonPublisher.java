package dev.gapless.bench.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.gapless.Gapless;
import dev.gapless.Payload;
import dev.gapless.Producer;
import dev.gapless.Topic;
import java.util.List;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;

/** A node of Gapless that can publish JSON: the same each time, written once. Its position is its number. */
public final class BenchJsonPublisher extends ClusterNode implements Publisher {
    /** What it publishes to. */
    public static final String TOPIC = "bench-events";

    private final Payload message;
    private final Producer<Payload> producer;

    /** @param bytes of the JSON */
    public BenchJsonPublisher(int bytes) throws Exception {
        super(GAPLESS);
        String text = "x".repeat(bytes - "{\"text\":\"\"}".length());
        JsonNode json = JsonNodeFactory.instance.objectNode().put("text", text);
        Serializer serializer = SerializationExtension.get(system()).serializerFor(JsonNode.class);
        message = new Payload(
                serializer.identifier(), Serializers.manifestFor(serializer, json), serializer.toBinary(json));
        producer = Gapless.get(system()).producer(Topic.of(TOPIC, Payload.class));
    }

    @Override
    public void connect(String first, List<String> others) throws Exception {
        join(first, others.size() + 1);
    }

    @Override
    public void publish(byte[] unused) {
        producer.send(message);
    }

    @Override
    public void flush() {
        // Gapless sends at once
    }
}
