package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.client.Client;
import dev.gapless.gateway.internal.client.Closing;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Transport;
import dev.gapless.gateway.internal.json.RequestException;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The responses of a call. A frame counts as written when the transport has room for another: until then nothing is read for the client.
 */
final class CallOutlet implements Transport {
    private final ServerCallStreamObserver<ByteBuffer> call;
    private final Common common;
    private final String remote = CallerAddress.hostAndPort();
    private volatile long progressNs = System.nanoTime();
    private volatile @Nullable Client client;
    // Guarded by this: the call is for one thread at a time.
    private @Nullable Consumer<@Nullable Throwable> writing;
    private boolean begun;
    private boolean over;

    CallOutlet(ServerCallStreamObserver<ByteBuffer> call, Common common) {
        this.call = call;
        this.common = common;
        call.setOnReadyHandler(this::ready);
        call.setOnCancelHandler(this::closed);
        call.setOnCloseHandler(this::closed);
    }

    /** Whom it tells of its end. */
    void of(Client whose) {
        client = whose;
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
                begun = true;
                writing = written;
                call.onNext(frame.get(0)); // of which there is one: nothing is shared here
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

    @Override
    public boolean refuse(RequestException refusal) {
        synchronized (this) {
            if (begun) {
                return false;
            }
        }
        end(Statuses.of(refusal, common.reconnectMs()));
        return true;
    }

    @Override
    public void close(Closing why) {
        end(why.status() == Closing.ENDED.status() ? null : Statuses.of(why, common.reconnectMs()));
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
