package dev.gapless.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What IDEs are told of the starter's settings is what reference.conf says. */
class MetadataTest {
    private static final Path RESOURCES = Path.of("../spring-boot-starter/src/main/resources");
    private static final Config REFERENCE =
            ConfigFactory.parseFile(RESOURCES.resolve("reference.conf").toFile());

    @Test
    void hasTheSettingsOfReferenceConf() throws IOException {
        JsonNode metadata = new ObjectMapper()
                .readTree(RESOURCES
                        .resolve("META-INF/additional-spring-configuration-metadata.json")
                        .toFile());
        Map<String, String> described = new TreeMap<>();
        for (JsonNode property : metadata.get("properties")) {
            if (property.get("name").asText().startsWith("gapless.")) {
                described.put(
                        property.get("name").asText(),
                        property.get("defaultValue").asText());
            }
        }
        Map<String, String> known = new TreeMap<>();
        REFERENCE
                .entrySet()
                .forEach(setting -> known.put(
                        setting.getKey(), String.valueOf(setting.getValue().unwrapped())));
        assertEquals(known, described);
        assertEquals(OnRemoved.EXIT, OnRemoved.of(REFERENCE));
    }

    @Test
    void eachSettingHasAComment() throws IOException {
        List<String> lines = Files.readAllLines(RESOURCES.resolve("reference.conf"));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(" = ")) {
                assertTrue(lines.get(i - 1).strip().startsWith("#"), lines.get(i));
            }
        }
    }
}
