package dev.gapless.bench.peer;

import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** A batch on the wire: how many messages, and each with its length. */
public final class BatchSerializer extends SerializerWithStringManifest implements ByteBufferSerializer {
    private static final int IDENTIFIER = 71_340_913;
    private static final String MANIFEST = "b";

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object object) {
        return MANIFEST;
    }

    @Override
    public byte[] toBinary(Object object) {
        int bytes = Integer.BYTES;
        for (byte[] message : ((BenchBatch) object).messages()) {
            bytes += Integer.BYTES + message.length;
        }
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        toBinary(object, buffer);
        return buffer.array();
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        return fromBinary(ByteBuffer.wrap(bytes), manifest);
    }

    @Override
    public void toBinary(Object object, ByteBuffer buffer) {
        List<byte[]> messages = ((BenchBatch) object).messages();
        buffer.putInt(messages.size());
        for (byte[] message : messages) {
            buffer.putInt(message.length).put(message);
        }
    }

    @Override
    public Object fromBinary(ByteBuffer buffer, String manifest) throws NotSerializableException {
        if (!manifest.equals(MANIFEST)) {
            throw new NotSerializableException("manifest " + manifest);
        }
        int count = buffer.getInt();
        List<byte[]> messages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] message = new byte[buffer.getInt()];
            buffer.get(message);
            messages.add(message);
        }
        return new BenchBatch(messages);
    }
}
