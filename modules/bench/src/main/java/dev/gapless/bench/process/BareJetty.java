package dev.gapless.bench.process;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;
import org.eclipse.jetty.websocket.core.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;

/**
 * A web server that sends each client the frames of a gateway, made beforehand, as fast as it takes them: what a gateway could do at
 * best.
 *
 * <pre>
 *                        port PORT
 *   run BEGIN END ...    used ... for each time from BEGIN to END, published 0
 * </pre>
 */
record BareJetty(int messageBytes) implements Job {
    /** As in the gateway. */
    private static final int MOST_THREADS = 64;

    private static final int SEND_BUFFER_BYTES = 64 << 10;
    private static final int EVENTS_OF_A_FRAME = 100;
    private static final int FRAMES = 1_000;
    /** Then they begin again. */
    static final int NUMBERS = FRAMES * EVENTS_OF_A_FRAME;

    @Override
    public void run(Dialogue dialogue) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS);
        threads.setDaemon(true);
        Server server = new Server(threads);
        ServerConnector connector = new ServerConnector(server, 1, -1);
        connector.setHost("127.0.0.1");
        connector.setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
        connector.setAcceptedTcpNoDelay(true);
        server.addConnector(connector);
        WebSocketServerComponents.ensureWebSocketComponents(server);
        WebSocketUpgradeHandler webSockets = new WebSocketUpgradeHandler();
        List<ByteBuffer> frames = frames(messageBytes);
        webSockets.addMapping("/*", (request, response, callback) -> new Endless(frames));
        server.setHandler(webSockets);
        server.start();
        dialogue.say("port", connector.getLocalPort());
        Meter meter = new Meter(() -> 0);
        for (Window window : Window.ordered(dialogue)) {
            dialogue.say("used", meter.measure(window).line());
        }
        dialogue.say("published", 0);
        dialogue.take("end");
    }

    /** Numbers rise from the first frame to the last, and begin again with the first. */
    private static List<ByteBuffer> frames(int messageBytes) {
        String text = "x".repeat(messageBytes - "{\"text\":\"\"}".length());
        List<ByteBuffer> frames = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            StringBuilder frame = new StringBuilder("{\"type\":\"batch\",\"topic\":\"bench-events\",\"data\":[");
            for (int event = 1; event <= EVENTS_OF_A_FRAME; event++) {
                frame.append(String.format(
                        Locale.ROOT,
                        "%s{\"type\":\"event\",\"topic\":\"bench-events\",\"node\":\"127.0.0.1:40000\",\"epoch\":\"0123456789abcdef\","
                                + "\"seq\":%d,\"time\":\"2026-01-31T12:00:00.123Z\",\"key\":null,\"data\":{\"text\":\"%s\"}}",
                        event == 1 ? "" : ",",
                        i * EVENTS_OF_A_FRAME + event,
                        text));
            }
            frame.append("],\"timestamp\":\"2026-01-31T12:00:00.123Z\",\"token\":\"")
                    .append("t".repeat(EVENTS_OF_A_FRAME))
                    .append("\"}");
            byte[] bytes = frame.toString().getBytes(StandardCharsets.UTF_8);
            frames.add(ByteBuffer.wrap(bytes));
        }
        return frames;
    }

    /** Sends the next frame when the last one is written, from the client's first command on. */
    public static final class Endless implements FrameHandler {
        private final List<ByteBuffer> frames;
        private volatile @Nullable CoreSession session;
        private boolean begun;
        private int next;

        Endless(List<ByteBuffer> frames) {
            this.frames = frames;
        }

        @Override
        public void onOpen(CoreSession opened, Callback callback) {
            session = opened;
            callback.succeeded();
            opened.demand();
        }

        @Override
        public void onFrame(Frame frame, Callback callback) {
            callback.succeeded();
            if (frame.getOpCode() == OpCode.TEXT && !begun) {
                begun = true;
                send();
            }
            session().demand();
        }

        private CoreSession session() {
            return Objects.requireNonNull(session);
        }

        private void send() {
            ByteBuffer frame = frames.get(next).duplicate();
            next = (next + 1) % frames.size();
            session().sendFrame(new Frame(OpCode.TEXT, frame), Callback.from(this::send, failure -> {}), false);
        }

        @Override
        public void onError(Throwable cause, Callback callback) {
            callback.succeeded();
        }

        @Override
        public void onClosed(CloseStatus status, Callback callback) {
            callback.succeeded();
        }
    }
}
