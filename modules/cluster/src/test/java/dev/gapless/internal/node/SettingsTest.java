package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.gapless.core.Overflow;
import dev.gapless.core.TopicSettings;
import dev.gapless.internal.wire.RoundTrip;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static Settings settings(String config) {
        Config all = ConfigFactory.parseString(config).withFallback(ConfigFactory.load());
        return new Settings(all, SettingsTest.class.getClassLoader(), "system");
    }

    @Test
    void theDefaultsAreThoseOfTheCore() {
        assertEquals(TopicSettings.DEFAULTS, settings("").topic("any"));
    }

    @Test
    void aTopicsOwnSettingsGoBeforeThoseOfAll() {
        Settings settings = settings(
                "gapless { buffer-messages = 7, topics { \"a.b\" { buffer-messages = 9, overflow = backpressure } } }");
        assertEquals(9, settings.topic("a.b").bufferMessages());
        assertEquals(Overflow.BACKPRESSURE, settings.topic("a.b").overflow());
        assertEquals(7, settings.topic("c").bufferMessages());
        assertEquals(Overflow.EXPIRE, settings.topic("c").overflow());
    }

    @Test
    void whatIsReadBackIsSaidForAllTopicsAndForOne() {
        Settings settings = settings("gapless { roundtrip = warn, topics { a.roundtrip = off, b.roundtrip = false } }");
        assertEquals(RoundTrip.Mode.REFUSE, settings("").roundTrip("a"));
        assertEquals(RoundTrip.Mode.WARN, settings.roundTrip("c"));
        assertEquals(RoundTrip.Mode.OFF, settings.roundTrip("a"));
        assertEquals(RoundTrip.Mode.OFF, settings.roundTrip("b"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gapless.buffer-messages = 0 | gapless.buffer-messages | 1 to 2^30",
                "gapless.buffer-bytes = 10 | gapless.buffer-bytes | at least 1 KiB",
                "gapless.feed-messages = -1 | gapless.feed-messages | 0 to 2^30",
                "gapless.feed-bytes = 10 | gapless.feed-bytes | 0, or at least 1 KiB",
                "gapless.feed-hold = -1s | gapless.feed-hold | 0 or more",
                "gapless.catch-up-readers = 0 | gapless.catch-up-readers | 1 to 100",
                "gapless.ack-delay = -1s | gapless.ack-delay | 0 or more",
                "gapless.ack-delay = 1001ms | gapless.ack-delay | 0 to 1s",
                "gapless.batch-bytes = 1 MiB | gapless.batch-bytes | maximum-frame-size",
                "gapless.window-bytes = 1 KiB | gapless.window-bytes | at least batch-bytes",
                "gapless.max-message-bytes = 200 KiB | gapless.max-message-bytes | batch-bytes",
                "gapless.shared-messages = -1 | gapless.shared-messages | 0 to 1000000",
                "gapless.max-pending-publishes = 0 | gapless.max-pending-publishes | at least 1",
                "gapless.register-backoff.jitter = 2 | gapless.register-backoff.jitter | 0 to 1",
                "gapless.register-backoff.max = 1ms | gapless.register-backoff.max | at least min",
                "gapless.heartbeat-interval = 0s | gapless.heartbeat-interval | at least 1ms",
                "gapless.producer-return-timeout = 101d | gapless.producer-return-timeout | at most 100 days",
                "gapless.max-age = 101d | gapless.max-age | at most 100 days",
                "gapless.drain-timeout = 6s | gapless.drain-timeout | before-cluster-shutdown",
                "gapless.other-cluster = leave | gapless.other-cluster | warn or give-way",
                "gapless.other-cluster-grace = 0s | gapless.other-cluster-grace | at least 1ms",
                "gapless.topics.quotes.other-cluster = warn | gapless.topics.quotes.other-cluster | no such setting",
                "gapless.roundtrip = check | gapless.roundtrip | refuse or warn or off",
                "gapless.overflow = drop | gapless.overflow | expire or backpressure",
                "gapless.reload-backoff.attempts = -1 | gapless.reload-backoff.attempts | 0 or more",
                "gapless.max-age = 10ms | gapless.max-age | 0, or at least 1s",
                "gapless.reload-interval = -1s | gapless.reload-interval | 0 or more",
                "gapless.history-bytes = 1 KiB | gapless.history-bytes | at least 64 KiB",
                "gapless.cursor-retention = 5s | gapless.cursor-retention | ten times gapless.ping-interval",
                "gapless.loss-log-interval = -1s | gapless.loss-log-interval | 0 or more",
                "gapless.slow-handler-warning = -1s | gapless.slow-handler-warning | 0 or more",
                "gapless.never-published-warning = -1s | gapless.never-published-warning | 0 or more",
                "gapless.stuck-transport-timeout = -1s | gapless.stuck-transport-timeout | 0 or more",
                "gapless.metrics.max-topics = -1 | gapless.metrics.max-topics | at least 0",
                "gapless.metrics.topics = 5 | gapless.metrics.topics | no such setting",
                "gapless.topics.quotes.slow-handler-warning = 1s | gapless.topics.quotes.slow-handler-warning | no such setting",
                "gapless.topics.quotes.cursor-retention = 2h | gapless.topics.quotes.cursor-retention | no such setting",
                "gapless.shards = -1 | gapless.shards | 0 to 1024",
                "gapless.topics.quotes.shards = 2 | gapless.topics.quotes.shards | no such setting",
                "gapless.max-message-bytes = 0 | gapless.max-message-bytes | 1 to batch-bytes",
                "gapless.actor-window = 0 | gapless.actor-window | at least 1",
                "gapless.max-topics = 0 | gapless.max-topics | at least 1",
                "gapless.topics.quotes.buffer-messages = 0 | gapless.topics.\"quotes\".buffer-messages | 1 to 2^30",
                "gapless.bufer-messages = 5 | gapless.bufer-messages | no such setting",
                "gapless.register-backoff.mx = 5s | gapless.register-backoff.mx | no such setting",
                "gapless.topics.quotes.ring = 5 | gapless.topics.quotes.ring | no such setting",
                "gapless.topics.quotes.node-name = x | gapless.topics.quotes.node-name | no such setting",
                "gapless.topics.quotes.cursor-retention = 1h | gapless.topics.quotes.cursor-retention | no such setting",
            })
    void refusesWhatCannotBeAndNamesKeyAndRange(String config, String key, String range) {
        ConfigException refused = assertThrows(ConfigException.class, () -> settings(config.trim()));
        assertTrue(refused.getMessage().contains(key.trim()), refused.getMessage());
        assertTrue(refused.getMessage().contains(range.trim()), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "buffer-messages = 1",
                "buffer-messages = 1073741824",
                "buffer-bytes = 1 KiB",
                "feed-messages = 1",
                "feed-messages = 1073741824",
                "feed-bytes = 1 KiB",
                "feed-hold = 0s",
                "ack-delay = 0s",
                "ack-delay = 1s",
                "batch-bytes = 1 KiB, window-bytes = 1 KiB, max-message-bytes = 1 KiB",
                "max-message-bytes = 1",
                "max-pending-publishes = 1",
                "shared-messages = 0",
                "shared-messages = 1000000",
                "register-backoff.jitter = 0",
                "register-backoff.jitter = 1",
                "register-backoff { min = 1s, max = 1s }",
                "heartbeat-interval = 1ms",
                "producer-return-timeout = 100d",
                "max-age = 0",
                "max-age = 1s",
                "reload-backoff.attempts = 0",
                "reload-interval = 0s",
                "ping-interval = 1s, cursor-retention = 10s",
                "other-cluster = warn, other-cluster-grace = 1ms",
                "other-cluster = give-way, other-cluster-grace = 100d",
                "loss-log-interval = 0s",
                "metrics.max-topics = 0",
                "shards = 0",
                "shards = 1024",
                "actor-window = 1",
                "max-topics = 1",
            })
    void takesTheFirstAndTheLastOfARange(String config) {
        assertDoesNotThrow(() -> settings("gapless { " + config + " }"));
    }

    @Test
    void everySettingIsCommented() {
        Config reference = ConfigFactory.parseResources("reference.conf").getConfig("gapless");
        TreeSet<String> silent = new TreeSet<>();
        for (Map.Entry<String, ConfigValue> entry : reference.entrySet()) {
            List<String> path = ConfigUtil.splitPath(entry.getKey());
            boolean commented = !entry.getValue().origin().comments().isEmpty();
            for (int i = 1; i < path.size() && !commented; i++) {
                String parent = ConfigUtil.joinPath(path.subList(0, i));
                commented = !reference.getValue(parent).origin().comments().isEmpty();
            }
            if (!commented && !entry.getKey().startsWith("default-dispatcher")) {
                silent.add(entry.getKey());
            }
        }
        assertEquals(new TreeSet<>(), silent);
    }

    @Test
    void everySettingIsRead() {
        Config reference = ConfigFactory.parseResources("reference.conf").getConfig("gapless");
        TreeSet<String> unread = new TreeSet<>();
        for (String key : reference.root().keySet()) {
            if (key.equals("default-dispatcher")) {
                continue; // Pekko reads it
            }
            try {
                settings("gapless." + key + " = [[1]]");
                unread.add(key);
            } catch (ConfigException read) {
                assertTrue(read.getMessage().contains(key), read.getMessage());
            }
        }
        assertEquals(new TreeSet<>(), unread);
    }
}
