package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.client.ClientTurns;
import dev.gapless.gateway.internal.client.Closing;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Connected;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.status.StatusAsker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An event stream of the status: the whole first, then what has changed. Everything happens in its turns. One that was too slow for what has
 * changed gets the whole again: nothing is queued.
 */
final class StatusClient implements Connected {
    private static final byte[] BEFORE = "data: ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BEHIND = "\n\n".getBytes(StandardCharsets.UTF_8);

    private final long id;
    private final Common common;
    private final StatusAsker asker;
    private final SseClient transport;
    private final Caller caller;
    private final Consumer<@Nullable Closing> release;
    private final Runnable wake;
    private final long sinceNs = System.nanoTime();
    private final AtomicBoolean released = new AtomicBoolean();
    private volatile boolean disconnected;
    private volatile @Nullable Closing closing;
    private volatile long closingNs;
    private volatile boolean underWay;
    private volatile long sentNs = System.nanoTime();
    private volatile long sent;
    // Of its turns.
    private long known;
    private boolean farewell;

    /** @param release is told once that its connection has ended, and why; null if the client went by itself */
    StatusClient(
            long id,
            Common common,
            StatusAsker asker,
            SseClient transport,
            Caller caller,
            Consumer<@Nullable Closing> release) {
        this.id = id;
        this.common = common;
        this.asker = asker;
        this.transport = transport;
        this.caller = caller;
        this.release = release;
        this.wake = new ClientTurns(common.executor(), this::turn)::wake;
    }

    /** It looks on from now on, or is refused. */
    void start() {
        try {
            asker.watch(wake);
        } catch (RequestException e) {
            common.refused(caller, e);
            farewell = true;
            transport.refuse(e);
        }
        wake.run();
    }

    /** Its connection has ended. Repeating it is harmless. */
    void disconnected() {
        disconnected = true;
        wake.run();
    }

    private void turn() {
        if (disconnected) {
            leave();
            return;
        }
        if (underWay || farewell) {
            return;
        }
        Closing why = closing;
        StatusAsker.Update update = asker.latest();
        if (why != null) {
            close(why, update);
        } else if (update != null && update.number() != known) {
            byte[] text = update.text(known);
            send(known == 0 ? retry() : List.of(), text);
            known = update.number();
        }
    }

    private List<ByteBuffer> retry() {
        return List.of(ByteBuffer.wrap(("retry: " + common.reconnectMs() + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private void close(Closing why, StatusAsker.@Nullable Update update) {
        farewell = true;
        if (known == 0 && update == null && transport.refuse(refusal(why))) {
            return;
        }
        ObjectNode message =
                PayloadJson.JSON.createObjectNode().put("type", "closing").put("reason", why.reason());
        if (why.status() == Closing.RESTART.status()) {
            message.put("reconnect_after_ms", common.reconnectMs());
        }
        send(List.of(), message.toString().getBytes(StandardCharsets.UTF_8));
        transport.close(why);
    }

    private static RequestException refusal(Closing why) {
        boolean isExpired = why.status() == Closing.EXPIRED.status();
        return new RequestException(
                isExpired ? RequestException.Kind.UNAUTHENTICATED : RequestException.Kind.CLOSING, why.reason());
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one turn at a time
    private void send(List<ByteBuffer> first, byte[] text) {
        List<ByteBuffer> frame = new ArrayList<>(first);
        frame.add(ByteBuffer.wrap(BEFORE));
        frame.add(ByteBuffer.wrap(text));
        frame.add(ByteBuffer.wrap(BEHIND));
        underWay = true;
        sentNs = System.nanoTime();
        sent++;
        common.sent().frame(frame.stream().mapToInt(ByteBuffer::remaining).sum());
        transport.send(frame, failure -> {
            underWay = false;
            if (failure != null) {
                disconnected = true;
            }
            wake.run();
        });
    }

    private void leave() {
        if (released.compareAndSet(false, true)) {
            asker.unwatch(wake);
            release.accept(closing);
        }
    }

    // ------------------------------------------------------------------ for those who look; any thread

    @Override
    public void checkLiveness(long nowNs) {
        long timeoutNs = common.settings().writeTimeout.toNanos();
        boolean isStuck = underWay && nowNs - Math.max(sentNs, transport.progressNs()) > timeoutNs;
        if (isStuck || (closing != null && nowNs - closingNs > 2 * timeoutNs)) {
            closing = closing == null ? Closing.STUCK : closing;
            transport.abort(Closing.STUCK);
            disconnected();
        }
    }

    @Override
    public void close(Closing why) {
        if (closing == null) {
            closingNs = System.nanoTime();
            closing = why;
            wake.run();
        }
    }

    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public String protocol() {
        return "sse";
    }

    @Override
    public long lag() {
        return 0;
    }

    @Override
    public void describe(ObjectNode to) {
        to.put("client", id)
                .put("protocol", protocol())
                .put("remote", transport.remote())
                .put("subject", caller.principal().subject())
                .put("events_sent", sent)
                .put("lag", 0)
                .put("lagged_total", 0)
                .put("uptime_ms", Duration.ofNanos(System.nanoTime() - sinceNs).toMillis())
                .put("looks_at_status", true)
                .putArray("topics");
    }
}
