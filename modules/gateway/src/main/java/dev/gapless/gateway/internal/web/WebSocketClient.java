package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.client.Client;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Closing;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.SubscribeRequest;
import dev.gapless.gateway.internal.client.Transport;
import dev.gapless.gateway.internal.client.WebSocketFraming;
import dev.gapless.gateway.internal.json.RequestException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/**
 * A client's WebSocket. A frame is read when the command before is answered, so that a client that sends without reading waits in its own
 * socket.
 */
final class WebSocketClient implements FrameHandler, Transport {
    private static final int KEPT_BYTES = 4 << 10;
    private static final int MOST_BYTES_OF_AUTH = 32 << 10;
    private static final byte[] NOTHING = {};

    private final Common common;
    private final Clients clients;
    private final Clients.Admission admission;
    private final @Nullable Watched socket;
    private final String remote;
    private final String holder;
    private final List<SubscribeRequest> first;
    private byte[] command = NOTHING;
    private int size;
    /** What the command takes, from its first byte until it is answered. */
    private volatile Budget.Account account;
    /** A frame is awaited. */
    private final AtomicBoolean demanded = new AtomicBoolean();
    /** A command waits for its answer. */
    private volatile boolean answering;
    /** Its close is on its way: what comes is dropped, up to the client's own. */
    private volatile boolean closing;

    private volatile long sendNs = System.nanoTime();
    private volatile @Nullable CoreSession session;
    private volatile @Nullable Client client;

    /** @param holder for whom counts what it sends */
    WebSocketClient(
            Common common,
            Clients clients,
            Clients.Admission admission,
            @Nullable Watched socket,
            String remote,
            String holder,
            List<SubscribeRequest> first) {
        this.common = common;
        this.clients = clients;
        this.admission = admission;
        this.socket = socket;
        this.remote = remote;
        this.holder = holder;
        this.first = first;
        this.account = common.budget().account(Share.UNFINISHED, holder);
    }

    private Client client() {
        return Objects.requireNonNull(client);
    }

    private CoreSession session() {
        return Objects.requireNonNull(session);
    }

    private void demand() {
        if (demanded.compareAndSet(false, true)) {
            session().demand();
        }
    }

    // ------------------------------------------------------------------ what comes

    @Override
    public void onOpen(CoreSession opened, Callback callback) {
        session = opened;
        Client made = clients.open(admission, this, new WebSocketFraming(common));
        client = made;
        callback.succeeded();
        made.start(first);
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
        demanded.set(false);
        client().heard();
        if (closing && frame.isDataFrame()) {
            callback.succeeded();
            demand();
            return;
        }
        switch (frame.getOpCode()) {
            case OpCode.TEXT, OpCode.CONTINUATION -> onText(frame, callback);
            case OpCode.PING -> {
                ByteBuffer payload = ByteBuffer.allocate(frame.getPayloadLength());
                payload.put(frame.getPayload().slice()).flip();
                callback.succeeded();
                // The next frame is read when this is out: who pings without reading waits.
                session()
                        .sendFrame(
                                new Frame(OpCode.PONG, payload),
                                Callback.from(this::demand, failure -> client().disconnected()),
                                false);
            }
            case OpCode.CLOSE -> callback.succeeded();
            case OpCode.BINARY -> {
                callback.succeeded();
                client().close(Closing.NOT_THE_PROTOCOL);
                demand();
            }
            default -> {
                callback.succeeded();
                demand();
            }
        }
    }

    private void onText(Frame frame, Callback callback) {
        ByteBuffer payload = frame.getPayload();
        int most = client().isUnknown()
                ? Math.min(MOST_BYTES_OF_AUTH, common.settings().maxCommandBytes)
                : common.settings().maxCommandBytes;
        boolean isTooLarge = size + payload.remaining() > most;
        if (isTooLarge || !makeRoom(payload.remaining())) {
            forgetCommand();
            account.clear();
            callback.succeeded();
            client().close(isTooLarge ? Closing.TOO_LARGE : Closing.OVERLOADED);
            return; // and nothing more is read
        }
        int more = payload.remaining();
        payload.get(command, size, more);
        size += more;
        callback.succeeded();
        if (!frame.isFin()) {
            demand();
            return;
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(command, 0, size))
                    .toString();
            forgetCommand(); // the next one may come as soon as that is answered
            answering = true;
            client().command(text);
        } catch (CharacterCodingException e) {
            forgetCommand();
            account.clear();
            client().close(Closing.NO_TEXT);
        }
    }

    /** {@return false if all clients together have sent too much that is not dealt with} */
    private boolean makeRoom(int more) {
        int wanted = size + more;
        if (wanted <= command.length) {
            return true;
        }
        int length = Math.max(wanted, Math.min(2 * command.length, common.settings().maxCommandBytes));
        if (!account.add(length - command.length)) {
            return false;
        }
        command = Arrays.copyOf(command, length);
        return true;
    }

    /** The room of a small one is kept for the next one. */
    private void forgetCommand() {
        if (command.length > KEPT_BYTES) {
            command = NOTHING;
        }
        size = 0;
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
        callback.succeeded();
    }

    @Override
    public void onClosed(CloseStatus status, Callback callback) {
        account.clear();
        Client known = client;
        if (known == null) {
            admission.release();
        } else {
            known.disconnected();
        }
        callback.succeeded();
    }

    // ------------------------------------------------------------------ what goes

    @Override
    public void send(List<ByteBuffer> frame, Consumer<@Nullable Throwable> written) {
        sendNs = System.nanoTime();
        send(frame, 0, Callback.from(() -> written.accept(null), written));
    }

    /** One part behind the other: what clients have in common is in none of their buffers. */
    private void send(List<ByteBuffer> message, int part, Callback done) {
        boolean isLast = part == message.size() - 1;
        Frame frame = new Frame(part == 0 ? OpCode.TEXT : OpCode.CONTINUATION, isLast, message.get(part));
        Callback next = isLast ? done : Callback.from(() -> send(message, part + 1, done), done::failed);
        session().sendFrame(frame, next, false);
    }

    @Override
    public void ping() {
        session().sendFrame(new Frame(OpCode.PING), Callback.NOOP, false);
    }

    @Override
    public boolean isReading() {
        return !answering;
    }

    @Override
    public void takeCommand() {
        account.clear();
        answering = false;
        demand();
    }

    @Override
    public void hold(CompletionStage<?> until) {
        Budget.Account held = account;
        account = common.budget().account(Share.UNFINISHED, holder);
        var unused = until.whenComplete((answer, failure) -> held.clear());
    }

    @Override
    public boolean refuse(RequestException refusal) {
        return false;
    }

    @Override
    public void close(Closing why) {
        closing = true;
        account.clear();
        session().close(why.status(), why.reason(), Callback.from(this::demand, failure -> client().disconnected()));
    }

    @Override
    public void abort(Closing why) {
        CoreSession open = session();
        open.close(why.status(), why.reason(), Callback.NOOP); // if there is room for it
        open.abort();
    }

    @Override
    public long progressNs() {
        if (socket != null) {
            return socket.progressNs();
        }
        return StreamStall.isOver(sendNs, common.settings()) ? sendNs : System.nanoTime();
    }

    @Override
    public String remote() {
        return remote;
    }

    @Override
    public String protocol() {
        return "websocket";
    }
}
