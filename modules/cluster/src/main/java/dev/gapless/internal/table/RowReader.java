package dev.gapless.internal.table;

import dev.gapless.Delivery;
import dev.gapless.TableRows;
import dev.gapless.TableSource;
import dev.gapless.core.CursorToken;
import dev.gapless.core.table.Row;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.wire.Versions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Makes rows of what the application's source and its messages have. Thread-safe. */
final class RowReader<T> {
    private final String topic;
    private final TableSource<T> source;
    private final TableSettings settings;
    /** If rows have no version: what comes later is newer. */
    private final AtomicLong count = new AtomicLong();

    /**
     * What a read of the source had.
     *
     * @param upTo up to where the rows are; null if they have versions instead
     */
    record Read<T>(Map<String, Row<T>> rows, @Nullable CursorToken upTo) {}

    RowReader(String topic, TableSource<T> source, TableSettings settings) {
        this.topic = topic;
        this.source = source;
        this.settings = settings;
    }

    /**
     * What a message says of its key.
     *
     * @param row null if the key was deleted, and nobody says at which version
     * @param failure why it cannot be told; null if it can
     */
    record Said<T>(
            String key, @Nullable Row<T> row, @Nullable Throwable failure) {}

    Said<T> said(Delivery<T> delivery) {
        T message = delivery.message();
        String key = delivery.key();
        return message == null
                ? Fence.call(() -> deleted(delivery, String.valueOf(key)), e -> new Said<T>("", null, e))
                : Fence.call(() -> changed(key, message), e -> new Said<T>("", null, e));
    }

    private Said<T> deleted(Delivery<T> delivery, String key) {
        Long version =
                source.version() == null ? Long.valueOf(count.incrementAndGet()) : Versions.of(delivery.headers());
        return new Said<>(key, version == null ? null : Row.deleted(version), null);
    }

    private Said<T> changed(@Nullable String published, T message) {
        String key = keyOf(message);
        if (published != null && !published.equals(key)) {
            throw new IllegalStateException(
                    "it was published with key '" + published + "', and its source calls it '" + key + "'");
        }
        return new Said<>(key, rowOf(message), null);
    }

    private String keyOf(T row) {
        return Objects.requireNonNull(source.key().apply(row), "the source's key of a row is null");
    }

    private Row<T> rowOf(T row) {
        Predicate<? super T> deleted = source.deleted();
        ToLongFunction<? super T> version = source.version();
        ToIntFunction<? super T> size = source.size();
        long its = version == null ? count.incrementAndGet() : version.applyAsLong(row);
        return deleted != null && deleted.test(row)
                ? Row.deleted(its)
                : new Row<>(its, row, size == null ? 0 : size.applyAsInt(row));
    }

    /** Reads all rows. May block, and throw anything. */
    Read<T> readAll() throws Exception {
        Callable<TableRows<T>> positioned = source.positioned();
        if (positioned == null) {
            return new Read<>(byKey(answered(source.rows().call())), null);
        }
        TableRows<T> read = answered(positioned.call());
        return new Read<>(byKey(read.rows()), read.upTo());
    }

    private <A> A answered(@Nullable A answer) {
        return Objects.requireNonNull(answer, () -> "The source of the table of topic " + topic + " answered null");
    }

    private Map<String, Row<T>> byKey(Iterable<? extends T> all) {
        Map<String, Row<T>> byKey = new HashMap<>();
        long bytes = 0;
        for (T one : all) {
            T row = Objects.requireNonNull(
                    one, () -> "The source of the table of topic " + topic + " has a row that is null");
            String key = keyOf(row);
            Row<T> made = rowOf(row);
            bytes += made.bytes();
            if (byKey.put(key, made) != null) {
                throw new IllegalStateException(
                        "The source of the table of topic " + topic + " has two rows with key '" + key + "'");
            }
            TooLarge tooLarge = settings.exceededBy(topic, byKey.size(), bytes);
            if (tooLarge != null) {
                throw tooLarge;
            }
        }
        return byKey;
    }
}
