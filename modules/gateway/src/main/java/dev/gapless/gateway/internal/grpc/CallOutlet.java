package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.client.Client;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Closing;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Framing;
import dev.gapless.gateway.internal.client.Transport;
import dev.gapless.gateway.internal.json.RequestException;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The responses of a call. A frame counts as written when the transport has room for another: until then nothing is read for the client.
 */
final class CallOutlet implements Transport {
    private final ServerCallStreamObserver<ByteBuffer> call;
    private final LongSupplier reconnectMs;
    private final String remote = Callers.hostAndPort();
    private volatile long progressNs = System.nanoTime();
    private volatile @Nullable Client client;
    // Guarded by this: the call is for one thread at a time.
    private @Nullable Consumer<@Nullable Throwable> writing;
    private boolean over;

    /** @param reconnectMs how long a client is asked to wait before it calls again */
    CallOutlet(ServerCallStreamObserver<ByteBuffer> call, LongSupplier reconnectMs) {
        this.call = call;
        this.reconnectMs = reconnectMs;
        call.setOnReadyHandler(this::ready);
        call.setOnCancelHandler(this::closed);
        call.setOnCloseHandler(this::closed);
    }

    /** Lets a client in, which has not started yet. Throws {@link RequestException} if there are too many. */
    static Client open(ServerCallStreamObserver<ByteBuffer> call, Common common, Clients clients, Framing framing) {
        Clients.Admission admission = clients.admit(Callers.caller());
        CallOutlet outlet = new CallOutlet(call, common::reconnectMs);
        Client opened = clients.open(admission, outlet, framing);
        outlet.client = opened;
        return opened;
    }

    /** The transport has room. */
    private void ready() {
        progressNs = System.nanoTime();
        Consumer<@Nullable Throwable> written;
        synchronized (this) {
            written = writing;
            writing = null;
        }
        if (written != null) {
            written.accept(null);
        }
    }

    @Override
    public void send(List<ByteBuffer> frame, Consumer<@Nullable Throwable> written) {
        boolean isReady = false;
        boolean isOver;
        synchronized (this) {
            isOver = over;
            if (!isOver) {
                writing = written;
                frame.forEach(call::onNext); // each is a response: nothing is shared here
                isReady = call.isReady();
            }
        }
        if (isOver) {
            written.accept(new EOFException("the call is over"));
        } else if (isReady) {
            ready();
        }
    }

    /** The transport holds nothing of it any more. */
    private void closed() {
        Consumer<@Nullable Throwable> unwritten;
        synchronized (this) {
            over = true;
            unwritten = writing;
            writing = null;
        }
        if (unwritten != null) {
            unwritten.accept(new EOFException("the call is over"));
        }
        disconnected();
    }

    @Override
    public void ping() {}

    @Override
    public boolean isReading() {
        return false;
    }

    @Override
    public void takeCommand() {}

    /** A status has its place behind whatever was sent. */
    @Override
    public boolean refuse(RequestException refusal) {
        end(Statuses.of(refusal, reconnectMs.getAsLong()));
        return true;
    }

    @Override
    public void close(Closing why) {
        end(why.status() == Closing.ENDED.status() ? null : Statuses.of(why, reconnectMs.getAsLong()));
    }

    /** What was written and not taken stays with the transport, at most a frame, until the client takes it or its connection ends. */
    @Override
    public void abort(Closing why) {
        close(why);
    }

    private void end(@Nullable RuntimeException status) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            if (status == null) {
                call.onCompleted();
            } else {
                call.onError(status);
            }
        }
        disconnected();
    }

    private void disconnected() {
        Objects.requireNonNull(client).disconnected();
    }

    @Override
    public long progressNs() {
        return progressNs;
    }

    @Override
    public String remote() {
        return remote;
    }

    @Override
    public String protocol() {
        return "grpc";
    }
}
