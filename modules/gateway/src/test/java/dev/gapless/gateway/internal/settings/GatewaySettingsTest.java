package dev.gapless.gateway.internal.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewaySettingsTest {
    private static final Path REFERENCE = Path.of("src/main/resources/reference.conf");
    private static final Path SOURCES = Path.of("src/main/java/dev/gapless/gateway/internal/settings");
    private static final Pattern READ = Pattern.compile("\"([a-z.-]+)\"\\)|\"([a-z.-]+)\", ");

    private static Config reference() {
        return ConfigFactory.parseFile(REFERENCE.toFile());
    }

    @Test
    void eachKeyHasACommentAboveItOrAboveItsNeighbour() throws IOException {
        List<String> bare = new ArrayList<>();
        String before = "";
        for (String line : Files.readAllLines(REFERENCE)) {
            boolean isKey = line.matches(" +[a-z-]+ = .*") && !line.contains("type = Dispatcher"); // Pekko's
            if (isKey && !before.strip().startsWith("#") && !before.matches(" +[a-z-]+ = .*")) {
                bare.add(line);
            }
            before = line;
        }
        assertEquals(List.of(), bare);
    }

    @Test
    void eachKeyIsRead() throws IOException {
        StringBuilder source = new StringBuilder();
        for (String name : List.of("GatewaySettings", "TlsSettings", "AccessSettings", "JwtSettings")) {
            source.append(Files.readString(SOURCES.resolve(name + ".java")));
        }
        Set<String> read = new TreeSet<>();
        READ.matcher(source)
                .results()
                .forEach(found -> read.add(found.group(1) == null ? found.group(2) : found.group(1)));
        Set<String> keys = new TreeSet<>();
        for (Map.Entry<String, ConfigValue> entry :
                reference().getConfig("gapless.gateway").entrySet()) {
            keys.add(entry.getKey().replaceFirst("^(default-dispatcher|access\\.anonymous)\\..*", "$1"));
        }
        keys.remove("default-dispatcher"); // Pekko's
        keys.removeAll(read);
        assertEquals(Set.of(), keys);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "port = 65536",
                "port = -1",
                "max-clients = 0",
                "accept-queue = 0",
                "per-ip-limit = -1",
                "topics = many",
                "topics = [\"a*b\"]",
                "new-topics-per-ip-limit = -1",
                "new-topics-window = 0s",
                "max-body-bytes = 0",
                "max-command-bytes = 2 GiB",
                "ping-interval = 0s",
                "write-timeout = -1s",
                "stop-timeout = 101d",
                "batch-events = 0",
                "max-publishing-requests = 0"
            })
    void aValueThatCannotBeIsToldWithItsKey(String setting) {
        Config config = ConfigFactory.parseString("gapless.gateway." + setting).withFallback(reference());
        ConfigException refused = assertThrows(ConfigException.class, () -> new GatewaySettings(config));
        assertTrue(
                refused.getMessage().contains("gapless.gateway." + setting.replaceAll(" =.*", "")),
                refused.getMessage());
    }

    private static boolean mayBegin(String config, String topic) {
        return new GatewaySettings(ConfigFactory.parseString(config).withFallback(ConfigFactory.load()))
                .mayBegin()
                .test(topic);
    }

    @Test
    void clientsOfThisMachineBeginAllTopicsAndOthersThoseThatAreNamed() {
        for (String host : List.of("127.0.0.1", "127.0.0.7", "localhost", "::1")) {
            assertTrue(mayBegin("gapless.gateway.host = \"" + host + "\"", "t"), host);
        }
        for (String host : List.of("0.0.0.0", "::", "192.0.2.1")) {
            String open = "gapless.gateway { insecure = on, host = \"" + host + "\"";
            assertFalse(mayBegin(open + "}", "t"), host);
            assertTrue(mayBegin(open + ", topics = [\"*\"] }", "t"), host);
            assertTrue(mayBegin(open + ", topics = [\"t*\"] }", "t"), host);
        }
    }
}
