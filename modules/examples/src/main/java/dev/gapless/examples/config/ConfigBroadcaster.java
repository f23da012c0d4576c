package dev.gapless.examples.config;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.Publication;
import dev.gapless.Topic;
import dev.gapless.core.Position;
import java.util.concurrent.CompletionStage;

/** Changes settings, and tells everybody: each is written first, and published afterwards, with its name as the key. Thread-safe. */
public final class ConfigBroadcaster {
    public static final Topic<Setting> SETTINGS = Topic.of("settings", Setting.class);

    /** Says which version a deletion has, which has no content. */
    static final String VERSION = "version";

    private final SettingsTable table;
    private final Producer<Setting> producer;

    public ConfigBroadcaster(Gapless gapless, SettingsTable table) {
        this.table = table;
        this.producer = gapless.producer(SETTINGS);
    }

    /** Sets it. */
    public CompletionStage<Position> set(String key, String value) {
        return producer.publish(key, table.put(key, value));
    }

    /** Deletes it. */
    public CompletionStage<Position> delete(String key) {
        long version = table.delete(key);
        return producer.publish(Publication.<Setting>tombstone(key).withHeader(VERSION, Long.toString(version)));
    }
}
