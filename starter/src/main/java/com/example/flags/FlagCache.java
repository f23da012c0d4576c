package com.example.flags;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Ready;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** All flags, in memory, on any node. Thread-safe. */
public final class FlagCache implements MessageHandler<Flag> {
    private final Map<String, Flag> flags = new HashMap<>();
    private final FlagFile file;

    public FlagCache(FlagFile file) {
        this.file = file;
    }

    /** Completes when it knows all flags: a load that fails is tried again. */
    public CompletionStage<Ready> follow(Gapless gapless) {
        SubscriptionSettings loading = SubscriptionSettings.defaults().loadFirst();
        return gapless.subscribe(Flag.TOPIC, StartFrom.latest(), loading, this).ready();
    }

    public synchronized boolean isOn(String name) {
        return flags.containsKey(name) && flags.get(name).on();
    }

    public synchronized Map<String, Flag> all() {
        return Map.copyOf(flags);
    }

    @Override
    public void onMessage(Delivery<Flag> delivery) {
        if (!delivery.isDeleted()) { // nobody deletes flags here; a deletion has no message
            apply(delivery.message());
        }
    }

    @Override
    public CompletionStage<Reload> onCursorExpired(CursorExpired<Flag> expired) {
        if (!expired.gaps().isEmpty()) { // there are none in front of the first load
            System.out.println("Missed something, reloading: " + expired.gaps());
        }
        load(); // if it throws, it is called again after a while
        return CompletableFuture.completedFuture(Reload.done());
    }

    private void load() {
        file.readAll().values().forEach(this::apply);
    }

    /** A repeated or late message changes nothing. */
    private synchronized void apply(Flag flag) {
        flags.merge(flag.name(), flag, (old, now) -> now.version() > old.version() ? now : old);
    }
}
