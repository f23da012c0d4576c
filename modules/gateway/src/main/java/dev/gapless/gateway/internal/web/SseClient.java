package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.client.Closing;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Transport;
import dev.gapless.gateway.internal.json.RequestException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An event stream: the answer to a request, which goes on. Its head is sent with the first bytes; until then it may be refused. */
final class SseClient implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(SseClient.class);

    private final Response response;
    private final Callback callback;
    private final Common common;
    private final @Nullable Watched socket;
    private final String remote;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Runnable client;
    // Of the client's turns, and of the callback of a write, which comes between them.
    private volatile boolean begun;
    private volatile boolean writing;
    private volatile long sendNs;
    private volatile @Nullable Closing closing;

    SseClient(Response response, Callback callback, Common common, @Nullable Watched socket, String remote) {
        this.response = response;
        this.callback = callback;
        this.common = common;
        this.socket = socket;
        this.remote = remote;
    }

    /** Of this request. */
    static SseClient of(
            Caller caller,
            Request request,
            Response response,
            Callback callback,
            Common common,
            @Nullable Watched socket) {
        return new SseClient(
                response, callback, common, socket, caller.address() + ":" + Request.getRemotePort(request));
    }

    /**
     * Before anything is sent.
     *
     * @param disconnected what it runs at its end, once or more often
     */
    void begin(Runnable disconnected, Request request) {
        client = disconnected;
        request.addFailureListener(this::fail);
        request.addIdleTimeoutListener(timeout -> false); // it has comments
        if (socket != null && !isOneOfMany()) {
            socket.watchEnd(() -> end(socket, new EofException("The client has closed its connection")));
        }
    }

    private void end(Watched itsOwn, IOException cause) {
        itsOwn.close(cause);
        fail(cause);
    }

    @Override
    public void send(List<ByteBuffer> frame, Consumer<@Nullable Throwable> written) {
        if (!begun) {
            begun = true;
            response.setStatus(200);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            response.getHeaders().put("X-Accel-Buffering", "no");
        }
        writing = true;
        sendNs = System.nanoTime();
        Callback done = Callback.from(
                () -> {
                    writing = false;
                    if (closing != null) {
                        finish();
                    } else {
                        written.accept(null); // which may send the next frame: nothing is written behind it
                    }
                },
                failure -> {
                    writing = false;
                    written.accept(failure);
                    fail(failure);
                });
        write(frame, 0, done);
    }

    /** One part behind the other: what clients have in common is in none of their buffers. */
    private void write(List<ByteBuffer> frame, int part, Callback done) {
        boolean isLast = part == frame.size() - 1;
        Callback next = isLast ? done : Callback.from(() -> write(frame, part + 1, done), done::failed);
        write(next, () -> response.write(false, frame.get(part), next));
    }

    private void write(Callback done, Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            // Jetty throws, of any kind, where the connection has ended and nobody has been told so yet.
            LOG.debug("Client {} is gone", remote, e);
            done.failed(e);
        }
    }

    @Override
    public void ping() {}

    @Override
    public boolean isReading() {
        return false;
    }

    @Override
    public void takeCommand() {}

    @Override
    public boolean refuse(RequestException refusal) {
        if (begun || !over.compareAndSet(false, true)) {
            return false;
        }
        Callback end = ending();
        write(end, () -> Problem.of(refusal, common.reconnectMs()).send(response, end));
        return true;
    }

    @Override
    public void close(Closing why) {
        closing = why;
        if (!writing) {
            finish();
        }
    }

    private void finish() {
        if (over.compareAndSet(false, true)) {
            Callback end = ending();
            write(end, () -> response.write(true, ByteBuffer.allocate(0), end));
        }
    }

    private Callback ending() {
        return Callback.from(
                () -> {
                    callback.succeeded();
                    disconnected();
                },
                failure -> {
                    callback.failed(failure);
                    disconnected();
                });
    }

    /** Its connection has ended, or its request was cancelled. Repeating it is harmless. */
    void fail(Throwable failure) {
        if (over.compareAndSet(false, true)) {
            callback.failed(failure);
        }
        disconnected();
    }

    private void disconnected() {
        Objects.requireNonNull(client).run();
    }

    @Override
    public void abort(Closing why) {
        EofException cause = new EofException(why.reason());
        if (socket != null && !isOneOfMany()) {
            end(socket, cause);
        } else {
            fail(cause);
        }
    }

    /** Does the connection carry other requests, too? */
    private boolean isOneOfMany() {
        return response.getRequest().getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
    }

    @Override
    public long progressNs() {
        boolean isStalled = isOneOfMany() && writing && StreamStall.isOver(sendNs, common.settings());
        return socket == null || isStalled ? sendNs : socket.progressNs();
    }

    @Override
    public String remote() {
        return remote;
    }

    @Override
    public String protocol() {
        return "sse";
    }
}
