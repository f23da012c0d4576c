package dev.gapless.examples.config;

import java.util.Map;
import java.util.TreeMap;

/** Where the truth is; a database, in earnest. Thread-safe. */
public final class SettingsTable {
    private final Map<String, Setting> settings = new TreeMap<>();
    private long version;

    /**
     * The table at one moment.
     *
     * @param version the latest change that is in it
     */
    public record Snapshot(Map<String, Setting> settings, long version) {}

    synchronized Setting put(String key, String value) {
        Setting setting = new Setting(value, ++version);
        settings.put(key, setting);
        return setting;
    }

    /** Returns the version of the deletion. */
    synchronized long delete(String key) {
        settings.remove(key);
        return ++version;
    }

    synchronized Snapshot snapshot() {
        return new Snapshot(Map.copyOf(settings), version);
    }
}
