package dev.gapless.bench.process;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.bench.peer.KeyedRow;
import dev.gapless.core.Gap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What an application would write without a table: a handler that keeps the newest row of each key, and reads all of them after a gap. */
final class RowsByHand implements MessageHandler<KeyedRow> {
    private final Callable<List<KeyedRow>> source;
    private final List<Gap> gaps = new ArrayList<>();
    private Map<String, KeyedRow> rows = new HashMap<>();
    private volatile long last;

    RowsByHand(Callable<List<KeyedRow>> source) {
        this.source = source;
    }

    @Override
    public void onMessage(Delivery<KeyedRow> delivery) {
        KeyedRow row = Objects.requireNonNull(delivery.message());
        apply(row);
        last = row.version();
    }

    private synchronized void apply(KeyedRow row) {
        rows.merge(row.key(), row, (old, now) -> now.version() > old.version() ? now : old);
    }

    @Override
    public CompletionStage<Reload> onCursorExpired(CursorExpired<KeyedRow> expired) {
        Map<String, KeyedRow> loaded = new HashMap<>();
        try {
            source.call().forEach(row -> loaded.put(row.key(), row));
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
        replace(loaded, expired.gaps());
        return CompletableFuture.completedFuture(Reload.done());
    }

    private synchronized void replace(Map<String, KeyedRow> loaded, List<Gap> missed) {
        rows = loaded;
        gaps.addAll(missed);
    }

    synchronized int size() {
        return rows.size();
    }

    synchronized @Nullable KeyedRow get(String key) {
        return rows.get(key);
    }

    /** The version of the last message. */
    long last() {
        return last;
    }

    /** What was missed, and is reloaded; each is told once. */
    synchronized List<Gap> takeGaps() {
        List<Gap> taken = List.copyOf(gaps);
        gaps.clear();
        return taken;
    }
}
