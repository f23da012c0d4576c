package dev.gapless.gateway.internal.grpc;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Messages that are bytes already. */
final class Frames implements MethodDescriptor.Marshaller<ByteBuffer> {
    /** A method as it was generated, except that what is sent is bytes already. */
    static <Q> MethodDescriptor<Q, ByteBuffer> of(MethodDescriptor<Q, ?> generated) {
        return generated.toBuilder(generated.getRequestMarshaller(), new Frames())
                .build();
    }

    /** gRPC copies a stream whose length it knows only once. */
    private static final class Known extends ByteArrayInputStream implements KnownLength {
        Known(ByteBuffer bytes) {
            super(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }
    }

    /** It is read before {@code onNext} returns. */
    @Override
    public InputStream stream(ByteBuffer value) {
        return new Known(value);
    }

    @Override
    public ByteBuffer parse(InputStream stream) {
        throw new UnsupportedOperationException("A gateway sends these");
    }
}
