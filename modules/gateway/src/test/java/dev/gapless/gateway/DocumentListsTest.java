package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.Gapless;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.ChangeType;
import dev.gapless.gateway.v1.DocumentChange;
import dev.gapless.gateway.v1.DocumentChangesGrpc;
import dev.gapless.gateway.v1.SubscribeRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of DocumentChanges that want a snapshot get the documents, and then what changes, without a gap between. */
@Timeout(120)
class DocumentListsTest extends PricesFixture {

    private DocumentChangesGrpc.DocumentChangesStub stub;

    @BeforeEach
    void connect() {
        stub = DocumentChangesGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
    }

    /** A client's copy of the prices. While they are listed it is not looked at. */
    private static final class Copy {
        private Map<String, Integer> prices = new TreeMap<>();
        private final Map<String, Long> versions = new HashMap<>();
        private Map<String, Integer> listed = new TreeMap<>();
        private boolean isListing;
        private int lists;
        private int upserts;
        private long sequence;

        private void take(DocumentChange change) {
            assertTrue(change.getSequence() > sequence, "sequences rise");
            sequence = change.getSequence();
            assertEquals("prices", change.getCollection());
            String id = change.getDocId();
            switch (change.getChangeType()) {
                case CHANGE_TYPE_RESYNC -> {
                    assertEquals("", id);
                    isListing = true;
                    listed = new TreeMap<>();
                }
                case CHANGE_TYPE_LISTED -> {
                    assertTrue(isListing);
                    assertEquals("", id);
                    isListing = false;
                    lists++;
                    prices = listed;
                }
                case CHANGE_TYPE_UPSERT -> {
                    if (isListing) {
                        assertNull(listed.put(id, price(change)), "each document once");
                    } else {
                        upserts++;
                        prices.put(id, price(change));
                    }
                }
                case CHANGE_TYPE_DELETE -> {
                    assertFalse(isListing);
                    assertFalse(change.hasJsonData());
                    prices.remove(id);
                }
                default -> throw new AssertionError("unexpected: " + change);
            }
        }

        /** No document goes back in time. */
        private int price(DocumentChange change) {
            JsonNode row = TestGateway.json(change.getJsonData());
            long version = row.path("v").asLong();
            assertTrue(versions.getOrDefault(change.getDocId(), 0L) <= version, change::toString);
            versions.put(change.getDocId(), version);
            return row.path("price").asInt();
        }

        /** Reads until it has that. */
        void until(GrpcStream<?, DocumentChange> stream, Map<String, Integer> wanted) {
            do {
                take(stream.next());
            } while (isListing || !prices.equals(wanted));
        }
    }

    private static SubscribeRequest.Builder lists(String... collections) {
        return SubscribeRequest.newBuilder().setSnapshot(true).addAllCollections(List.of(collections));
    }

    private GrpcStream<SubscribeRequest, DocumentChange> subscribe(SubscribeRequest.Builder request) {
        return gateway.closing(GrpcStream.open(request.build(), stub::subscribe));
    }

    private GrpcStream<SubscribeRequest, DocumentChange> subscribe(int first, SubscribeRequest.Builder request) {
        return gateway.closing(GrpcStream.open(first, request.build(), stub::subscribe));
    }

    private static List<String> described(List<DocumentChange> changes) {
        return changes.stream()
                .map(change ->
                        (change.getChangeType().name().replace("CHANGE_TYPE_", "") + " " + change.getDocId()).strip())
                .toList();
    }

    @Test
    @DisplayName("the documents come between RESYNC and LISTED; then changes are upserted and deleted")
    void list() {
        GrpcStream<?, DocumentChange> stream = subscribe(lists("prices"));
        List<DocumentChange> list = stream.next(5);
        assertEquals("RESYNC", described(list).get(0));
        assertEquals(
                Set.of("UPSERT BTCUSD", "UPSERT EURCHF", "UPSERT EURUSD"), Set.copyOf(described(list.subList(1, 4))));
        assertEquals("LISTED", described(list).get(4));
        assertFalse(list.get(0).hasJsonData());
        assertFalse(list.get(4).hasJsonData());
        Copy copy = new Copy();
        list.forEach(copy::take);
        assertEquals(now(), copy.prices);
        publish("EURUSD", 11);
        assertEquals(List.of("UPSERT EURUSD"), described(stream.next(1)));
        delete("BTCUSD");
        assertEquals(List.of("DELETE BTCUSD"), described(stream.next(1)));
        assertEquals(
                1, list.stream().mapToLong(DocumentChange::getEpoch).distinct().count());
    }

    @Test
    @DisplayName("rowT6: whoever comes while documents change has each of them at the end, and none goes back in time")
    void whileTheyChange() {
        List<GrpcStream<?, DocumentChange>> streams = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String key = "k" + i % 40;
            if (i % 7 == 0 && rows.containsKey(key)) {
                delete(key);
            } else {
                publish(key, i);
            }
            if (i % 50 == 0) {
                streams.add(subscribe(lists("prices")));
            }
            if (i % 100 == 0) {
                TestGateway.get(table.reached(publish("last", i))); // the table is not overtaken
            }
        }
        Map<String, Integer> end = now();
        for (GrpcStream<?, DocumentChange> stream : streams) {
            Copy copy = new Copy();
            copy.until(stream, end);
            assertEquals(1, copy.lists);
        }
    }

    @Test
    @DisplayName("after a gap the documents are listed again, and what is not among them is gone")
    void gap() {
        GrpcStream<?, DocumentChange> stream = subscribe(lists("prices"));
        Copy copy = new Copy();
        copy.until(stream, now());
        put("EURUSD", 111); // nobody publishes it
        rows.remove("BTCUSD");
        miss();
        List<DocumentChange> again = stream.next(4);
        assertEquals("RESYNC", described(again).get(0));
        assertEquals(Set.of("UPSERT EURCHF", "UPSERT EURUSD"), Set.copyOf(described(again.subList(1, 3))));
        assertEquals("LISTED", described(again).get(3));
        again.forEach(copy::take);
        assertEquals(now(), copy.prices);
        miss(); // and nothing differs
        copy.until(stream, now());
        assertEquals(0, copy.upserts);
    }

    @Test
    @DisplayName("who is slow gets the newest of each document, and is not told to list them again")
    void slow() {
        GrpcStream<?, DocumentChange> stream = subscribe(5, lists("prices"));
        Copy copy = new Copy();
        copy.until(stream, now());
        int published = publishesMoreThanIsTaken();
        stream.call.request(Integer.MAX_VALUE);
        copy.until(stream, now());
        assertEquals(1, copy.lists);
        assertTrue(copy.upserts < published / 2, "not each of them");
    }

    @Test
    @DisplayName("after a gap a slow client lists again, too, if the source was read before it could be told")
    void gapThatIsOver() {
        GrpcStream<?, DocumentChange> stream = subscribe(5, lists("prices"));
        Copy copy = new Copy();
        copy.until(stream, now());
        publishesMoreThanIsTaken();
        var unused = TestGateway.get(table.reached(miss())); // it has read its source again, and nothing differs
        stream.call.request(Integer.MAX_VALUE);
        copy.until(stream, now());
        assertEquals(2, copy.lists);
    }

    /** More than the ring, and what sockets and flow control hold. {@return how many} */
    private int publishesMoreThanIsTaken() {
        text = "x".repeat(10_000);
        List<String> keys = new ArrayList<>(now().keySet());
        int published = 1_000;
        for (int i = 0; i < published; i++) {
            publishAndReach(keys.get(i % keys.size()), i);
        }
        return published;
    }

    @Test
    @DisplayName("whoever comes back gets the documents again, and its number is of no ring")
    void comesBack() {
        GrpcStream<?, DocumentChange> first = subscribe(lists("prices"));
        DocumentChange last = first.next(5).get(4);
        SubscribeRequest.Builder since = lists("prices").setSinceSequence(last.getSequence());
        DocumentChange again = subscribe(since).next();
        assertEquals(ChangeType.CHANGE_TYPE_RESYNC, again.getChangeType());
        assertNotEquals(last.getEpoch(), again.getEpoch());
        GrpcStream<?, DocumentChange> changes =
                subscribe(since.setSinceEpoch(last.getEpoch()).setSnapshot(false));
        assertEquals(List.of("RESYNC"), described(changes.next(1)));
    }

    @Test
    @DisplayName("a document that the gateway does not show is listed without its JSON")
    void large() {
        GrpcStream<?, DocumentChange> stream = subscribe(lists("prices"));
        new Copy().until(stream, now());
        text = "x".repeat(70_000);
        publish("EURUSD", 1);
        DocumentChange change = stream.next();
        assertEquals(List.of("UPSERT EURUSD"), described(List.of(change)));
        assertFalse(change.hasJsonData());
        DocumentChange listed = subscribe(lists("prices")).next(5).stream()
                .filter(one -> one.getDocId().equals("EURUSD"))
                .findFirst()
                .orElseThrow();
        assertFalse(listed.hasJsonData());
    }

    @Test
    @DisplayName("a collection without a table cannot be listed")
    void noTable() {
        GrpcStream<?, ?> stream = subscribe(lists("prices", "other"));
        assertEquals(Status.Code.FAILED_PRECONDITION, stream.status());
        assertEquals("no_table", stream.trailer("gapless-code"));
        assertEquals(Status.Code.INVALID_ARGUMENT, subscribe(lists("")).status());
        try (TestGateway none = TestGateway.start("")) {
            var there =
                    DocumentChangesGrpc.newStub(GrpcStream.Connection.to(none).channel());
            GrpcStream<?, ?> all = none.closing(GrpcStream.open(lists().build(), there::subscribe));
            assertEquals("no_table", all.trailer("gapless-code"));
        }
    }

    private static Table<String> words(Gapless gapless, String topic, String... words) {
        return gapless.table(
                Topic.of(topic, String.class), TableSource.versioned(() -> List.of(words), word -> word, word -> 1L));
    }

    @Test
    @DisplayName("no collections are all that have a table; the one that ends ends the stream, and says why")
    void allCollections() {
        List<Table<?>> tables = new ArrayList<>();
        try (TestGateway two = TestGateway.withTables("", gapless -> {
            tables.addAll(List.of(
                    words(gapless, "colours", "red"), words(gapless, "empty"), words(gapless, "sizes", "l", "m")));
            return tables;
        })) {
            var there =
                    DocumentChangesGrpc.newStub(GrpcStream.Connection.to(two).channel());
            GrpcStream<?, DocumentChange> stream = two.closing(GrpcStream.open(lists().build(), there::subscribe));
            Map<String, Set<String>> listed = new HashMap<>();
            Set<String> complete = new TreeSet<>();
            long sequence = 0;
            while (complete.size() < 3) {
                DocumentChange change = stream.next();
                assertTrue(change.getSequence() > sequence);
                sequence = change.getSequence();
                switch (change.getChangeType()) {
                    case CHANGE_TYPE_RESYNC -> listed.put(change.getCollection(), new TreeSet<>());
                    case CHANGE_TYPE_UPSERT ->
                        listed.get(change.getCollection()).add(change.getDocId());
                    default -> complete.add(change.getCollection());
                }
            }
            assertEquals(Map.of("colours", Set.of("red"), "empty", Set.of(), "sizes", Set.of("l", "m")), listed);
            tables.get(0).close();
            assertEquals(Status.Code.FAILED_PRECONDITION, stream.status());
            assertTrue(stream.why().contains("colours"), stream.why());
        }
    }

    @Test
    @DisplayName("a client that goes gives its place back; a gateway that stops says so")
    void goes() {
        GrpcStream<?, DocumentChange> stream = subscribe(lists("prices"));
        new Copy().until(stream, now());
        assertEquals(1, clients());
        stream.close();
        TestGateway.await(() -> clients() == 0);
        GrpcStream<?, DocumentChange> told = subscribe(lists("prices"));
        new Copy().until(told, now());
        gateway.gateway().stop();
        assertEquals(Status.Code.UNAVAILABLE, told.status());
    }

    private int clients() {
        return TestGateway.json(gateway.get("/api/status").body())
                .at("/gateway/client_count")
                .intValue();
    }
}
