package dev.gapless.gateway.internal.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Sent;
import dev.gapless.gateway.internal.client.Tally;
import dev.gapless.gateway.internal.client.Unsent;
import dev.gapless.gateway.internal.json.SharedJson;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InboundTest {
    private static final int BOUND = 100;

    private final Inbound inbound = new Inbound(new Common(
            new GatewaySettings(ConfigFactory.load()),
            new Access(new GatewaySettings(ConfigFactory.load()).access, Runnable::run),
            null,
            "n1",
            "g1",
            null,
            null,
            new SharedJson(0, Budget.unbounded()),
            null,
            new Unsent(1 << 20, 0, Duration.ZERO, Budget.unbounded()),
            new Budget(Long.MAX_VALUE, 0, Map.of(Share.UNFINISHED, (long) BOUND)),
            Runnable::run,
            (after, what) -> {},
            new Sent(),
            new Tally()));
    private final List<PublishRequest> served = new ArrayList<>();
    private final List<Status> ends = new ArrayList<>();
    private int cancelled;

    private final class Call extends ServerCall<PublishRequest, PublishResponse> {
        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(PublishResponse message) {}

        @Override
        public void close(Status status, Metadata trailers) {
            ends.add(status);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<PublishRequest, PublishResponse> getMethodDescriptor() {
            return GaplessGrpc.getPublishMethod();
        }
    }

    @Test
    void whatStillComesOfACallThatWasEndedForWantOfRoomIsServedNoMore() throws Exception {
        ServerStreamTracer tracer = inbound.newServerStreamTracer("gapless.v1.Gapless/Publish", new Metadata());
        ServerCall.Listener<PublishRequest> listener = tracer.filterContext(Context.ROOT)
                .call(() -> inbound.interceptCall(
                        new Call(), new Metadata(), (call, headers) -> new ServerCall.Listener<>() {
                            @Override
                            public void onMessage(PublishRequest message) {
                                served.add(message);
                            }

                            @Override
                            public void onCancel() {
                                cancelled++;
                            }
                        }));
        PublishRequest message = PublishRequest.newBuilder().setTopic("t").build();
        tracer.inboundWireSize(BOUND);
        tracer.inboundMessageRead(0, BOUND, BOUND);
        listener.onMessage(message);
        assertEquals(List.of(message), served);

        tracer.inboundWireSize(BOUND);
        tracer.inboundMessageRead(1, BOUND, BOUND);
        tracer.inboundWireSize(1); // the next one begins before that one is passed on
        listener.onMessage(message);
        assertEquals(1, ends.size());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, ends.get(0).getCode());
        assertEquals(1, cancelled); // whoever serves it learns that it is over
        assertEquals(1, served.size());
    }
}
