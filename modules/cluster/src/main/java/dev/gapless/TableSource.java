package dev.gapless;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link Table} reads its rows. Immutable.
 *
 * <pre>{@code
 * TableSource<Price> source = TableSource.versioned(database::readAll, Price::symbol, Price::version);
 * }</pre>
 *
 * <p>Either each row has a version, which rises with each change of its key: a column that counts, or the time of the change as long as one
 * writer has the key. Or the rows come with the token that they are at: of a view that a subscriber of the topic writes, with the token of each
 * message in the same transaction. Without versions and without a token a message that was slow would bring an old state back, and nobody would
 * notice; so there is no such source.
 *
 * <p>Read where it was committed: a replica of a database that lags gives rows that are older than what was published. A source with a token
 * says so, and is read again.
 *
 * @param <T> the type of the rows, which are the messages of the topic
 */
public final class TableSource<T> {
    private final Callable<? extends Iterable<? extends T>> rows;
    private final @Nullable Callable<TableRows<T>> positioned;
    private final Function<? super T, String> key;
    private final @Nullable ToLongFunction<? super T> version;
    private final @Nullable Predicate<? super T> deleted;
    private final @Nullable ToIntFunction<? super T> size;

    private TableSource(
            Callable<? extends Iterable<? extends T>> rows,
            @Nullable Callable<TableRows<T>> positioned,
            Function<? super T, String> key,
            @Nullable ToLongFunction<? super T> version,
            @Nullable Predicate<? super T> deleted,
            @Nullable ToIntFunction<? super T> size) {
        this.rows = rows;
        this.positioned = positioned;
        this.key = key;
        this.version = version;
        this.deleted = deleted;
        this.size = size;
    }

    /**
     * {@return a source whose rows have versions} Messages go on while it is read.
     *
     * @param rows reads all rows, each key once; called on {@code gapless.table.dispatcher}, where it may block. What it throws is a read that
     *     failed, and is tried again
     * @param key of a row, and of a message; not null
     * @param version of a row, and of a message
     * @param <T> the type of the rows, which are the messages of the topic
     */
    public static <T> TableSource<T> versioned(
            Callable<? extends Iterable<? extends T>> rows,
            Function<? super T, String> key,
            ToLongFunction<? super T> version) {
        return new TableSource<>(
                Objects.requireNonNull(rows, "rows must not be null"),
                null,
                Objects.requireNonNull(key, "key must not be null"),
                Objects.requireNonNull(version, "version must not be null"),
                null,
                null);
    }

    /**
     * {@return a source that says up to where its rows are} No message comes while it is read. A read that is behind what was missed is tried
     * again, like one that failed.
     *
     * @param read reads all rows, and the token that was stored with them, in one transaction; called on {@code gapless.table.dispatcher}, where
     *     it may block
     * @param key of a row, and of a message; not null
     * @param <T> the type of the rows, which are the messages of the topic
     */
    public static <T> TableSource<T> positioned(Callable<TableRows<T>> read, Function<? super T, String> key) {
        Objects.requireNonNull(read, "read must not be null");
        return new TableSource<>(
                () -> read.call().rows(), read, Objects.requireNonNull(key, "key must not be null"), null, null, null);
    }

    /**
     * {@return the same source, where rows and messages may say that their key was deleted} So a deletion keeps its version, also when its
     * message was missed.
     *
     * @param says whether a row says that
     */
    public TableSource<T> withDeleted(Predicate<? super T> says) {
        Objects.requireNonNull(says, "says must not be null");
        return new TableSource<>(rows, positioned, key, version, says, size);
    }

    /**
     * {@return the same source, where the application says how large a row is} It holds a table to {@code gapless.table.max-bytes}, which does not
     * apply otherwise: rows are objects, and their size is not known.
     *
     * @param of a row, and a message, in bytes, not negative; called once for each that comes, so it is to be quick
     */
    public TableSource<T> withSize(ToIntFunction<? super T> of) {
        Objects.requireNonNull(of, "of must not be null");
        return new TableSource<>(rows, positioned, key, version, deleted, of);
    }

    /** {@return what reads all rows} */
    public Callable<? extends Iterable<? extends T>> rows() {
        return rows;
    }

    /** {@return what reads all rows, and up to where they are; null if they have versions instead} */
    public @Nullable Callable<TableRows<T>> positioned() {
        return positioned;
    }

    /** {@return what says the key of a row} */
    public Function<? super T, String> key() {
        return key;
    }

    /** {@return what says the version of a row; null if the source says up to where its rows are instead} */
    public @Nullable ToLongFunction<? super T> version() {
        return version;
    }

    /** {@return what says whether the key of a row was deleted; null if none says so} */
    public @Nullable Predicate<? super T> deleted() {
        return deleted;
    }

    /** {@return what says how large a row is, in bytes; null if nobody says it} */
    public @Nullable ToIntFunction<? super T> size() {
        return size;
    }
}
