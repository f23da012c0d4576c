package dev.gapless.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What IDEs are told of settings is what each {@code reference.conf} says. {@code -Dmetadata.rewrite=true} writes it anew.
 */
class MetadataTest {
    private static final Path MODULES = Path.of("..");
    private static final String REFERENCE = "src/main/resources/reference.conf";
    private static final Path STARTER = MODULES.resolve("spring-boot-starter");
    private static final Path METADATA =
            STARTER.resolve("src/main/resources/META-INF/spring-configuration-metadata.json");

    private static List<Path> references() throws IOException {
        try (Stream<Path> modules = Files.list(MODULES)) {
            return modules.map(module -> module.resolve(REFERENCE))
                    .filter(Files::exists)
                    .sorted()
                    .toList();
        }
    }

    private static JsonNode read() throws IOException {
        return new ObjectMapper().readTree(METADATA.toFile());
    }

    @Test
    void hasTheSettingsOfEachReferenceConf() throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode made = ReferenceMetadata.of(references());
        String text = json.writerWithDefaultPrettyPrinter().writeValueAsString(made) + "\n";
        if (Boolean.getBoolean("metadata.rewrite")) {
            Files.writeString(METADATA, text);
        }
        assertEquals(
                lines(json.readTree(text)), lines(read()), "a reference.conf has changed: -Dmetadata.rewrite=true");
    }

    private static Map<String, String> lines(JsonNode metadata) {
        Map<String, String> lines = new TreeMap<>();
        metadata.properties()
                .forEach(list -> list.getValue()
                        .forEach(one ->
                                lines.put(list.getKey() + " " + one.get("name").asText(), one.toString())));
        return lines;
    }

    @Test
    void isOfAllModules() throws IOException {
        Map<String, String> lines = lines(read());
        for (String known : List.of(
                "gapless.buffer-messages", "gapless.gateway.port", "gapless.journal.url", "gapless.on-removed")) {
            assertTrue(lines.containsKey("properties " + known), known);
        }
        assertEquals(
                OnRemoved.EXIT,
                OnRemoved.of(ConfigFactory.parseFile(STARTER.resolve(REFERENCE).toFile())));
    }

    @Test
    void saysWhatKindOfValueASettingHas() throws IOException {
        Map<String, String> types = new TreeMap<>();
        read().get("properties")
                .forEach(one -> types.put(
                        one.get("name").asText(),
                        one.get("type").asText() + " "
                                + one.path("defaultValue").asText()));
        assertEquals("java.lang.Integer 65536", types.get("gapless.buffer-messages"));
        assertEquals("java.lang.String 16 MiB", types.get("gapless.buffer-bytes"));
        assertEquals("java.lang.Boolean true", types.get("gapless.publishing"));
        assertEquals("java.time.Duration 10s", types.get("gapless.ready-timeout"));
        assertEquals("java.lang.String off", types.get("gapless.management.port"));
        assertEquals("java.util.Map<java.lang.String,java.lang.Object> ", types.get("gapless.topics"));
        assertEquals("dev.gapless.spring.OnRemoved exit", types.get("gapless.on-removed"));
    }

    @Test
    void eachSettingIsDescribed() throws IOException {
        for (JsonNode property : read().get("properties")) {
            assertTrue(property.get("description").asText().length() > 10, property.toString());
        }
    }

    @Test
    void eachSettingOfTheStarterHasAComment() throws IOException {
        List<String> lines = Files.readAllLines(STARTER.resolve(REFERENCE));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(" = ")) {
                assertTrue(lines.get(i - 1).strip().startsWith("#"), lines.get(i));
            }
        }
    }
}
