package dev.gapless.examples.orderbook;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.CursorExpired;
import dev.gapless.Event;
import dev.gapless.core.Reason;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import dev.gapless.testkit.TestSubscription;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;

/** Exchanges and order books, and what happens to them, which a seed decides. */
final class Market implements AutoCloseable {
    static final int BOOKS = 2;
    private static final int EXCHANGES = 2;
    private static final int MOST_CHANGES = 12;
    private static final int PRICES = 5;
    private static final List<Fault> FAULTS = List.of(Fault.values());

    private final SplittableRandom random;
    private final GaplessTestKit kit;
    private final Database exchanges = Exchange.database("jdbc:h2:mem:");
    private final List<Seller> sellers = new ArrayList<>();
    private final List<Shown> books = new ArrayList<>();
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private final Map<Reason, Integer> expiries = new EnumMap<>(Reason.class);
    private final List<String> log = new ArrayList<>();

    /** An exchange, through its lives. */
    private final class Seller {
        final TestNode node;
        private Exchange exchange;
        boolean runs = true;

        Seller(String name) throws SQLException {
            node = kit.node(name);
            exchange = new Exchange(node.gapless(), exchanges);
        }

        void change() throws SQLException {
            exchange.change(
                    random.nextBoolean() ? Side.BID : Side.ASK, random.nextInt(PRICES), random.nextLong(-10, 11));
        }

        void start() throws SQLException {
            if (!runs) {
                node.start();
                runs = true;
                exchange = new Exchange(node.gapless(), exchanges);
            }
        }

        void crash() {
            runs = false;
            node.crash();
        }

        /** It writes, and cannot publish any more. */
        void changeTooLate() {
            assertThrows(CompletionException.class, this::change);
        }
    }

    /** A node with an order book by hand, and one that is a table, through its lives. */
    private final class Shown {
        final TestNode node;
        private final Database own = StoredOrderBook.database("jdbc:h2:mem:");
        private StoredOrderBook book;
        private OrderBook table;
        private TestSubscription<Change> seen;
        boolean fails;
        private int counted;

        Shown(String name) throws SQLException {
            node = kit.node(name);
            begin();
        }

        /** Its process begins: the table is of that, and goes on as long. */
        void begin() throws SQLException {
            table = new OrderBook(node.gapless(), exchanges);
            open();
        }

        void open() throws SQLException {
            count();
            book = new StoredOrderBook(own, exchanges) {
                @Override
                protected void beforeCommit() {
                    if (fails) {
                        fails = false;
                        throw new IllegalStateException("the power fails");
                    }
                }
            };
            var unused = book.start(node.gapless());
            seen = node.subscription(Exchange.CHANGES);
            counted = 0;
        }

        void kill() throws SQLException {
            node.restart();
            begin();
        }

        /** Does what a supervisor does: who has failed is started again. */
        void startIfEnded() throws SQLException {
            if (seen.whenEnded().toCompletableFuture().isDone()) {
                open();
            }
        }

        void count() {
            if (seen != null) {
                List<Event<Change>> events = seen.events();
                for (Event<Change> event : events.subList(counted, events.size())) {
                    if (event instanceof CursorExpired<Change> expired) {
                        expired.gaps().forEach(gap -> expiries.merge(gap.reason(), 1, Integer::sum));
                    }
                }
                counted = events.size();
            }
        }
    }

    Market(long seed) throws SQLException {
        random = new SplittableRandom(seed);
        String pace = random.nextBoolean() ? "reload-interval = 1s, reload-jitter = 1s" : "";
        kit = GaplessTestKit.create("gapless { buffer-messages = 16, " + pace + " }");
        for (int i = 1; i <= EXCHANGES; i++) {
            sellers.add(new Seller("exchange" + i));
        }
        for (int i = 1; i <= BOOKS; i++) {
            books.add(new Shown("book" + i));
        }
    }

    /** Something happens; every other time, exchanges change. */
    void next() throws SQLException {
        Fault fault = random.nextBoolean() ? Fault.CHANGES : FAULTS.get(random.nextInt(FAULTS.size()));
        Seller seller = sellers.get(random.nextInt(EXCHANGES));
        Shown book = books.get(random.nextInt(BOOKS));
        log.add(fault + " " + seller.node + " " + book.node);
        faults.merge(fault, 1, Integer::sum);
        happens(fault, seller, book);
    }

    private void happens(Fault fault, Seller seller, Shown book) throws SQLException {
        switch (fault) {
            case CHANGES -> change(seller, 1 + random.nextInt(MOST_CHANGES));
            case CUT -> kit.cut(seller.node, book.node);
            case RECONNECT -> kit.reconnect(seller.node, book.node);
            case OVERRUN -> {
                if (seller.runs) {
                    seller.node.overrun(Exchange.CHANGES, () -> unchecked(() -> change(seller, 2)));
                }
            }
            case EXCHANGE_RESTARTS -> {
                seller.crash();
                seller.start();
            }
            case EXCHANGE_ENDS_BEFORE_PUBLISHING -> {
                if (seller.runs) {
                    seller.crash();
                    seller.changeTooLate();
                }
            }
            case EXCHANGE_IS_LOST -> {
                seller.runs = false;
                seller.node.lose();
            }
            case EXCHANGE_LEAVES -> {
                if (seller.runs) {
                    seller.runs = false;
                    seller.node.leave();
                    seller.changeTooLate();
                }
            }
            case EXCHANGE_STARTS -> seller.start();
            case BOOK_IS_KILLED -> book.kill();
            case BOOK_FAILS_BEFORE_COMMIT -> book.fails = true;
            case BOOK_STARTS -> book.startIfEnded();
            case BOOK_STALLS -> book.seen.stall();
            case BOOK_PROCEEDS -> book.seen.proceed();
            case BOOK_PAUSES -> book.seen.pause();
            case BOOK_RESUMES -> book.seen.resume();
            case RELOAD_IS_SLOW -> {
                boolean restarts = random.nextInt(4) == 0;
                book.seen.duringReload(() -> unchecked(() -> {
                    change(seller, 1 + random.nextInt(MOST_CHANGES));
                    if (restarts && seller.runs) { // and not just being started
                        happens(Fault.EXCHANGE_RESTARTS, seller, book);
                    }
                    kit.pass(Duration.ofSeconds(random.nextInt(10)));
                }));
            }
            case RELOAD_FAILS -> book.seen.failReload(new IllegalStateException("no database"));
            case TIME_PASSES -> kit.pass(Duration.ofSeconds(1 + random.nextInt(20)));
        }
    }

    private static void change(Seller seller, int times) throws SQLException {
        for (int i = 0; i < times && seller.runs; i++) {
            seller.change();
        }
    }

    interface Attempt {
        void make() throws SQLException;
    }

    static void unchecked(Attempt attempt) {
        try {
            attempt.make();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Everything works again, and nothing changes, until all is level. */
    void calm() throws SQLException {
        log.add("calm");
        for (Shown book : books) {
            book.node.reconnect();
            book.fails = false;
            book.seen.resume();
            book.seen.proceed();
            book.startIfEnded();
        }
        for (Seller seller : sellers) {
            seller.start();
        }
        kit.pass(Duration.ofMinutes(2));
        books.forEach(Shown::count);
    }

    Snapshot source() throws SQLException {
        return Exchange.snapshot(exchanges);
    }

    Map<Level, Long> quantities(int book) throws SQLException {
        return books.get(book).book.quantities();
    }

    Map<Level, Long> quantitiesOfTable(int book) {
        assertTrue(books.get(book).table.isCurrent());
        return books.get(book).table.quantities();
    }

    Map<Fault, Integer> faults() {
        return faults;
    }

    /** How often order books were told, by reason. */
    Map<Reason, Integer> expiries() {
        return expiries;
    }

    List<String> log() {
        return log;
    }

    @Override
    public void close() throws SQLException {
        kit.close();
        exchanges.close();
        for (Shown book : books) {
            book.own.close();
        }
    }
}
