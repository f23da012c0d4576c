package dev.gapless.spring;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What IDEs are told of settings, made of each {@code reference.conf}: names, types and defaults, and its comments as descriptions. */
final class ReferenceMetadata {
    private static final String ROOT = "gapless";
    private static final String DISPATCHER = "default-dispatcher";
    private static final String DURATION = "\\d+ ?(ms|s|m|h|d|minutes)";

    /** Settings that one of a few words is the value of, if a class has these. */
    private static final Map<String, Class<?>> WORDS = Map.of("gapless.on-removed", OnRemoved.class);

    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, ObjectNode> groups = new TreeMap<>();
    private final Map<String, ObjectNode> properties = new TreeMap<>();

    private ReferenceMetadata() {}

    static ObjectNode of(List<Path> references) {
        ReferenceMetadata metadata = new ReferenceMetadata();
        metadata.group(ROOT, "Settings of Gapless, under the names of each module's reference.conf.");
        metadata.group("pekko", "Settings of Apache Pekko, under the names of its reference.conf.");
        metadata.property(
                        "management.health.gapless.enabled",
                        "java.lang.Boolean",
                        "Whether to enable the health check of Gapless.")
                .put("defaultValue", true);
        for (Path reference : references) {
            Config config = ConfigFactory.parseFile(reference.toFile());
            metadata.describe(config, ROOT, config.getObject(ROOT));
        }
        ObjectNode all = metadata.json.createObjectNode();
        all.putArray("groups").addAll(metadata.groups.values());
        all.putArray("properties").addAll(metadata.properties.values());
        return all;
    }

    private void group(String name, String description) {
        groups.put(name, json.createObjectNode().put("name", name).put("description", description));
    }

    private ObjectNode property(String name, String type, String description) {
        ObjectNode property =
                json.createObjectNode().put("name", name).put("type", type).put("description", description);
        properties.put(name, property);
        return property;
    }

    private void describe(Config config, String path, ConfigObject object) {
        object.forEach((key, value) -> {
            String name = path + "." + key;
            if (value instanceof ConfigObject inner && !inner.isEmpty()) {
                comment(inner).ifPresent(description -> group(name, description));
                describe(config, name, inner);
            } else {
                String type = type(name, value);
                put(property(name, type, description(config, name)), type, value);
            }
        });
    }

    /** Of the setting, else of the one that stands in the line above, else of what it is in. */
    private static String description(Config config, String name) {
        ConfigValue value = config.getValue(name);
        String above = name.substring(0, name.lastIndexOf('.'));
        return comment(value)
                .or(() -> config.getObject(above).entrySet().stream()
                        .filter(other -> other.getValue().origin().lineNumber()
                                == value.origin().lineNumber() - 1)
                        .map(other -> description(config, above + "." + other.getKey()))
                        .findFirst())
                .orElseGet(() -> description(
                        config, above.endsWith(DISPATCHER) ? above.replace(DISPATCHER, "dispatcher") : above));
    }

    private static Optional<String> comment(ConfigValue value) {
        String text = value.origin().comments().stream()
                .map(String::strip)
                .filter(line -> !line.startsWith("---"))
                .collect(Collectors.joining(" "))
                .strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static String type(String name, ConfigValue value) {
        if (WORDS.containsKey(name)) {
            return WORDS.get(name).getName();
        }
        String text = String.valueOf(value.unwrapped());
        boolean otherWords = name.endsWith("port") || name.endsWith("-bytes"); // a port may be off; "1 MiB" is a size
        return switch (value.valueType()) {
            case LIST -> "java.util.List<java.lang.String>";
            case OBJECT -> "java.util.Map<java.lang.String,java.lang.Object>";
            case BOOLEAN -> Boolean.class.getName();
            case NUMBER -> otherWords ? String.class.getName() : number(value);
            default -> {
                if (!otherWords && (text.equals("on") || text.equals("off"))) {
                    yield Boolean.class.getName();
                }
                yield text.matches(DURATION) ? Duration.class.getName() : String.class.getName();
            }
        };
    }

    /** A whole number may stand for one that need not be whole: 1.0. */
    private static String number(ConfigValue value) {
        boolean isWhole = !value.render().contains(".");
        return isWhole ? value.unwrapped().getClass().getName() : Double.class.getName();
    }

    private void put(ObjectNode property, String type, ConfigValue value) {
        Object unwrapped = value.unwrapped();
        if (value.valueType() == ConfigValueType.OBJECT) {
            return;
        } else if (value.valueType() == ConfigValueType.LIST) {
            ArrayNode items = property.putArray("defaultValue");
            ((List<?>) unwrapped).forEach(item -> items.add(String.valueOf(item)));
        } else if (type.equals(Boolean.class.getName())) {
            property.put("defaultValue", Stream.of("on", "true").anyMatch(String.valueOf(unwrapped)::equals));
        } else if (type.equals(String.class.getName()) || unwrapped instanceof String) {
            property.put("defaultValue", String.valueOf(unwrapped));
        } else {
            property.set("defaultValue", json.valueToTree(unwrapped));
        }
    }
}
