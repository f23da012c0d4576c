package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docs/guarantees.md shows and says, beside what other tests show. */
class GuaranteesExamplesTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, """
                gapless.buffer-messages = 100
                gapless.reload-backoff.min = 10ms
                pekko.actor.serialization-bindings { "dev.gapless.GuaranteesExamplesTest$Order" = jackson-cbor }
                """);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    record Order(String id, int amount, long version) {}

    /** The truth: whoever publishes has written here before. */
    private static final class OrderService {
        private final Map<String, Order> orders = new ConcurrentHashMap<>();

        void put(Order order) {
            orders.put(order.id(), order);
        }

        List<Order> readAll() {
            return List.copyOf(orders.values());
        }
    }

    /** A database as far as it matters: what a transaction wrote is there as a whole, or not at all. */
    private static final class Database {
        private Map<String, Order> orders = Map.of();
        private List<Order> mails = List.of();
        private @Nullable String token;
        private boolean loaded;
        private int commits;
        private int crashAt = -1;

        final class Transaction {
            private final Map<String, Order> newOrders = new HashMap<>(orders);
            private final List<Order> newMails = new ArrayList<>(mails);
            private @Nullable String newToken = token;
            private boolean newLoaded = loaded;

            void putIfNewer(Order order) {
                newOrders.merge(order.id(), order, (old, now) -> now.version() > old.version() ? now : old);
            }

            void addMail(Order order) {
                newMails.add(order);
            }

            void putToken(String position) {
                newToken = position;
            }

            void putLoaded() {
                newLoaded = true;
            }

            private void commit() {
                commits++;
                if (commits == crashAt) {
                    throw new IllegalStateException("The process dies before this is committed");
                }
                orders = newOrders;
                mails = newMails;
                token = newToken;
                loaded = newLoaded;
            }
        }

        synchronized void inTransaction(Consumer<Transaction> work) {
            Transaction transaction = new Transaction();
            work.accept(transaction);
            transaction.commit();
        }

        synchronized @Nullable String tokenIfLoaded() {
            return loaded ? token : null;
        }

        synchronized Map<String, Order> orders() {
            return orders;
        }

        synchronized List<Order> mails() {
            return mails;
        }

        synchronized void crashAfter(int more) {
            crashAt = commits + more;
        }
    }

    // shown in docs/guarantees.md
    static class OrderTable implements MessageHandler<Order> {
        private final Database database;
        private final OrderService source;

        OrderTable(Database database, OrderService source) {
            this.database = database;
            this.source = source;
        }

        Subscription start(Gapless gapless, Topic<Order> topic) {
            String token = database.tokenIfLoaded();
            if (token != null) {
                return gapless.subscribe(topic, StartFrom.token(token), this);
            }
            return gapless.subscribe(
                    topic, StartFrom.latest(), SubscriptionSettings.defaults().loadFirst(), this);
        }

        @Override
        public void onMessage(Delivery<Order> delivery) {
            database.inTransaction(transaction -> {
                transaction.putIfNewer(delivery.message());
                transaction.addMail(delivery.message()); // must happen once for each message
                transaction.putToken(delivery.token().toString());
            });
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Order> expired) {
            load(); // if it throws, it is called again after a while
            return CompletableFuture.completedFuture(Reload.done());
        }

        private void load() {
            List<Order> orders = source.readAll(); // reads now
            database.inTransaction(transaction -> {
                orders.forEach(transaction::putIfNewer);
                transaction.putLoaded();
            });
        }
    }
    // end

    @Test
    void stateAndPositionInOneTransactionMakeEffectsHappenOnce() {
        Topic<Order> topic = Topic.of("orders", Order.class);
        OrderService source = new OrderService();
        Database database = new Database();
        Producer<Order> producer = cluster.gapless(0).producer(topic);
        source.put(new Order("before", 1, 1));

        Subscription first = new OrderTable(database, source).start(cluster.gapless(1), topic);
        get(first.ready());
        await(() -> database.orders().containsKey("before"));
        database.crashAfter(30);
        publish(source, producer, 1, 60);
        assertEquals(Ended.Reason.FAILED, get(first.whenEnded()));
        assertEquals(29, database.mails().size());

        Subscription second = new OrderTable(database, source).start(cluster.gapless(0), topic); // on another node
        await(() -> database.mails().size() == 60);
        assertEquals(
                versions(1, 60), database.mails().stream().map(Order::version).toList());

        get(second.cancel());
        publish(source, producer, 61, 300); // more than the ring holds
        Subscription third = new OrderTable(database, source).start(cluster.gapless(1), topic);
        await(() -> database.orders().equals(source.orders));
        publish(source, producer, 301, 301);
        await(() -> database.orders().equals(source.orders));
        List<Long> mailed = database.mails().stream().map(Order::version).toList();
        assertEquals(versions(1, 60), mailed.subList(0, 60));
        assertEquals(61, mailed.size(), "what was missed has no mail: a reload restores state, not effects");
        get(third.cancel());
    }

    private static void publish(OrderService source, Producer<Order> producer, int from, int to) {
        for (int version = from; version <= to; version++) {
            Order order = new Order("o" + version % 7, version, version);
            source.put(order);
            get(producer.publish(order));
        }
    }

    private static List<Long> versions(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(version -> (long) version)
                .toList();
    }

    /** A view that a stream keeps. */
    private static class OrderView {
        private final OrderService source;
        private final Map<String, Order> orders = new ConcurrentHashMap<>();
        private final List<Event<Order>> events = new ArrayList<>();
        final CompletableFuture<Done> gate = new CompletableFuture<>();
        final CompletableFuture<Done> reload = new CompletableFuture<>();

        OrderView(OrderService source) {
            this.source = source;
        }

        synchronized List<Event<Order>> events() {
            return List.copyOf(events);
        }

        CompletionStage<Done> apply(Order order) {
            orders.merge(order.id(), order, (old, now) -> now.version() > old.version() ? now : old);
            return gate;
        }

        CompletionStage<Done> reload() {
            return reload.thenApply(done -> {
                source.readAll().forEach(this::apply);
                return done;
            });
        }

        // shown in docs/guarantees.md
        CompletionStage<Done> on(Event<Order> event) {
            if (event instanceof Delivery<Order> delivery) {
                return apply(delivery.message());
            } else if (event instanceof CursorExpired<Order>) {
                return reload(); // the stream asks for the next event when this has completed
            }
            return CompletableFuture.completedFuture(Done.getInstance());
        }
        // end

        synchronized void note(Event<Order> event) {
            events.add(event);
        }
    }

    @Test
    void aStreamAsksForNothingBeforeItHasReloaded() {
        Topic<Order> topic = Topic.of("streamed", Order.class);
        OrderService source = new OrderService();
        OrderView view = new OrderView(source) {
            @Override
            CompletionStage<Done> on(Event<Order> event) {
                note(event);
                return super.on(event);
            }
        };
        Gapless gapless = cluster.gapless(1);
        ActorSystem system = cluster.system(1);
        Recorder<Order> level = new Recorder<>();
        get(gapless.subscribe(topic, StartFrom.latest(), level).ready());

        // shown in docs/guarantees.md
        Subscription subscription = gapless.source(topic, StartFrom.latest())
                .mapAsync(1, view::on)
                .toMat(Sink.ignore(), Keep.left())
                .run(system);
        // end

        get(subscription.ready());
        Producer<Order> producer = cluster.gapless(0).producer(topic);
        for (int version = 1; version <= 300; version++) {
            publish(source, producer, version, version);
            long last = version;
            await(() -> level.messages().stream().anyMatch(order -> order.version() == last)
                    && view.events().size() == 1); // or the second is read together with the first
        }
        assertEquals(1, view.events().size());
        view.gate.complete(Done.getInstance());
        await(() -> view.events().size() == 2);
        assertTrue(view.events().get(1) instanceof CursorExpired);
        publish(source, producer, 301, 301);
        await(() -> level.messages().stream().anyMatch(order -> order.version() == 301));
        assertEquals(2, view.events().size(), "nothing is given before it has reloaded");
        String publisher = cluster.gapless(0).nodeName();
        assertEquals(1, subscription.token().positions().get(publisher).sequence(), "in front of the gap");
        view.reload.complete(Done.getInstance());
        await(() -> view.orders.equals(source.orders));
        get(subscription.cancel());
    }

    @Test
    void aNodeThatIsRemovedEndsItsSubscriptionsWithATokenThatResumesOnAnother() {
        try (TestCluster own = TestCluster.of(2, "gapless.producer-return-timeout = 1s")) {
            Topic<Integer> topic = Topic.of("downed", Integer.class);
            Recorder<Integer> removed = new Recorder<>();
            Recorder<Integer> staying = new Recorder<>();
            Subscription subscription = own.gapless(1).subscribe(topic, StartFrom.latest(), removed);
            get(subscription.ready());
            get(own.gapless(0).subscribe(topic, StartFrom.latest(), staying).ready());
            get(own.gapless(0).producer(topic).publish(1));
            get(own.gapless(1).producer(topic).publish(2));
            await(() -> removed.messages().size() == 2 && staying.messages().size() == 2);

            Cluster.get(own.system(0)).down(Cluster.get(own.system(1)).selfAddress());

            assertEquals(Ended.Reason.SHUTDOWN, get(subscription.whenEnded()));
            assertTrue(removed.expired().isEmpty());
            CursorToken token = removed.ended().get(0).token();
            get(own.system(1).getWhenTerminated());
            await(() -> staying.expired().size() == 1);
            assertEquals(
                    Reason.PRODUCER_LOST, staying.expired().get(0).gaps().get(0).reason());
            get(own.gapless(0).producer(topic).publish(3));
            Recorder<Integer> resumed = new Recorder<>();
            own.gapless(0).subscribe(topic, StartFrom.token(token), resumed);
            await(() -> resumed.messages().equals(List.of(3)));
            await(() -> !resumed.expired().isEmpty());
            assertFalse(resumed.expired().get(0).gaps().isEmpty());
        }
    }
}
