package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node with a heap of 256 MB (that of {@link Program}), whose gateway has clients that take nothing, or finish nothing. It stays alive,
 * and a client that reads, and one that publishes, do not notice.
 */
@Tag("thorough")
@Tag("day0")
@Timeout(300)
class SmallHeapTest {
    private static final int MEGABYTE = 1_000_000;

    @TempDir
    private Path directory;

    private final List<ManagedChannel> channels = new ArrayList<>();
    private SmallNode node;

    private void start(String... more) throws Exception {
        node = new SmallNode(directory, more);
    }

    @AfterEach
    void stop() throws Exception {
        channels.forEach(ManagedChannel::shutdownNow);
        node.close();
    }

    private static String large(int number) {
        return "\"" + number + "0".repeat(MEGABYTE) + "\"";
    }

    private void idleStreams(int number, String query) throws Exception {
        for (int i = 0; i < number; i++) {
            node.socket(node.port(), "GET /api/topics/big/events" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
    }

    @Test
    void messagesThatCompressWellAndIdleStreamsWhoseClientsDoNotRead() throws Exception {
        start();
        idleStreams(250, "");
        double streams = 251;
        node.program().await("streams", () -> node.counted("gapless_gateway_clients{protocol=\"sse\"}") >= streams);
        for (int i = 0; i < 5; i++) {
            node.publish("big", large(i));
            node.undisturbed();
        }
        // Those that come later stand at other messages, and nobody knows that several want the same.
        idleStreams(100, "?from=earliest");
        for (int i = 0; i < 20; i++) {
            node.publish("big", large(i));
            node.undisturbed();
        }
        node.program()
                .await(
                        "end of those who take nothing",
                        () -> node.counted("gapless_gateway_closed_total{status=\"4410\"}") >= 300);
        node.undisturbed();
    }

    @Test
    void unfinishedFramesOfWebSockets() throws Exception {
        start();
        byte[] frame = new byte[14 + MEGABYTE];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | 127);
        for (int i = 0; i < 4; i++) {
            frame[9 - i] = (byte) ((MEGABYTE + 1) >> (8 * i));
        }
        Arrays.fill(frame, 14, frame.length, (byte) 'x');
        String upgrade = String.join(
                "\r\n",
                "GET /api/ws HTTP/1.1",
                "Host: localhost",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version: 13",
                "",
                "");
        for (int i = 0; i < 239; i++) {
            Socket socket = node.socket(node.port(), upgrade);
            try {
                socket.getOutputStream().write(frame);
            } catch (IOException refused) {
                // it is told, or its connection has ended
            }
            if (i % 40 == 0) {
                node.undisturbed();
            }
        }
        for (int i = 0; i < 40; i++) {
            node.undisturbed();
            Thread.sleep(500); // what comes meanwhile is what the test is about
        }
        assertTrue(node.counted("gapless_gateway_closed_total{status=\"1013\"}") > 0, "somebody was told");
    }

    /** A client that sends as many messages as it may, and takes no answer. */
    private static final class Pushing implements ClientResponseObserver<PublishRequest, PublishResponse> {
        private final PublishRequest request;
        private int left = 16;

        Pushing(PublishRequest request) {
            this.request = request;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<PublishRequest> call) {
            call.disableAutoRequestWithInitial(0);
            call.setOnReadyHandler(() -> {
                while (call.isReady() && left > 0) {
                    left--;
                    call.onNext(request);
                }
            });
        }

        @Override
        public void onNext(PublishResponse response) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }

    @Test
    void callsThatPublishMoreThanIsTaken() throws Exception {
        // A consumer that takes nothing, and stays: who publishes waits.
        start(
                "gapless.topics.slow.overflow = backpressure, gapless.gateway { write-timeout = 300s, unacknowledged-timeout = 300s }");
        node.socket(node.port(), "GET /api/topics/slow/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        node.program().await("a stream", () -> node.counted("gapless_gateway_clients{protocol=\"sse\"}") >= 2);
        byte[] bytes = new byte[MEGABYTE / 4 * 3];
        new Random(5).nextBytes(bytes);
        PublishRequest request = PublishRequest.newBuilder()
                .setTopic("slow")
                .setJsonData("\"" + Base64.getEncoder().encodeToString(bytes) + "\"")
                .build();
        for (int i = 0; i < 60; i++) {
            ManagedChannel channel = Grpc.newChannelBuilder(
                            "127.0.0.1:" + node.grpcPort(), InsecureChannelCredentials.create())
                    .build();
            channels.add(channel);
            GaplessGrpc.newStub(channel).publish(new Pushing(request));
            if (i % 10 == 0) {
                node.undisturbed();
            }
        }
        for (int i = 0; i < 40; i++) {
            node.undisturbed();
            Thread.sleep(500); // what comes meanwhile is what the test is about
        }
        assertTrue(node.counted("gapless_gateway_refused_total{code=\"overloaded\"}") > 0, "somebody was told");
    }
}
