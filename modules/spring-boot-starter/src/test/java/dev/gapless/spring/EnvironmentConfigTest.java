package dev.gapless.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

class EnvironmentConfigTest {
    private final ConfigurableEnvironment environment = new StandardEnvironment();

    private void yaml(String text) {
        try {
            new YamlPropertySourceLoader()
                    .load("test", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
                    .forEach(environment.getPropertySources()::addFirst);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void variables(Map<String, Object> variables) {
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
        ConfigurationPropertySources.attach(environment); // as every application has them
    }

    private Config load() {
        return EnvironmentConfig.load(environment, "", "", EnvironmentConfigTest.class.getClassLoader());
    }

    @Test
    void takesNumbersDurationsAndSizesAsTheyStandInReferenceConf() {
        yaml("""
            gapless:
              node-name: n1
              buffer-messages: 1000
              buffer-bytes: 3 MiB
              reload-interval: 2 minutes
              register-backoff.jitter: 0.5
            """);
        Config config = load();
        assertEquals("n1", config.getString("gapless.node-name"));
        assertEquals(1000, config.getInt("gapless.buffer-messages"));
        assertEquals(3L << 20, config.getBytes("gapless.buffer-bytes"));
        assertEquals(Duration.ofMinutes(2), config.getDuration("gapless.reload-interval"));
        assertEquals(0.5, config.getDouble("gapless.register-backoff.jitter"));
    }

    @Test
    void takesYamlsOffForAWordWhereReferenceConfHasOne() {
        yaml("""
            gapless.publishing: off
            pekko:
              loglevel: OFF
              coordinated-shutdown.exit-jvm: on
            """);
        Config config = load();
        assertFalse(config.getBoolean("gapless.publishing"));
        assertEquals("off", config.getString("pekko.loglevel"));
        assertTrue(config.getBoolean("pekko.coordinated-shutdown.exit-jvm"));
    }

    @Test
    void takesListsAsItemsAndWithCommas() {
        yaml("""
            pekko:
              cluster.seed-nodes:
                - pekko://gapless@127.0.0.1:2551
                - pekko://gapless@127.0.0.1:2552
              cluster.roles: a, b
              loggers: []
            """);
        Config config = load();
        assertEquals(
                List.of("pekko://gapless@127.0.0.1:2551", "pekko://gapless@127.0.0.1:2552"),
                config.getStringList("pekko.cluster.seed-nodes"));
        assertEquals(List.of("a", "b"), config.getStringList("pekko.cluster.roles"));
        assertEquals(List.of(), config.getStringList("pekko.loggers"));
    }

    @Test
    void aShorterListTakesThePlaceOfALongerOne() {
        yaml("pekko.cluster.roles: [a, b, c]");
        yaml("pekko.cluster.roles: [d]");
        assertEquals(List.of("d"), load().getStringList("pekko.cluster.roles"));
    }

    @Test
    void refusesListsOfObjects() {
        yaml("pekko.discovery.config.services.x.endpoints: [{host: a, port: 1}]");
        String problem = assertThrows(IllegalStateException.class, this::load).getMessage();
        assertTrue(problem.contains("application.conf"), problem);
    }

    @Test
    void takesNamesOfClassesAndOfTopicsWithDots() {
        yaml("""
            pekko.actor.serialization-bindings:
              com.example.Price: jackson-cbor
              "[com.example.Quote$Bid]": jackson-json
            gapless.topics:
              "[eu.prices]":
                buffer-messages: 10
              flags.overflow: backpressure
            """);
        Config config = load();
        Map<String, Object> bindings =
                config.getObject("pekko.actor.serialization-bindings").unwrapped();
        assertEquals("jackson-cbor", bindings.get("com.example.Price"));
        assertEquals("jackson-json", bindings.get("com.example.Quote$Bid"));
        assertEquals(10, config.getInt("gapless.topics.\"eu.prices\".buffer-messages"));
        assertEquals("backpressure", config.getString("gapless.topics.flags.overflow"));
    }

    @Test
    void takesEnvironmentVariablesForTheSettingsThatThereAre() {
        variables(Map.of(
                "GAPLESS_NODENAME", "n2",
                "GAPLESS_BUFFER_MESSAGES", "9",
                "GAPLESS_HOME", "/opt/gapless",
                "PEKKO_REMOTE_ARTERY_CANONICAL_PORT", "2552",
                "PEKKO_CLUSTER_SEEDNODES", "pekko://gapless@127.0.0.1:2551,pekko://gapless@127.0.0.1:2552"));
        environment.getPropertySources().addLast(new MapPropertySource("lower", Map.of("gapless.node-name", "n1")));
        Config config = load();
        assertEquals("n2", config.getString("gapless.node-name"));
        assertEquals(9, config.getInt("gapless.buffer-messages"));
        assertFalse(config.hasPath("gapless.home"));
        assertEquals(2552, config.getInt("pekko.remote.artery.canonical.port"));
        assertEquals(2, config.getStringList("pekko.cluster.seed-nodes").size());
    }

    @Test
    void keepsTheDollarOfANestedClassWithOrWithoutBrackets() {
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "properties",
                        Map.of(
                                "pekko.actor.serialization-bindings.com.example.Orders$Order", "jackson-cbor",
                                "pekko.actor.serialization-bindings[com.example.Orders$Ended]", "jackson-json")));
        yaml("pekko.actor.serialization-bindings: { com.example.Quote$Bid_1: jackson-json }");
        Map<String, Object> bindings =
                load().getObject("pekko.actor.serialization-bindings").unwrapped();
        assertEquals("jackson-cbor", bindings.get("com.example.Orders$Order"));
        assertEquals("jackson-json", bindings.get("com.example.Orders$Ended"));
        assertEquals("jackson-json", bindings.get("com.example.Quote$Bid_1"));
        assertEquals(
                3,
                bindings.keySet().stream()
                        .filter(name -> name.startsWith("com.example"))
                        .count());
    }

    @Test
    void ignoresWhatKubernetesSetsForAServiceWithTheNameOfASetting() {
        variables(Map.of(
                "PEKKO_REMOTE_ARTERY_CANONICAL_PORT", "tcp://10.0.0.9:8080",
                "PEKKO_REMOTE_ARTERY_BIND_PORT", "tcp://10.0.0.9:8082",
                "GAPLESS_SHARDS", "tcp://10.0.0.9:8081",
                "GAPLESS_NODENAME", "tcp://n2"));
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("lower", Map.of("gapless.shards", "${SHARDS:3}")));
        Config config = load();
        assertEquals(3, config.getInt("gapless.shards"));
        assertEquals("tcp://n2", config.getString("gapless.node-name"));
        assertEquals("", config.getString("pekko.remote.artery.bind.port"), "a text, as it may be a word");
        assertEquals(
                ConfigFactory.load().getInt("pekko.remote.artery.canonical.port"),
                config.getInt("pekko.remote.artery.canonical.port"));
    }

    @Test
    void resolvesPlaceholdersAndLeavesTheRestToApplicationConf() {
        environment.getPropertySources().addFirst(new MapPropertySource("port", Map.of("PORT", "2553")));
        yaml("pekko.remote.artery.canonical.port: ${PORT:2551}");
        Config config = load();
        assertEquals(2553, config.getInt("pekko.remote.artery.canonical.port"));
        assertEquals("of application.conf, 2553", config.getString("given.by-application-conf"));
    }
}
