package dev.gapless.examples.orderbook;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.Topic;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The source of truth: writes each change into its database, and publishes it afterwards. The database also has the position of the
 * change before, so whoever reads it knows up to where at least it goes. One incarnation of an exchange; thread-safe.
 */
public final class Exchange {
    public static final Topic<Change> CHANGES = Topic.of("changes", Change.class);

    private static final String TABLE = "exchange(name VARCHAR PRIMARY KEY, number BIGINT, side VARCHAR, price BIGINT,"
            + " quantity BIGINT, total BIGINT, epoch BIGINT, sequence BIGINT)";

    private final Database database;
    private final Producer<Change> producer;
    private final String name;
    private long number;
    private @Nullable Position published;
    private boolean stopped;

    /**
     * Goes on where the database stands. The last change in it is published again: the incarnation before may have ended between writing
     * and publishing it. Order books that have it know that by its number.
     */
    public Exchange(Gapless gapless, Database database) throws SQLException {
        this.database = database;
        this.producer = gapless.producer(CHANGES);
        this.name = gapless.nodeName();
        Map<Long, Change> last = database.transaction(transaction -> transaction.read(
                "SELECT * FROM exchange WHERE name = ?",
                row -> row.getLong("number"),
                row -> new Change(
                        name,
                        row.getLong("number"),
                        Side.valueOf(row.getString("side")),
                        row.getLong("price"),
                        row.getLong("quantity"),
                        row.getLong("total")),
                name));
        for (Change change : last.values()) {
            number = change.number();
            publish(change);
        }
    }

    /** A connection to the database of all exchanges. */
    public static Database database(String url) {
        return new Database(url, Levels.TABLE, TABLE);
    }

    /** Changes the quantity at a price. */
    public synchronized void change(Side side, long price, long quantity) throws SQLException {
        if (stopped) {
            throw new IllegalStateException("What was written was not published: restart this exchange");
        }
        Change change = database.transaction(transaction -> write(transaction, side, price, quantity));
        number++;
        publish(change);
    }

    private Change write(Database transaction, Side side, long price, long quantity) throws SQLException {
        long total = Levels.change(transaction, name, number + 1, side, price, quantity);
        Change change = new Change(name, number + 1, side, price, quantity, total);
        transaction.update(
                "MERGE INTO exchange VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                name,
                change.number(),
                change.side().name(),
                change.price(),
                change.quantity(),
                change.total(),
                published == null ? null : published.epoch().id(),
                published == null ? null : published.sequence());
        return change;
    }

    /** Nothing may be published behind a change that is missing. */
    private void publish(Change change) {
        try {
            published =
                    producer.publish(change.key(), change).toCompletableFuture().join();
        } catch (CompletionException e) {
            stopped = true;
            throw e;
        }
    }

    /** Quantities, and up to where they go, in one transaction. */
    public static Snapshot snapshot(Database database) throws SQLException {
        return database.transaction(transaction -> new Snapshot(
                Levels.read(transaction),
                transaction.read(
                        "SELECT name, number FROM exchange",
                        row -> row.getString("name"),
                        row -> row.getLong("number")),
                transaction.read(
                        "SELECT name, epoch, sequence FROM exchange WHERE epoch IS NOT NULL",
                        row -> row.getString("name"),
                        row -> new Position(new Epoch(row.getLong("epoch")), row.getLong("sequence")))));
    }
}
