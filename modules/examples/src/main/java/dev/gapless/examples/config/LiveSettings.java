package dev.gapless.examples.config;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The settings of one service, on any node, as they are now. Thread-safe. */
public final class LiveSettings implements MessageHandler<Setting> {
    private final SettingsTable table;
    private final String prefix;
    private final Map<String, Known> known = new HashMap<>();
    private long readUpTo;
    private volatile boolean current = true;

    /** A value, or that there is none. */
    private record Known(@Nullable String value, long version) {}

    /** Settings whose names begin like this. */
    public LiveSettings(SettingsTable table, String prefix) {
        this.table = table;
        this.prefix = prefix;
    }

    /** Follows the settings. Once the subscription is ready, it has read the table. */
    public Subscription start(Gapless gapless) {
        SubscriptionSettings mine =
                SubscriptionSettings.defaults().withKeys(prefix + "*").loadFirst();
        return gapless.subscribe(ConfigBroadcaster.SETTINGS, StartFrom.latest(), mine, this);
    }

    /** The value of a setting. */
    public synchronized Optional<String> get(String key) {
        Known at = known.get(key);
        return at == null ? Optional.empty() : Optional.ofNullable(at.value());
    }

    /** Whether it follows the settings still. After that what it knows is stale: a health check asks this. */
    public boolean isCurrent() {
        return current;
    }

    /** It failed, or its node leaves, or was removed by the others. */
    @Override
    public void onEnded(Ended<Setting> ended) {
        current = false;
        MessageHandler.super.onEnded(ended); // says so in the log
    }

    @Override
    public void onMessage(Delivery<Setting> delivery) {
        String key = delivery.key();
        Setting setting = delivery.message();
        if (setting != null) {
            learn(key, new Known(setting.value(), setting.version()));
        } else if (delivery.headers().containsKey(ConfigBroadcaster.VERSION)) {
            learn(key, new Known(null, Long.parseLong(delivery.headers().get(ConfigBroadcaster.VERSION))));
        }
    }

    @Override
    public CompletionStage<Reload> onCursorExpired(CursorExpired<Setting> expired) {
        load();
        return CompletableFuture.completedFuture(Reload.done());
    }

    /** What the table has, and what is newer than that. */
    private synchronized void load() {
        SettingsTable.Snapshot snapshot = table.snapshot();
        if (snapshot.version() > readUpTo) {
            readUpTo = snapshot.version();
            known.values().removeIf(at -> at.version() <= readUpTo); // deletions included, that were missed
            snapshot.settings().forEach((key, setting) -> {
                if (key.startsWith(prefix)) {
                    known.putIfAbsent(key, new Known(setting.value(), setting.version()));
                }
            });
        }
    }

    /** What comes again, or late, changes nothing; there is no order among those who publish. */
    private synchronized void learn(@Nullable String key, Known now) {
        if (key != null && now.version() > readUpTo) {
            known.merge(key, now, (before, after) -> after.version() > before.version() ? after : before);
        }
    }
}
