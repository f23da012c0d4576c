package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import dev.gapless.core.log.Format;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.util.stream.LongStream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random clients on feeds of the core, in one thread: slow ones, dead ones, such that change their filter, pause, resume and come again.
 * What each was sent and what it was told adds up to every message once, in order; places are given back, and nothing waits for ever. A seed
 * that fails is printed; {@code -Dgapless.seed=N} runs it alone.
 */
@Timeout(300)
class ClientModelTest {
    private static ActorSystem system;
    private static Format format;
    private static PayloadJson payloads;

    @BeforeAll
    static void start() throws Exception {
        system = ActorSystem.create("model", ConfigFactory.parseString("""
                                pekko.library-extensions = []
                                pekko.actor.serialization-bindings {
                                  "com.fasterxml.jackson.databind.JsonNode" = jackson-json
                                }
                                """).withFallback(ConfigFactory.load()));
        Serializer serializer = SerializationExtension.get(system).serializerFor(JsonNode.class);
        format = new Format(
                serializer.identifier(), Serializers.manifestFor(serializer, PayloadJson.JSON.createObjectNode()));
        payloads = new PayloadJson(system);
    }

    @AfterAll
    static void stop() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    private static void run(long first, long last) {
        Long only = Long.getLong("gapless.seed");
        ModelWorld.Seen seen = new ModelWorld.Seen();
        LongStream.rangeClosed(only == null ? first : only, only == null ? last : only)
                .forEach(seed -> {
                    ModelWorld world = new ModelWorld(seed, format, payloads, seen);
                    try {
                        world.run();
                    } catch (RuntimeException | Error e) {
                        throw new AssertionError(
                                "seed " + seed + ", run alone by -Dgapless.seed=" + seed + ": " + e, e);
                    }
                });
        if (only == null) {
            seen.check();
        }
    }

    @Test
    void whatWasSentAndWhatWasToldAddsUpForHundredsOfSeeds() {
        run(1, 400);
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    void whatWasSentAndWhatWasToldAddsUpForThousandsOfSeeds() {
        run(1_000, 6_000);
    }
}
