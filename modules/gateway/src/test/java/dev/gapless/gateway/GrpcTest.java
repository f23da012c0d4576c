package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.NodeStatus;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.Event;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.OnLag;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import dev.gapless.gateway.v1.Reason;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import dev.gapless.gateway.v1.SubscribeTopicResponse.ContentCase;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients of gRPC are given, over a real socket. */
@Timeout(120)
class GrpcTest {
    private static TestGateway gateway;
    private static GaplessGrpc.GaplessStub stub;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("""
                gapless {
                  node-name = n1
                  topics.small { buffer-messages = 64, buffer-bytes = 64 KiB }
                  topics.small2 { buffer-messages = 64, buffer-bytes = 64 KiB }
                  topics.waiting { buffer-messages = 64, overflow = backpressure, backpressure-timeout = 60s }
                }
                """);
        stub = GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static void publish(String topic, int from, int to) {
        var producer = gateway.gapless().producer(Topic.of(topic, JsonNode.class));
        for (int i = from; i <= to; i++) {
            TestGateway.get(producer.publish("k" + i % 3, IntNode.valueOf(i)));
        }
    }

    private static SubscribeTopicRequest.Builder topic(String name, String from) {
        return SubscribeTopicRequest.newBuilder().setTopic(name).setFrom(from);
    }

    private static GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> subscribe(
            SubscribeTopicRequest.Builder request) {
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> stream =
                gateway.closing(GrpcStream.open(request.build(), stub::subscribe));
        assertEquals(ContentCase.SUBSCRIBED, stream.next().getContentCase());
        return stream;
    }

    /** So many events, which come in batches, and the token behind the first batch. */
    private record Got(List<Event> events, String firstToken, int firstSize, int largest) {
        List<Integer> numbers() {
            return events.stream()
                    .map(event -> Integer.valueOf(event.getJsonData()))
                    .toList();
        }
    }

    private static Got events(GrpcStream<?, SubscribeTopicResponse> stream, int number) {
        List<Event> events = new ArrayList<>();
        String token = "";
        int first = 0;
        int largest = 0;
        while (events.size() < number) {
            SubscribeTopicResponse response = stream.next();
            assertEquals(ContentCase.BATCH, response.getContentCase(), response::toString);
            if (events.isEmpty()) {
                token = response.getToken();
                first = response.getBatch().getEventsCount();
            }
            largest = Math.max(largest, response.getBatch().getEventsCount());
            events.addAll(response.getBatch().getEventsList());
        }
        return new Got(events, token, first, largest);
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void eventsComeInOrderInBatchesWhoseTokensResumeBehindThemOnAnyGateway() {
        publish("ordered", 1, 450);
        Got got = events(subscribe(topic("ordered", "earliest")), 450);
        assertEquals(range(1, 450), got.numbers());
        assertEquals(100, got.largest());
        Event event = got.events().get(0);
        assertEquals("n1", event.getPosition().getNode());
        assertEquals(1, event.getPosition().getSeq());
        assertEquals("k1", event.getKey());
        assertTrue(event.getTime().getSeconds() > 1_700_000_000L);

        try (TestGateway other = TestGateway.join(gateway, "gapless.node-name = n2")) {
            GaplessGrpc.GaplessStub there =
                    GaplessGrpc.newStub(GrpcStream.Connection.to(other).channel());
            GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> resumed = other.closing(
                    GrpcStream.open(topic("ordered", got.firstToken()).build(), there::subscribe));
            assertEquals(ContentCase.SUBSCRIBED, resumed.next().getContentCase());
            int first = got.firstSize() + 1;
            assertEquals(range(first, 450), events(resumed, 450 - first + 1).numbers());
        }
    }

    @Test
    void whoKeepsUpGetsSingleEvents() {
        GrpcStream<?, SubscribeTopicResponse> stream = subscribe(topic("single", ""));
        for (int i = 1; i <= 5; i++) {
            publish("single", i, i);
            assertEquals(List.of(i), events(stream, 1).numbers());
        }
    }

    @Test
    void keysAndNodesAreChosenTombstonesAreToldAndLargeMessagesAreWithheld() {
        GrpcStream<?, SubscribeTopicResponse> stream = subscribe(
                topic("chosen", "").addKeys("a*").addNodes("n1").addNodes("n7").setMaxMessageBytes(10));
        GrpcStream<?, SubscribeTopicResponse> none =
                subscribe(topic("chosen", "").addNodes("n7"));
        var producer = gateway.gapless().producer(Topic.of("chosen", JsonNode.class));
        TestGateway.get(producer.publish("b1", IntNode.valueOf(1)));
        TestGateway.get(producer.publish("a1", IntNode.valueOf(2)));
        TestGateway.get(producer.publish("a1", TextNode.valueOf("0123456789")));
        TestGateway.get(producer.delete("a1"));
        List<Event> events = events(stream, 3).events();
        assertEquals("2", events.get(0).getJsonData());
        assertEquals(12, events.get(1).getWithheld());
        assertTrue(events.get(2).getDeleted());
        assertEquals(
                List.of(2L, 3L, 4L),
                events.stream().map(e -> e.getPosition().getSeq()).toList());
        assertTrue(none.isEmpty());
    }

    /** What a client that has got 40 of 300 messages is told, where the ring has far fewer. */
    private static SubscribeTopicResponse overtaken(String topic, OnLag onLag, List<SubscribeTopicResponse> more) {
        publish(topic, 1, 40);
        Event last = events(subscribe(topic(topic, "earliest")), 40).events().get(39);
        String position = "{\"positions\":[{\"node\":\"n1\",\"epoch\":\""
                + String.format("%016x", last.getPosition().getEpoch()) + "\",\"seq\":40}]}";
        publish(topic, 41, 299);
        int delivered = gateway.publishUntilDelivered(topic, 300);
        GrpcStream<?, SubscribeTopicResponse> late =
                subscribe(topic(topic, position).setOnLag(onLag));
        SubscribeTopicResponse expired = late.next();
        if (onLag == OnLag.ON_LAG_CLOSE) {
            assertEquals(Status.Code.ABORTED, late.status());
            assertTrue(late.why().contains("on_lag"), late.why());
        } else {
            if (expired.getCursorExpired().getGaps(0).getResumesAt() > delivered) {
                publish(topic, delivered + 1, delivered + 1); // else it would overwrite what is yet to come
            }
            more.add(late.next());
        }
        return expired;
    }

    @Test
    void rowJ3_whatTheRingOvertookIsToldInItsPlace() {
        List<SubscribeTopicResponse> more = new ArrayList<>();
        SubscribeTopicResponse expired = overtaken("small", OnLag.ON_LAG_RESYNC, more);
        assertEquals(ContentCase.CURSOR_EXPIRED, expired.getContentCase());
        var gap = expired.getCursorExpired().getGaps(0);
        assertEquals(Reason.REASON_OVERRUN, gap.getReason());
        assertEquals("n1", gap.getNode());
        assertEquals(41, gap.getFirstMissing());
        assertEquals(gap.getResumesAt(), 41 + gap.getMissed());
        assertEquals(
                gap.getResumesAt(),
                more.get(0).getBatch().getEvents(0).getPosition().getSeq());
        assertFalse(expired.getToken().isEmpty());
        TestGateway.await(
                () -> (long) gateway.metric("gapless_claimed_messages_total{topic=\"small\"}") == gap.getMissed());

        SubscribeTopicResponse last = overtaken("small2", OnLag.ON_LAG_CLOSE, more);
        assertEquals(ContentCase.CURSOR_EXPIRED, last.getContentCase());
    }

    @Test
    void messagesAreAnsweredInOrderAndWhatIsWrongStopsNoOther() {
        GrpcStream<PublishRequest, PublishResponse> stream = gateway.closing(GrpcStream.both(stub::publish));
        PublishRequest.Builder request = PublishRequest.newBuilder().setTopic("published");
        for (int i = 1; i <= 200; i++) {
            stream.call.onNext(request.setJsonData("" + i).build());
        }
        stream.call.onNext(request.setJsonData("{\"a\":").build());
        stream.call.onNext(request.clearContent().build());
        stream.call.onNext(request.setDeleted(true).build()); // without a key
        stream.call.onNext(PublishRequest.newBuilder().setJsonData("1").build()); // without a topic
        stream.call.onNext(
                request.setJsonData("201").setKey("k").putHeaders("h", "v").build());
        stream.call.onCompleted();
        for (int i = 1; i <= 200; i++) {
            assertEquals(i, stream.next().getPosition().getSeq());
        }
        assertEquals("bad_message", stream.next().getError().getCode());
        assertEquals("bad_message", stream.next().getError().getCode());
        assertEquals("bad_message", stream.next().getError().getCode());
        assertEquals("unknown_topic", stream.next().getError().getCode());
        assertEquals(201, stream.next().getPosition().getSeq());
        assertEquals(Status.Code.OK, stream.status());

        List<Event> events =
                events(subscribe(topic("published", "earliest")), 201).events();
        assertEquals("v", events.get(200).getHeadersMap().get("h"));
        assertFalse(events.get(0).hasKey());
    }

    private static int waitingPublishes(String topic) {
        return TestGateway.get(gateway.gapless().status(TestGateway.DEADLINE)).stream()
                .flatMap(node -> node.topics().stream())
                .filter(of -> of.topic().equals(topic))
                .map(NodeStatus.TopicStatus::producer)
                .filter(Objects::nonNull)
                .mapToInt(producer -> producer.waitingPublishes())
                .sum();
    }

    /** How many publishes wait for room once many answers in a row have told the same. */
    private static int waitingWhereItStandsStill(String topic) {
        int[] last = new int[2];
        TestGateway.await(() -> {
            int now = waitingPublishes(topic);
            last[1] = now == last[0] && now > 0 ? last[1] + 1 : 0;
            last[0] = now;
            return last[1] == 50;
        });
        return last[0];
    }

    @Test
    @Tag("seconds")
    void aPublisherIsTakenFromNoFasterThanThereIsRoom() {
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> reader =
                gateway.closing(GrpcStream.open(1, topic("waiting", "").build(), stub::subscribe));
        assertEquals(ContentCase.SUBSCRIBED, reader.next().getContentCase());
        GrpcStream<PublishRequest, PublishResponse> stream = gateway.closing(GrpcStream.both(stub::publish));
        PublishRequest message = PublishRequest.newBuilder()
                .setTopic("waiting")
                .setJsonData("\"" + "x".repeat(10_000) + "\"")
                .build();
        int number = 3_000; // more than sockets and the ring hold
        for (int i = 0; i < number; i++) {
            stream.call.onNext(message);
        }
        stream.call.onCompleted();
        assertTrue(waitingWhereItStandsStill("waiting") <= 16, "as many as are taken at once");
        reader.call.request(Integer.MAX_VALUE);
        for (int i = 1; i <= number; i++) {
            assertEquals(i, stream.next().getPosition().getSeq());
        }
        assertEquals(Status.Code.OK, stream.status());
        assertEquals(number, events(reader, number).events().size());
    }

    @Test
    void whatIsWrongIsAnsweredByAStatusThatSaysWhy() {
        for (var wrong : List.of(
                topic("", ""),
                topic("t", "nonsense"),
                topic("t", "").addKeys("a*b"),
                topic("t", "").setOnLagValue(9))) {
            GrpcStream<?, ?> stream = GrpcStream.open(wrong.build(), stub::subscribe);
            assertEquals(Status.Code.INVALID_ARGUMENT, stream.status(), wrong::toString);
            assertFalse(stream.why().isEmpty());
            assertFalse(stream.trailer("gapless-code").isEmpty());
        }
    }

    private static void assertHealth(ServingStatus status, Channel channel) {
        for (String service : List.of("", "gapless.v1.Gapless", "gapless.v1.DocumentChanges")) {
            HealthCheckRequest request =
                    HealthCheckRequest.newBuilder().setService(service).build();
            assertEquals(
                    status, HealthGrpc.newBlockingStub(channel).check(request).getStatus(), service);
        }
    }

    @Test
    void rowO6_theHealthOfANodeThatIsNoMemberIsThatItServesNobody() {
        try (TestGateway alone = TestGateway.startAlone("")) {
            assertEquals(503, alone.get("/health/ready").statusCode());
            assertHealth(
                    ServingStatus.NOT_SERVING, GrpcStream.Connection.to(alone).channel());
        }
    }

    @Test
    void reflectionAndHealthAnswer() {
        var channel = GrpcStream.Connection.to(gateway).channel();
        assertHealth(ServingStatus.SERVING, channel);
        GrpcStream<ServerReflectionRequest, ServerReflectionResponse> reflection =
                GrpcStream.both(ServerReflectionGrpc.newStub(channel)::serverReflectionInfo);
        reflection.call.onNext(
                ServerReflectionRequest.newBuilder().setListServices("").build());
        List<String> services = reflection.next().getListServicesResponse().getServiceList().stream()
                .map(service -> service.getName())
                .toList();
        assertTrue(
                services.containsAll(List.of("gapless.v1.Gapless", "gapless.v1.DocumentChanges")), services::toString);
        reflection.call.onNext(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("gapless.v1.Gapless.Subscribe")
                .build());
        assertTrue(reflection.next().getFileDescriptorResponse().getFileDescriptorProtoCount() > 0);
        reflection.close();
    }

    @Test
    void rowB5_rowB7_limitsNameThemselvesAndAGatewayThatStopsSaysSo() {
        try (TestGateway limited = TestGateway.start("gapless { node-name = n3, gateway { max-clients = 1 } }")) {
            GaplessGrpc.GaplessStub there =
                    GaplessGrpc.newStub(GrpcStream.Connection.to(limited).channel());
            GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> first =
                    limited.closing(GrpcStream.open(topic("t", "").build(), there::subscribe));
            assertEquals(ContentCase.SUBSCRIBED, first.next().getContentCase());
            GrpcStream<?, ?> second = GrpcStream.open(topic("t", "").build(), there::subscribe);
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, second.status());
            assertTrue(second.why().contains("gapless.gateway.max-clients"), second.why());
            assertEquals("too_many_clients", second.trailer("gapless-code"));
            assertTrue(Long.parseLong(second.trailer("grpc-retry-pushback-ms")) >= 1_000);
            assertTrue(limited.get("/metrics").body().contains("gapless_gateway_clients{protocol=\"grpc\"} 1"));
            JsonNode client =
                    TestGateway.json(limited.get("/api/status").body()).at("/gateway/clients/0");
            assertEquals("grpc", client.get("protocol").textValue());
            assertEquals("t", client.at("/topics/0").textValue());

            limited.gateway().stop();
            assertEquals(Status.Code.UNAVAILABLE, first.status());
            assertTrue(Long.parseLong(first.trailer("grpc-retry-pushback-ms")) >= 1_000);
        }
    }

    @Test
    @Tag("seconds")
    void rowT7_rowB2_whoNeverReadsHoldsNobodyUpAndItsStreamIsEnded() {
        try (TestGateway quick = TestGateway.start("""
                gapless { node-name = n4, topics.flood { buffer-messages = 100 }, gateway.write-timeout = 2s }
                """)) {
            GaplessGrpc.GaplessStub there =
                    GaplessGrpc.newStub(GrpcStream.Connection.to(quick).channel());
            GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> stuck =
                    quick.closing(GrpcStream.open(1, topic("flood", "").build(), there::subscribe));
            assertEquals(ContentCase.SUBSCRIBED, stuck.next().getContentCase());
            GaplessGrpc.GaplessStub elsewhere =
                    GaplessGrpc.newStub(GrpcStream.Connection.to(quick).channel());
            GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> reader =
                    quick.closing(GrpcStream.open(topic("flood", "").build(), elsewhere::subscribe));
            assertEquals(ContentCase.SUBSCRIBED, reader.next().getContentCase());
            var producer = quick.gapless().producer(Topic.of("flood", JsonNode.class));
            // Until its window is full: who is overtaken at once is sent less than fits into it.
            long[] sent = {0};
            TestGateway.await(() -> {
                for (int i = 0; i < 50; i++) {
                    TestGateway.get(producer.publish(TextNode.valueOf("x".repeat(10_000))));
                }
                for (long until = sent[0] + 50; sent[0] < until; ) {
                    for (Event event : reader.next().getBatch().getEventsList()) {
                        assertEquals(++sent[0], event.getPosition().getSeq());
                    }
                }
                return TestGateway.json(quick.get("/api/status").body())
                                .at("/gateway/client_count")
                                .intValue()
                        == 1;
            });
            stuck.call.request(Integer.MAX_VALUE);
            assertEquals(Status.Code.ABORTED, stuck.status());
            assertTrue(stuck.why().contains("gapless.gateway.write-timeout"), stuck.why());
        }
    }

    private static int clients(TestGateway at) {
        return TestGateway.json(at.get("/api/status").body())
                .at("/gateway/client_count")
                .intValue();
    }

    @Test
    void callsThatHaveEndedGiveTheirPlacesBack() {
        try (TestGateway limited = TestGateway.start("gapless { node-name = n5, gateway.max-clients = 1 }")) {
            GaplessGrpc.GaplessStub there =
                    GaplessGrpc.newStub(GrpcStream.Connection.to(limited).channel());
            for (int i = 0; i < 2; i++) {
                GrpcStream<PublishRequest, PublishResponse> publishes = GrpcStream.both(there::publish);
                publishes.call.onNext(PublishRequest.newBuilder()
                        .setTopic("t")
                        .setJsonData("1")
                        .build());
                assertTrue(publishes.next().hasPosition());
                publishes.call.onCompleted();
                assertEquals(Status.Code.OK, publishes.status());
                TestGateway.await(() -> clients(limited) == 0);
                GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> reads =
                        GrpcStream.open(topic("t", "").build(), there::subscribe);
                assertEquals(ContentCase.SUBSCRIBED, reads.next().getContentCase());
                reads.close();
                TestGateway.await(() -> clients(limited) == 0);
            }
        }
    }

    @Test
    void whoHasSaidAllGetsTheAnswersThatAreUnderWay() {
        try (TestGateway early = TestGateway.startAlone("")) {
            GaplessGrpc.GaplessStub there =
                    GaplessGrpc.newStub(GrpcStream.Connection.to(early).channel());
            GrpcStream<PublishRequest, PublishResponse> stream = early.closing(GrpcStream.both(there::publish));
            PublishRequest message = PublishRequest.newBuilder()
                    .setTopic("early")
                    .setJsonData("1")
                    .build();
            for (int i = 0; i < 3; i++) {
                stream.call.onNext(message);
            }
            stream.call.onCompleted();
            GrpcStream<?, ?> behind = GrpcStream.open(topic("", "").build(), there::subscribe);
            assertEquals(
                    Status.Code.INVALID_ARGUMENT, behind.status()); // what came before it on the connection is read
            Cluster cluster = Cluster.get(early.system());
            cluster.join(cluster.selfAddress());
            for (int i = 1; i <= 3; i++) {
                assertEquals(i, stream.next().getPosition().getSeq());
            }
            assertEquals(Status.Code.OK, stream.status());
        }
    }

    @Test
    void theHealthChangesWithTheNode() {
        try (TestGateway changes = TestGateway.startAlone("")) {
            var channel = GrpcStream.Connection.to(changes).channel();
            assertHealth(ServingStatus.NOT_SERVING, channel);
            Cluster cluster = Cluster.get(changes.system());
            cluster.join(cluster.selfAddress());
            HealthCheckRequest request = HealthCheckRequest.newBuilder().build();
            TestGateway.await(
                    () -> HealthGrpc.newBlockingStub(channel).check(request).getStatus() == ServingStatus.SERVING);
            assertHealth(ServingStatus.SERVING, channel);
        }
    }
}
