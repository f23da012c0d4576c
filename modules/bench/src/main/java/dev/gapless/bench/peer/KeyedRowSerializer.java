package dev.gapless.bench.peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.serialization.JSerializer;

/** A row on the wire, as briefly as can be: what a row costs otherwise is what is measured. */
public final class KeyedRowSerializer extends JSerializer {
    private static final int IDENTIFIER = 71_340_914;

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public boolean includeManifest() {
        return false;
    }

    @Override
    public byte[] toBinary(Object object) {
        KeyedRow row = (KeyedRow) object;
        byte[] key = row.key().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Long.BYTES + Double.BYTES + key.length)
                .putLong(row.version())
                .putDouble(row.value())
                .put(key)
                .array();
    }

    @Override
    public Object fromBinaryJava(byte[] bytes, Class<?> manifest) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long version = buffer.getLong();
        double value = buffer.getDouble();
        return new KeyedRow(
                new String(bytes, buffer.position(), buffer.remaining(), StandardCharsets.US_ASCII), version, value);
    }
}
