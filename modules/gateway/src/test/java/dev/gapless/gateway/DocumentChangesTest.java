package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.ChangeType;
import dev.gapless.gateway.v1.DocumentChange;
import dev.gapless.gateway.v1.DocumentChangesGrpc;
import dev.gapless.gateway.v1.SubscribeRequest;
import io.grpc.ClientInterceptors;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client of DocumentChanges is given, over a real socket. */
@Timeout(120)
class DocumentChangesTest {
    private static TestGateway gateway;
    private static DocumentChangesGrpc.DocumentChangesStub stub;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("""
                gapless { node-name = n1, topics.configured {}, gateway.changes.max-changes = 60, loss-log-interval = 0s }
                """);
        stub = DocumentChangesGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static void publish(String topic, int from, int to) {
        var producer = gateway.gapless().producer(Topic.of(topic, JsonNode.class));
        for (int i = from; i <= to; i++) {
            TestGateway.get(producer.publish("d" + i, IntNode.valueOf(i)));
        }
    }

    private static GrpcStream<SubscribeRequest, DocumentChange> subscribe(SubscribeRequest.Builder request) {
        return subscribe(Integer.MAX_VALUE, request);
    }

    /** What is published from when this returns comes. */
    private static GrpcStream<SubscribeRequest, DocumentChange> subscribe(int first, SubscribeRequest.Builder request) {
        return subscribe(stub, first, request);
    }

    private static GrpcStream<SubscribeRequest, DocumentChange> subscribe(
            DocumentChangesGrpc.DocumentChangesStub to, int first, SubscribeRequest.Builder request) {
        Headers headers = new Headers();
        DocumentChangesGrpc.DocumentChangesStub observed =
                DocumentChangesGrpc.newStub(ClientInterceptors.intercept(to.getChannel(), headers));
        GrpcStream<SubscribeRequest, DocumentChange> stream =
                gateway.closing(GrpcStream.open(first, request.build(), observed::subscribe));
        TestGateway.get(headers.came);
        return stream;
    }

    private static SubscribeRequest.Builder of(String... collections) {
        return SubscribeRequest.newBuilder().addAllCollections(List.of(collections));
    }

    private static List<Integer> numbers(List<DocumentChange> changes) {
        return changes.stream()
                .map(change -> Integer.valueOf(change.getJsonData()))
                .toList();
    }

    private static void assertRise(List<DocumentChange> changes) {
        for (int i = 1; i < changes.size(); i++) {
            assertTrue(changes.get(i - 1).getSequence() < changes.get(i).getSequence(), changes::toString);
        }
    }

    @Test
    void rowT5_documentsOfNamedCollectionsAreUpsertedAndDeleted() {
        GrpcStream<?, DocumentChange> stream = subscribe(of("one", "two", "unheard of"));
        publish("one", 1, 2);
        publish("three", 1, 1);
        TestGateway.get(
                gateway.gapless().producer(Topic.of("one", JsonNode.class)).delete("d1"));
        TestGateway.get(
                gateway.gapless().producer(Topic.of("one", JsonNode.class)).publish(TextNode.valueOf("no key")));
        List<DocumentChange> changes = new ArrayList<>(stream.next(4));
        publish("two", 7, 7);
        changes.addAll(stream.next(1));
        assertEquals(
                List.of("d1", "d2", "d1", "", "d7"),
                changes.stream().map(DocumentChange::getDocId).toList());
        assertEquals(
                List.of("UPSERT", "UPSERT", "DELETE", "UPSERT", "UPSERT"),
                changes.stream()
                        .map(change -> change.getChangeType().name().replace("CHANGE_TYPE_", ""))
                        .toList());
        assertEquals("one", changes.get(0).getCollection());
        assertEquals("two", changes.get(4).getCollection());
        assertEquals("\"no key\"", changes.get(3).getJsonData());
        assertFalse(changes.get(2).hasJsonData());
        assertRise(changes);
        assertEquals(
                1,
                changes.stream().mapToLong(DocumentChange::getEpoch).distinct().count());
    }

    @Test
    void rowT5_noCollectionsAreAllThatTheNodeKnowsAndThoseToCome() {
        publish("known", 1, 1);
        GrpcStream<?, DocumentChange> stream = subscribe(of());
        publish("known", 2, 2);
        publish("configured", 3, 3);
        List<DocumentChange> two = only(stream, "known", "configured");
        assertEquals(Set.of(2, 3), Set.copyOf(numbers(two))); // in any order: they are of two collections
        publish("later", 1, 1);
        DocumentChange resync = stream.next();
        while (!resync.getCollection().equals("later")) {
            resync = stream.next();
        }
        assertEquals(ChangeType.CHANGE_TYPE_RESYNC, resync.getChangeType());
        publish("later", 2, 2);
        assertEquals(List.of(2), numbers(stream.next(1)));
    }

    @Test
    void theStatusNamesTheCollectionsOfAClient() {
        subscribe(of("shown"));
        JsonNode clients = TestGateway.json(gateway.get("/api/status").body()).at("/gateway/clients");
        assertTrue(clients.findValues("topics").contains(TestGateway.json("[\"shown\"]")), clients::toString);
    }

    /** One of each; other tests publish, too. */
    private static List<DocumentChange> only(GrpcStream<?, DocumentChange> stream, String... collections) {
        List<DocumentChange> some = new ArrayList<>();
        while (some.size() < collections.length) {
            DocumentChange change = stream.next();
            if (List.of(collections).contains(change.getCollection())) {
                some.add(change);
            }
        }
        return some;
    }

    /** As grpc-js does with {@code longs: Number}: what a double cannot hold is rounded. */
    private static SubscribeRequest.Builder sinceAsDoubles(DocumentChange change, String collection) {
        double sequence = change.getSequence();
        double epoch = change.getEpoch();
        return of(collection).setSinceSequence((long) sequence).setSinceEpoch((long) epoch);
    }

    @Test
    void aClientThatHoldsNumbersInDoublesResumesBehindEachSingleChange() {
        publish("doubles", 1, 1); // it is known
        GrpcStream<?, DocumentChange> stream = subscribe(of("doubles"));
        publish("doubles", 2, 41);
        List<DocumentChange> all = stream.next(40);
        assertTrue(all.get(39).getSequence() < 1L << 53 && all.get(0).getEpoch() < 1L << 53, all::toString);
        for (int i = 1; i < 40; i++) {
            assertEquals(
                    all.get(i),
                    subscribe(sinceAsDoubles(all.get(i - 1), "doubles")).next());
        }
        SubscribeRequest.Builder numberAlone =
                sinceAsDoubles(all.get(4), "doubles").clearSinceEpoch();
        assertEquals(all.get(5), subscribe(numberAlone).next());
    }

    @Test
    void rowT4_aSequenceThatIsHeldIsGoneOnFrom() {
        GrpcStream<?, DocumentChange> stream = subscribe(of("left", "right"));
        for (int i = 1; i <= 10; i++) {
            publish(i % 2 == 0 ? "left" : "right", i, i);
        }
        List<DocumentChange> all = stream.next(10);
        assertEquals(55, numbers(all).stream().mapToInt(i -> i).sum());
        assertRise(all);
        for (int i : List.of(1, 5, 9)) {
            SubscribeRequest.Builder since = of("left", "right")
                    .setSinceSequence(all.get(i - 1).getSequence())
                    .setSinceEpoch(all.get(0).getEpoch());
            assertEquals(all.subList(i, 10), subscribe(since).next(10 - i));
        }
    }

    @Test
    void rowT4_whoeverIsFurtherBackIsToldForEachCollectionThatMissedSomething() {
        GrpcStream<?, DocumentChange> stream = subscribe(of("busy", "calm"));
        publish("busy", 1, 2);
        long second = stream.next(2).get(1).getSequence();
        publish("busy", 3, 99); // the ring has 60
        List<DocumentChange> all = new ArrayList<>();
        do {
            all.add(stream.next());
        } while (!all.get(all.size() - 1).getDocId().equals("d99"));
        publish("calm", 1, 1);
        all.add(stream.next());
        assertEquals("calm", all.get(all.size() - 1).getCollection());
        List<DocumentChange> late =
                subscribe(of("busy", "calm").setSinceSequence(second)).next(2);
        assertEquals(ChangeType.CHANGE_TYPE_RESYNC, late.get(0).getChangeType());
        assertEquals("busy", late.get(0).getCollection());
        assertEquals("", late.get(0).getDocId());
        DocumentChange next = late.get(1);
        assertEquals(ChangeType.CHANGE_TYPE_UPSERT, next.getChangeType());
        assertEquals(late.get(0).getSequence() + 1, next.getSequence());
        assertTrue(all.contains(next), next::toString);
        // From the sequence of the RESYNC it goes on without one.
        SubscribeRequest.Builder again =
                of("busy", "calm").setSinceSequence(late.get(0).getSequence());
        assertEquals(next, subscribe(again).next());
    }

    @Test
    void rowT4_anotherRingsNumberIsNotTakenForOneOfThis() {
        GrpcStream<?, DocumentChange> stream = subscribe(of("ours", "theirs"));
        publish("ours", 1, 1);
        DocumentChange first = stream.next();
        long foreign = first.getSequence() ^ 1L << 63;
        long ahead = first.getSequence() + 1_000_000;
        for (SubscribeRequest.Builder since : List.of(
                of("ours", "theirs").setSinceSequence(foreign),
                of("ours", "theirs").setSinceSequence(ahead),
                of("ours", "theirs").setSinceSequence(first.getSequence()).setSinceEpoch(first.getEpoch() + 1))) {
            List<DocumentChange> resyncs = subscribe(since).next(2);
            assertEquals(
                    List.of("ours", "theirs"),
                    resyncs.stream().map(DocumentChange::getCollection).sorted().toList());
            for (DocumentChange resync : resyncs) {
                assertEquals(ChangeType.CHANGE_TYPE_RESYNC, resync.getChangeType());
                assertEquals(first.getEpoch(), resync.getEpoch());
            }
        }
        // A collection that nobody has followed before.
        List<DocumentChange> one = subscribe(of("ours", "new").setSinceSequence(first.getSequence()))
                .next(1);
        assertEquals("new", one.get(0).getCollection());
        assertEquals(ChangeType.CHANGE_TYPE_RESYNC, one.get(0).getChangeType());
    }

    @Test
    void rowT2_whoLagsIsToldInItsPlaceAndItsStreamStaysOpen() {
        GrpcStream<SubscribeRequest, DocumentChange> stream = subscribe(1, of("lagging"));
        int last = 3_000;
        var producer = gateway.gapless().producer(Topic.of("lagging", JsonNode.class));
        for (int i = 1; i <= last; i++) { // more than sockets hold
            TestGateway.get(producer.publish("d" + i, TextNode.valueOf(i + "-" + "x".repeat(10_000))));
        }
        stream.call.request(Integer.MAX_VALUE);
        long missed = 0;
        int next = 1;
        long sequence = 0;
        while (next <= last) {
            DocumentChange change = stream.next();
            assertTrue(Long.compareUnsigned(change.getSequence(), sequence) >= 0, change::toString);
            if (change.getChangeType() == ChangeType.CHANGE_TYPE_RESYNC) {
                assertEquals("lagging", change.getCollection());
                missed++;
            } else {
                int number = Integer.parseInt(change.getDocId().substring(1));
                assertTrue(missed > 0 || number == next, number + " is not " + next);
                assertNotEquals(sequence, change.getSequence());
                next = number + 1;
            }
            sequence = change.getSequence();
        }
        assertTrue(missed > 0, "nothing was missed");
        publish("lagging", last + 1, last + 1);
        assertEquals("d" + (last + 1), stream.next().getDocId());
    }

    private static void awaitLast(GrpcStream<?, DocumentChange> stream, String id) {
        while (!stream.next().getDocId().equals(id)) {
            // It may be overtaken, too.
        }
    }

    private static String collection(DocumentChange resync) {
        assertEquals(ChangeType.CHANGE_TYPE_RESYNC, resync.getChangeType(), resync::toString);
        return resync.getCollection();
    }

    private static SubscribeRequest.Builder since(DocumentChange change, String... collections) {
        return of(collections).setSinceSequence(change.getSequence()).setSinceEpoch(change.getEpoch());
    }

    @Test
    void rowT4_whoWasToldOfTheFirstOfTwoCollectionsIsToldOfTheOtherWhenItComesBack() {
        List<DocumentChange> told =
                subscribe(of("ra", "rb").setSinceSequence(7).setSinceEpoch(7)).next(2);
        assertRise(told);
        assertEquals(
                List.of("ra", "rb"),
                subscribe(since(told.get(0), "ra", "rb")).next(2).stream()
                        .map(DocumentChangesTest::collection)
                        .sorted()
                        .toList());
        GrpcStream<?, DocumentChange> behind = subscribe(since(told.get(1), "ra", "rb"));
        publish("rb", 1, 1);
        assertEquals(List.of(1), numbers(behind.next(1)));
    }

    @Test
    void rowT4_whoTheRingOvertookIsToldOfTheOtherCollectionWhenItComesBackInBetween() {
        GrpcStream<?, DocumentChange> stream = subscribe(of("oa", "ob"));
        publish("oa", 1, 1);
        DocumentChange first = stream.next();
        publish("oa", 2, 50);
        awaitLast(stream, "d50");
        publish("ob", 51, 130); // the ring has 60
        awaitLast(stream, "d130");
        List<DocumentChange> told = subscribe(since(first, "oa", "ob")).next(3);
        assertEquals(
                List.of("oa", "ob"),
                told.subList(0, 2).stream()
                        .map(DocumentChangesTest::collection)
                        .sorted()
                        .toList());
        assertRise(told);
        assertEquals(
                List.of("oa", "ob"),
                subscribe(since(told.get(0), "oa", "ob")).next(2).stream()
                        .map(DocumentChangesTest::collection)
                        .sorted()
                        .toList());
        assertEquals(told.get(2), subscribe(since(told.get(1), "oa", "ob")).next());
    }

    @Test
    void rowT5_collectionsThatComeLaterAreToldToWhoComesBackBetweenTwoOfThem() {
        try (TestGateway other = TestGateway.start("gapless.node-name = n3")) {
            var there =
                    DocumentChangesGrpc.newStub(GrpcStream.Connection.to(other).channel());
            GrpcStream<?, DocumentChange> stream = subscribe(there, Integer.MAX_VALUE, of("first"));
            GrpcStream<?, DocumentChange> all = subscribe(there, Integer.MAX_VALUE, of());
            for (String topic : List.of("la", "lb")) {
                TestGateway.get(other.gapless()
                        .producer(Topic.of(topic, JsonNode.class))
                        .publish("d1", IntNode.valueOf(1)));
            }
            List<DocumentChange> told = new ArrayList<>();
            while (told.stream().map(DocumentChange::getCollection).distinct().count() < 2) {
                DocumentChange change = all.next();
                boolean isLate = List.of("la", "lb").contains(change.getCollection());
                if (isLate && change.getChangeType() == ChangeType.CHANGE_TYPE_RESYNC) {
                    told.add(change);
                }
            }
            assertEquals(2, told.size(), told::toString);
            assertRise(told);
            GrpcStream<?, DocumentChange> back = subscribe(there, Integer.MAX_VALUE, since(told.get(0)));
            assertEquals(told.get(1).getCollection(), collection(back.next()));
            assertTrue(stream.isEmpty());
        }
    }

    @Test
    void rowT3_theLogNamesAClientThatTheRingOvertook() {
        try (LogLines log = new LogLines()) {
            GrpcStream<?, DocumentChange> stream = subscribe(of("logged"));
            publish("logged", 1, 1);
            DocumentChange first = stream.next();
            publish("logged", 2, 100); // the ring has 60
            awaitLast(stream, "d100");
            subscribe(since(first, "logged")).next(1);
            assertTrue(
                    log.all().stream()
                            .anyMatch(line -> line.contains("Collection logged: client ")
                                    && line.contains(" (grpc, 127.0.0.1:")
                                    && line.contains("sequences ")
                                    && line.contains("up to \"d")),
                    () -> log.all().toString());
        }
    }

    @Test
    void whatIsNoCollectionIsRefused() {
        GrpcStream<SubscribeRequest, DocumentChange> stream = GrpcStream.open(of("").build(), stub::subscribe);
        assertEquals(Status.Code.INVALID_ARGUMENT, stream.status());
        GrpcStream<SubscribeRequest, DocumentChange> many = GrpcStream.open(
                of(IntStream.range(0, 200).mapToObj(i -> "c" + i).toArray(String[]::new))
                        .build(),
                stub::subscribe);
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, many.status());
        assertTrue(many.why().contains("gapless.gateway.max-subscriptions"), many.why());
    }

    /** Fifty names of five streams that were cancelled fill all places, and nobody is locked out by them. */
    @Test
    void collectionsThatNobodyFollowsAnyMoreMakeRoomForOthers() {
        try (TestGateway small = TestGateway.start("gapless.gateway.changes.max-collections = 50")) {
            DocumentChangesGrpc.DocumentChangesStub to =
                    DocumentChangesGrpc.newStub(GrpcStream.Connection.to(small).channel());
            var followed = subscribe(to, Integer.MAX_VALUE, of("kept"));
            for (int i = 0; i < 5; i++) {
                String stream = "made up " + i + " ";
                var request = of().addAllCollections(IntStream.range(i == 0 ? 1 : 0, 10)
                        .mapToObj(j -> stream + j)
                        .toList());
                subscribe(to, Integer.MAX_VALUE, request).call.cancel("the test's", null);
            }
            TestGateway.await(() -> small.get("/api/status").body().contains("\"client_count\":1"));

            var others = subscribe(to, Integer.MAX_VALUE, of("real", "other"));
            var producer = small.gapless().producer(Topic.of("real", JsonNode.class));
            TestGateway.get(producer.publish("d1", IntNode.valueOf(1)));
            assertEquals("d1", others.next().getDocId());
            var stays = small.gapless().producer(Topic.of("kept", JsonNode.class));
            TestGateway.get(stays.publish("d2", IntNode.valueOf(2)));
            assertEquals("d2", followed.next().getDocId()); // what somebody follows has kept its place

            var full = of().addAllCollections(
                            IntStream.range(0, 48).mapToObj(j -> "more " + j).toList());
            String why = GrpcStream.open(full.build(), to::subscribe).why();
            assertTrue(why.contains("gapless.gateway.changes.max-collections"), why);
        }
    }

    @Test
    void aGatewayThatStopsSaysSo() {
        try (TestGateway stops = TestGateway.start("gapless.node-name = n2")) {
            DocumentChangesGrpc.DocumentChangesStub there =
                    DocumentChangesGrpc.newStub(GrpcStream.Connection.to(stops).channel());
            GrpcStream<SubscribeRequest, DocumentChange> stream = GrpcStream.open(of("t").build(), there::subscribe);
            TestGateway.await(
                    () -> stops.get("/metrics").body().contains("gapless_gateway_clients{protocol=\"grpc\"} 1"));
            stops.gateway().stop();
            assertEquals(Status.Code.UNAVAILABLE, stream.status());
        }
    }

    @Test
    void aClientThatGoesGivesItsPlaceAndItsCollectionBack() {
        try (TestGateway few = TestGateway.start("""
                gapless { node-name = n5, gateway { max-clients = 1, changes { max-collections = 1, retention = 100ms } } }
                """)) {
            var there =
                    DocumentChangesGrpc.newStub(GrpcStream.Connection.to(few).channel());
            for (String collection : List.of("first", "second", "third")) {
                TestGateway.await(() -> {
                    Headers headers = new Headers();
                    var observed =
                            DocumentChangesGrpc.newStub(ClientInterceptors.intercept(there.getChannel(), headers));
                    var stream = GrpcStream.open(of(collection).build(), observed::subscribe);
                    boolean isTaken = TestGateway.get(headers.came.handle((came, refused) -> refused == null));
                    stream.close();
                    return isTaken;
                });
            }
            TestGateway.await(
                    () -> !subscribed(few).contains("first") && !subscribed(few).contains("second"));
        }
    }

    /** The topics that its node has subscriptions of. */
    private static List<String> subscribed(TestGateway to) {
        List<String> topics = new ArrayList<>();
        for (JsonNode topic : TestGateway.json(to.get("/api/status").body()).get("topics")) {
            if (topic.findValues("subscriptions").stream().anyMatch(some -> !some.isEmpty())) {
                topics.add(topic.get("topic").textValue());
            }
        }
        return topics;
    }
}
