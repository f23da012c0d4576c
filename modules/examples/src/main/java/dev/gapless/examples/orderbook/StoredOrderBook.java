package dev.gapless.examples.orderbook;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.core.CursorToken;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An {@link OrderBook} by hand, in a database of its own: it is there again after a restart without being loaded. Quantities, the number of each exchange's last change, and the token stand
 * there in one transaction. So after a crash it goes on where it was, and a change that comes again has no effect:
 *
 * <ul>
 *   <li>A message is applied, and the token stored, in one transaction.
 *   <li>At first, and at an expiry, everything is copied from the exchanges' database. That may be ahead of what was published: changes that come
 *       then, and are in the copy, are known by their numbers. {@link Reload#upTo} keeps most of them away to begin with.
 *   <li>An exchange that came and went while this was down is told of, like any other loss. Besides, the first change of an
 *       exchange's next incarnation shows by its number if something is missing, and leads to a copy, too.
 * </ul>
 */
public class StoredOrderBook implements MessageHandler<Change> {
    private static final String NUMBERS = "number(exchange VARCHAR PRIMARY KEY, last BIGINT)";
    private static final String TOKEN = "token(id INT PRIMARY KEY, token VARCHAR)";

    private final Database own;
    private final Database exchanges;
    private volatile boolean current = true;

    /** An order book that copies from that database, of the exchanges. */
    public StoredOrderBook(Database own, Database exchanges) {
        this.own = own;
        this.exchanges = exchanges;
    }

    /** A connection to the database of an order book. */
    public static Database database(String url) {
        return new Database(url, Levels.TABLE, NUMBERS, TOKEN);
    }

    /** Begins, or goes on after a crash. */
    public final Subscription start(Gapless gapless) throws SQLException {
        Optional<String> token = own.transaction(StoredOrderBook::token);
        if (token.isPresent()) {
            return gapless.subscribe(Exchange.CHANGES, StartFrom.token(token.get()), this);
        }
        return gapless.subscribe(
                Exchange.CHANGES,
                StartFrom.latest(),
                SubscriptionSettings.defaults().loadFirst(),
                this);
    }

    /** Whether it follows the exchanges still. After that what is on offer is stale, until it goes on: a health check asks this. */
    public final boolean isCurrent() {
        return current;
    }

    /** It failed, or its node leaves, or was removed by the others. The next one goes on by the token that is in the database. */
    @Override
    public final void onEnded(Ended<Change> ended) {
        current = false;
        MessageHandler.super.onEnded(ended); // says so in the log
    }

    @Override
    public void onMessage(Delivery<Change> delivery) throws SQLException {
        own.transaction(transaction -> {
            if (!follows(transaction, delivery)) {
                copy(transaction, delivery.token()); // it was written before it was published, and is in the copy
            } else {
                apply(transaction, delivery);
                store(transaction, delivery.token());
            }
            beforeCommit();
            return true;
        });
    }

    /** Is nothing missing between what is in the database and this? */
    private static boolean follows(Database transaction, Delivery<Change> delivery) throws SQLException {
        Change change = delivery.message();
        long last = lastOf(transaction, delivery.node());
        if (change == null || change.number() <= last + 1) {
            return true;
        }
        if (delivery.position().sequence() > 1) { // cannot be: such a gap would have been told
            throw new IllegalStateException(
                    "Change " + change.number() + " of " + delivery.node() + " came behind " + last);
        }
        return false;
    }

    private static void apply(Database transaction, Delivery<Change> delivery) throws SQLException {
        Change change = delivery.message();
        if (change != null && change.number() > lastOf(transaction, delivery.node())) {
            var unused = Levels.change(
                    transaction, delivery.node(), change.number(), change.side(), change.price(), change.quantity());
            transaction.update("MERGE INTO number VALUES (?, ?)", delivery.node(), change.number());
        }
    }

    private static long lastOf(Database transaction, String exchange) throws SQLException {
        return transaction
                .read("SELECT last FROM number WHERE exchange = ?", row -> 0, row -> row.getLong(1), exchange)
                .getOrDefault(0, 0L);
    }

    @Override
    public CompletionStage<Reload> onCursorExpired(CursorExpired<Change> expired) {
        try {
            Snapshot copied = own.transaction(transaction -> copy(transaction, expired.token()));
            CursorToken upTo = new CursorToken(
                    expired.topic(),
                    expired.token().cluster(),
                    expired.time().toEpochMilli(),
                    Map.copyOf(copied.positions()));
            return CompletableFuture.completedFuture(Reload.upTo(upTo));
        } catch (SQLException e) {
            return CompletableFuture.failedFuture(e); // tried again, after a while
        }
    }

    /** Replaces everything by what the exchanges have now. A resume from this token tells again what led to the copy. */
    private Snapshot copy(Database transaction, CursorToken token) throws SQLException {
        Snapshot snapshot = Exchange.snapshot(exchanges);
        transaction.update("DELETE FROM level");
        transaction.update("DELETE FROM number");
        for (Map.Entry<Level, Long> quantity : snapshot.quantities().entrySet()) {
            Level level = quantity.getKey();
            transaction.update(
                    "INSERT INTO level(exchange, side, price, quantity) VALUES (?, ?, ?, ?)",
                    level.exchange(),
                    level.side().name(),
                    level.price(),
                    quantity.getValue());
        }
        for (Map.Entry<String, Long> number : snapshot.numbers().entrySet()) {
            transaction.update("INSERT INTO number VALUES (?, ?)", number.getKey(), number.getValue());
        }
        store(transaction, token);
        return snapshot;
    }

    private static void store(Database transaction, CursorToken token) throws SQLException {
        transaction.update("MERGE INTO token VALUES (1, ?)", token.toString());
    }

    private static Optional<String> token(Database transaction) throws SQLException {
        return Optional.ofNullable(transaction
                .read("SELECT token FROM token", row -> 1, row -> row.getString(1))
                .get(1));
    }

    /** Everything is written, and nothing is in the database yet: the worst moment for a crash. */
    protected void beforeCommit() {}

    /** What is on offer. */
    public final Map<Level, Long> quantities() throws SQLException {
        return own.transaction(Levels::read);
    }
}
