package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gapless.core.CursorToken;
import dev.gapless.core.table.Change;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The code of docs/tables.md really runs; {@link DocumentsTest} holds the two together. */
class TableExamplesTest {
    private static final String CONFIG = """
            pekko.actor.serialization-bindings { "dev.gapless.TableExamplesTest$Price" = jackson-cbor }
            """;

    record Price(String symbol, double value, long version) {}

    interface Database {
        Iterable<Price> readAll();
    }

    /** What a user sees. */
    static final class Screen {
        final Map<String, Price> shown = new ConcurrentHashMap<>();

        void show(Price price) {
            shown.put(price.symbol(), price);
        }

        void remove(String symbol) {
            shown.remove(symbol);
        }
    }

    @Test
    void theExamplesDoWhatTheySay() {
        try (TestCluster cluster = TestCluster.of(2, CONFIG)) {
            Gapless gapless = cluster.gapless(1);
            Topic<Price> topic = Topic.of("prices", Price.class);
            Producer<Price> producer = cluster.gapless(0).producer(topic);
            List<Price> rows =
                    new CopyOnWriteArrayList<>(List.of(new Price("EURUSD", 1.0834, 7), new Price("XAU", 2011.5, 1)));
            Database database = () -> rows;
            Screen screen = new Screen();

            // shown in docs/tables.md
            TableSource<Price> source = TableSource.versioned(database::readAll, Price::symbol, Price::version);
            Table<Price> prices = gapless.table(topic, source);
            // end
            get(prices.ready());

            // shown in docs/tables.md
            TableView<Price> view = prices.view();
            Price euro = view.rows().get("EURUSD");
            CursorToken token = view.token(); // whoever resumes by it is given everything that the view does not have
            // end
            assertEquals(rows.get(0), euro);

            // shown in docs/tables.md
            prices.onChange(changes -> {
                for (Change<Price> change : changes.changes()) {
                    if (change.after() == null) {
                        screen.remove(change.key());
                    } else {
                        screen.show(change.after());
                    }
                }
            });
            // end
            await(() -> screen.shown.size() == 2);

            // shown in docs/tables.md
            producer.publish("EURUSD", new Price("EURUSD", 1.0835, 8)); // written as version 8 before
            producer.delete("XAU", 2); // deleted as version 2
            // end
            await(() -> screen.shown.equals(Map.of("EURUSD", new Price("EURUSD", 1.0835, 8))));

            Price price = new Price("EURUSD", 1.0836, 9);
            // shown in docs/tables.md
            CompletionStage<TableView<Price>> written =
                    producer.publish("EURUSD", price).thenCompose(prices::reached);
            // end
            assertEquals(price, get(written).rows().get("EURUSD"));

            // shown in docs/tables.md
            TableSource<Price> bounded =
                    source.withSize(row -> 64 + 2 * row.symbol().length());
            // end
            try (Table<Price> small = gapless.table(topic, bounded)) {
                get(small.ready());
            }

            Recorder<Price> resumed = new Recorder<>();
            get(gapless.subscribe(topic, StartFrom.token(token), resumed).ready());
            await(() -> resumed.messages().contains(price));
            assertFalse(resumed.messages().isEmpty());
            whatIsNotPublishedIsInvalidated(rows, producer, prices);
        }
    }

    private static void whatIsNotPublishedIsInvalidated(
            List<Price> rows, Producer<Price> producer, Table<Price> prices) {
        Price price = new Price("E".repeat(2_000_000), 1.0837, 10); // larger than a message may be
        rows.add(price);
        // shown in docs/tables.md
        producer.publish("EURUSD", price)
                .exceptionallyCompose(failure -> producer.invalidate("EURUSD was not published: " + failure));
        // end
        await(() -> prices.view().rows().containsValue(price));
        rows.remove(price);
    }

    /** A view that a subscriber writes. */
    interface PositionedDatabase {
        Iterable<Price> prices();

        String token();
    }

    @Test
    void rowsWithTheirToken() {
        try (TestCluster cluster = TestCluster.of(1, CONFIG)) {
            Gapless gapless = cluster.gapless(0);
            Topic<Price> topic = Topic.of("prices", Price.class);
            Subscription writer = gapless.subscribe(topic, StartFrom.latest(), new Recorder<>());
            get(writer.ready());
            String stored = writer.token().toString();
            List<Price> rows = List.of(new Price("EURUSD", 1.0834, 7));
            PositionedDatabase database = new PositionedDatabase() {
                @Override
                public Iterable<Price> prices() {
                    return rows;
                }

                @Override
                public String token() {
                    return stored;
                }
            };

            // shown in docs/tables.md
            TableSource<Price> source = TableSource.positioned(
                    () -> new TableRows<>(database.prices(), CursorToken.parse(database.token())),
                    Price::symbol); // in one transaction
            Table<Price> prices = gapless.table(topic, source);
            // end
            get(prices.ready());
            Price older = new Price("EURUSD", 1.0833, 6);
            get(gapless.producer(topic).publish("EURUSD", older).thenCompose(prices::reached));
            assertEquals(Map.of("EURUSD", older), prices.view().rows()); // what came later counts
        }
    }
}
