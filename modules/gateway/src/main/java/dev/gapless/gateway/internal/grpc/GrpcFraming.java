package dev.gapless.gateway.internal.grpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.MessageLite;
import dev.gapless.gateway.internal.client.Framing;
import dev.gapless.gateway.internal.json.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What all responses of streams have in common. What other protocols say as objects of JSON the status of the call says. */
abstract class GrpcFraming implements Framing {
    /** Appends a response to a frame. */
    static void write(MessageLite response, Bytes frame) {
        try {
            response.writeTo(frame);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public final @Nullable List<ByteBuffer> object(Bytes frame, ObjectNode message) {
        return null;
    }

    @Override
    public final void addPlace(ObjectNode message) {}

    @Override
    public final boolean isStream() {
        return true;
    }
}
