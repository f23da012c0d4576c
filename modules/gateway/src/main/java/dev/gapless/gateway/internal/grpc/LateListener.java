package dev.gapless.gateway.internal.grpc;

import io.grpc.ServerCall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a call tells before it is known whether it may begin. It is not asked for messages until then, so that it can tell only that it ends, or
 * can be written to. Thread-safe.
 */
final class LateListener<Q> extends ServerCall.Listener<Q> {
    // Guarded by this.
    private final List<Consumer<ServerCall.Listener<Q>>> told = new ArrayList<>();
    private ServerCall.@Nullable Listener<Q> begun;

    /** The call has begun, or was refused. */
    synchronized void begin(ServerCall.Listener<Q> listener) {
        begun = listener;
        told.forEach(what -> what.accept(listener));
        told.clear();
    }

    private synchronized void tell(Consumer<ServerCall.Listener<Q>> what) {
        ServerCall.Listener<Q> listener = begun;
        if (listener == null) {
            told.add(what);
        } else {
            what.accept(listener);
        }
    }

    @Override
    public void onMessage(Q message) {
        tell(listener -> listener.onMessage(message));
    }

    @Override
    public void onHalfClose() {
        tell(ServerCall.Listener::onHalfClose);
    }

    @Override
    public void onCancel() {
        tell(ServerCall.Listener::onCancel);
    }

    @Override
    public void onComplete() {
        tell(ServerCall.Listener::onComplete);
    }

    @Override
    public void onReady() {
        tell(ServerCall.Listener::onReady);
    }
}
