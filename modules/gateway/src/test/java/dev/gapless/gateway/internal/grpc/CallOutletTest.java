package dev.gapless.gateway.internal.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.grpc.stub.ServerCallStreamObserver;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A client sends the next frame once the one before is written: so what the transport holds of it is what this says. */
class CallOutletTest {
    private static final int FRAMES = 1_000;

    private final Call call = new Call();
    private final CallOutlet outlet = new CallOutlet(call, () -> 0);
    private int sent;
    private @Nullable Throwable failure;

    /** A call whose transport has room, or has none. */
    private static final class Call extends ServerCallStreamObserver<ByteBuffer> {
        private int room;
        private int messages;
        private @Nullable Runnable ready;

        /** The client asks for so many messages more. */
        void asksFor(int more) {
            boolean wasReady = isReady();
            room += more;
            if (!wasReady && isReady() && ready != null) {
                ready.run();
            }
        }

        @Override
        public boolean isReady() {
            return messages < room;
        }

        @Override
        public void onNext(ByteBuffer message) {
            messages++;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            ready = handler;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setOnCloseHandler(Runnable handler) {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setCompression(String compression) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }

    /** As a client does that has more to say. */
    private void sendAll(@Nullable Throwable why) {
        failure = why;
        if (why == null && sent < FRAMES) {
            sent++;
            outlet.send(List.of(ByteBuffer.allocate(1)), this::sendAll);
        }
    }

    @Test
    void holdsOneFrameMoreThanTheTransportHasRoomFor() {
        sendAll(null);
        assertEquals(1, call.messages);
        call.asksFor(10);
        assertEquals(10, call.messages);
        call.asksFor(20);
        assertEquals(30, call.messages);
        call.asksFor(FRAMES);
        assertEquals(FRAMES, call.messages);
        assertNull(failure);
    }
}
