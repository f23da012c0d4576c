package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The code of README.md really runs; {@link DocumentsTest} holds the two together. */
class ReadmeExamplesTest {
    private static final String CONFIG = """
            gapless.buffer-messages = 100
            pekko.actor.serialization-bindings { "dev.gapless.ReadmeExamplesTest$Price" = jackson-cbor }
            """;

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, CONFIG);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    // shown in README.md
    record Price(String symbol, double value, long version) {}
    // end

    interface Database {
        Iterable<Price> readAll();
    }

    interface PriceTable {
        Map<String, Price> readAll();
    }

    // shown in README.md
    static class PriceCache implements MessageHandler<Price> {
        private final Map<String, Price> prices = new HashMap<>();
        private final PriceTable table;

        PriceCache(PriceTable table) {
            this.table = table;
        }

        @Override
        public void onMessage(Delivery<Price> delivery) {
            if (!delivery.isDeleted()) { // a deletion has a key but no message
                apply(delivery.message());
            }
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Price> expired) {
            load(); // if it throws, it is called again after a while
            return CompletableFuture.completedFuture(Reload.done());
        }

        synchronized void load() {
            table.readAll().values().forEach(this::apply); // read now: an earlier copy lacks the missed messages
        }

        synchronized void apply(Price price) { // idempotent: a repeated or late message changes nothing
            prices.merge(price.symbol(), price, (old, now) -> now.version() > old.version() ? now : old);
        }

        synchronized Map<String, Price> prices() {
            return Map.copyOf(prices);
        }
    }
    // end

    @Test
    @DisplayName(
            "the first lines load the rows of a database, and follow what is published, without missing anything in between")
    void theFirstLinesLoadAndFollow() {
        // Whoever publishes writes first: what is published before the table is ready is in the database.
        Map<String, Price> rows = Map.of("EURUSD", new Price("EURUSD", 1.0834, 7), "XAU", new Price("XAU", 2011.5, 1));
        Database database = rows::values;
        ActorSystem system = cluster.system(1);

        // shown in README.md
        Gapless gapless = Gapless.get(system); // an actor system that is a member of a cluster
        Topic<Price> topic = Topic.of("prices", Price.class);

        TableSource<Price> source = TableSource.versioned(database::readAll, Price::symbol, Price::version);
        Table<Price> prices = gapless.table(topic, source);
        CompletionStage<TableView<Price>> loaded = prices.ready(); // the rows are there, and follow what is published

        Producer<Price> producer = gapless.producer(topic);
        CompletionStage<Position> position = producer.publish("EURUSD", new Price("EURUSD", 1.0834, 7));
        // end

        assertEquals(1, get(position).sequence());
        assertEquals(rows, get(loaded).rows());
        Price next = new Price("EURUSD", 1.0835, 8);
        get(prices.reached(get(producer.publish("EURUSD", next))));
        assertEquals(
                Map.of("EURUSD", next, "XAU", rows.get("XAU")), prices.view().rows());
        prices.close();
    }

    @Test
    @DisplayName("a cache by hand is loaded, and follows what is published")
    void aCacheByHandIsLoadedAndFollows() {
        Map<String, Price> rows = Map.of("EURUSD", new Price("EURUSD", 1.0834, 7), "XAU", new Price("XAU", 2011.5, 1));
        PriceTable table = () -> rows;
        Gapless gapless = cluster.gapless(1);
        Topic<Price> topic = Topic.of("by-hand", Price.class);

        // shown in README.md
        PriceCache cache = new PriceCache(table);
        SubscriptionSettings loading = SubscriptionSettings.defaults().loadFirst();
        Subscription subscription = gapless.subscribe(topic, StartFrom.latest(), loading, cache);
        CompletionStage<Ready> ready = subscription.ready(); // the cache is filled, and follows
        // end

        get(ready);
        assertEquals(rows, cache.prices());
        Price next = new Price("EURUSD", 1.0835, 8);
        get(gapless.producer(topic).publish(next));
        await(() -> cache.prices().equals(Map.of("EURUSD", next, "XAU", rows.get("XAU"))));
    }

    @Test
    @DisplayName("a cache that the ring overtook is like the table after its reload, whatever comes again")
    void aCacheThatIsOvertakenReloads() throws InterruptedException {
        Topic<Price> topic = Topic.of("overtaken", Price.class);
        SharedTable table = new SharedTable();
        Gate gate = new Gate();
        List<CursorExpired<Price>> told = new CopyOnWriteArrayList<>();
        PriceCache cache = new PriceCache(table::readAll) {
            @Override
            public void onMessage(Delivery<Price> delivery) {
                gate.pass();
                super.onMessage(delivery);
            }

            @Override
            public synchronized CompletionStage<Reload> onCursorExpired(CursorExpired<Price> expired) {
                told.add(expired);
                return super.onCursorExpired(expired);
            }
        };
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), cache).ready());
        Producer<Price> producer = cluster.gapless(0).producer(topic);

        for (int version = 1; version <= 1000; version++) {
            Price price = new Price("S" + version % 7, version / 8.0, version);
            table.put(price, null); // the row first, the message afterwards
            get(producer.publish(price));
        }
        gate.open();

        await(() -> cache.prices().equals(table.readAll()));
        assertFalse(told.isEmpty());
        assertEquals(Reason.OVERRUN, told.get(0).gaps().get(0).reason());
    }

    /** A table that a subscriber writes: rows, and how far they go, in one transaction. */
    static final class SharedTable {
        private final Map<String, Price> rows = new HashMap<>();
        private CursorToken token;

        record Snapshot(Map<String, Price> rows, CursorToken token) {}

        synchronized void put(Price price, CursorToken readUpTo) {
            rows.put(price.symbol(), price);
            token = readUpTo;
        }

        synchronized Map<String, Price> readAll() {
            return Map.copyOf(rows);
        }

        synchronized Snapshot snapshot() {
            return new Snapshot(Map.copyOf(rows), token);
        }
    }

    // shown in docs/guarantees.md
    static class PriceView implements MessageHandler<Price> {
        private final Map<String, Price> prices = new HashMap<>();
        private final SharedTable table;

        PriceView(SharedTable table) {
            this.table = table;
        }

        @Override
        public void onMessage(Delivery<Price> delivery) {
            prices.put(delivery.message().symbol(), delivery.message()); // each message once: no version needed
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Price> expired) {
            SharedTable.Snapshot snapshot = table.snapshot(); // rows and token, in one transaction
            if (expired.gaps().stream().anyMatch(gap -> isBehind(snapshot.token(), gap))) {
                throw new IllegalStateException("The table does not have the missing messages yet"); // tried again
            }
            prices.clear();
            prices.putAll(snapshot.rows());
            return CompletableFuture.completedFuture(Reload.upTo(snapshot.token()));
        }

        static boolean isBehind(CursorToken token, Gap gap) {
            if (gap.node() == null || !token.positions().containsKey(gap.node())) {
                return false; // of no single node, or the table has no stream of it that goes on
            }
            Position at = token.positions().get(gap.node());
            if (at == null) {
                return true; // listed without a position: not read yet
            }
            Position next = gap.resumesAt();
            return (next != null && at.epoch().equals(next.epoch()))
                    ? at.sequence() + 1 < next.sequence()
                    : at.epoch().equals(gap.epoch());
        }
    }
    // end

    @Test
    @DisplayName("ruleS4: with Reload.upTo nothing that the table reflects comes again")
    void aViewOfATableThatASubscriberWritesGetsNothingTwice() throws InterruptedException {
        Topic<Price> topic = Topic.of("view", Price.class);
        SharedTable table = new SharedTable();
        Recorder<Price> writer = new Recorder<>() {
            @Override
            public void onMessage(Delivery<Price> delivery) throws Exception {
                table.put(delivery.message(), delivery.token());
                super.onMessage(delivery);
            }
        };
        Gate gate = new Gate();
        List<Long> delivered = new ArrayList<>();
        List<CursorExpired<Price>> told = new CopyOnWriteArrayList<>();
        PriceView view = new PriceView(table) {
            @Override
            public void onMessage(Delivery<Price> delivery) {
                gate.pass();
                super.onMessage(delivery);
                synchronized (delivered) {
                    delivered.add(delivery.message().version());
                }
            }

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Price> expired) {
                CompletionStage<Reload> reload = super.onCursorExpired(expired);
                told.add(expired); // what is published from now on is not in the table that it has read
                return reload;
            }
        };
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), writer).ready());
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), view).ready());
        Producer<Price> producer = cluster.gapless(0).producer(topic);

        for (int version = 1; version <= 1000; version++) {
            get(producer.publish(new Price("S" + version % 7, version / 8.0, version)));
            int published = version;
            if (version % 50 == 0) {
                await(() -> writer.messages().size() == published); // the writer keeps up, the view is held up
            }
        }
        gate.open();
        await(() -> !told.isEmpty());
        get(producer.publish(new Price("S1", 0, 1001)));
        await(() -> writer.messages().size() == 1001);

        await(() -> {
            synchronized (delivered) {
                return delivered.contains(1001L);
            }
        });
        assertTrue(writer.expired().isEmpty());
        Gap gap = told.get(0).gaps().get(0);
        synchronized (delivered) {
            long before = gap.firstMissing() - 1;
            assertEquals(before + 1, delivered.size(), "only what came before the gap, and the one after the reload");
        }
        assertEquals(table.readAll(), view.prices);
    }

    @Test
    @DisplayName("a view waits for a table that is behind, and for no gap that its token never reaches")
    void aViewWaitsForATableThatIsBehind() {
        Epoch before = new Epoch(1);
        Epoch now = new Epoch(2);
        CursorToken token = new CursorToken("view", "cluster", 0, Map.of("n", new Position(now, 3)));
        assertTrue(PriceView.isBehind(token, new Gap("n", Reason.OVERRUN, now, 4L, 2L, new Position(now, 6))));
        assertFalse(PriceView.isBehind(token, new Gap("n", Reason.OVERRUN, now, 3L, 1L, new Position(now, 4))));
        assertTrue(PriceView.isBehind(token, new Gap("n", Reason.PRODUCER_LOST, now, 4L, null, null)));
        assertFalse(
                PriceView.isBehind(token, new Gap("n", Reason.PRODUCER_LOST, before, 9L, null, null)),
                "the table reads a later stream of that node");
        assertFalse(PriceView.isBehind(token, new Gap("lost", Reason.PRODUCER_LOST, before, 9L, null, null)));
        assertFalse(PriceView.isBehind(token, new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null)));
    }

    /** Holds up whoever passes until it is open. */
    private static final class Gate {
        private final CountDownLatch latch = new CountDownLatch(1);

        void open() {
            latch.countDown();
        }

        void pass() {
            try {
                assertTrue(latch.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
