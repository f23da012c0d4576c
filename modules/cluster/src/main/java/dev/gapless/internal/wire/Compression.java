package dev.gapless.internal.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;
import org.apache.pekko.serialization.jackson.JacksonSerializer;

/** What Pekko's Jackson serializers compress, by GZIP or LZ4: how large it is once it is decompressed, and no more of it than is wanted. */
public final class Compression {
    private static final int GZIP = 0x1f8b;
    /** The first two bytes of what Pekko writes in front of LZ4: a number of its own, and the length. */
    private static final int LZ4 = 0x87d9;

    private static final int SHORTEST = 2 * Integer.BYTES;
    private static final long UNSIGNED = 0xffff_ffffL;

    private Compression() {}

    /** Is what a Jackson serializer wrote compressed? */
    public static boolean isCompressed(byte[] data, int at, int length) {
        int firstTwo = length < SHORTEST ? 0 : (data[at] & 0xff) << 8 | (data[at + 1] & 0xff);
        return firstTwo == GZIP || firstTwo == LZ4;
    }

    /** {@return how many bytes that decompresses to, as it says itself; as many as there are if it is not compressed} */
    public static long plainLength(byte[] data, int at, int length) {
        if (!isCompressed(data, at, length)) {
            return length;
        }
        ByteBuffer bytes = ByteBuffer.wrap(data);
        return (data[at] & 0xff) == GZIP >> 8
                ? bytes.order(ByteOrder.LITTLE_ENDIAN).getInt(at + length - Integer.BYTES) & UNSIGNED
                : bytes.getInt(at + Integer.BYTES) & UNSIGNED;
    }

    /**
     * Decompresses what this serializer wrote, whatever it says of its length; what is not compressed is given back.
     *
     * @param most so many bytes at most are made of it
     * @throws IOException if there would be more, or it is damaged
     */
    public static byte[] plain(JacksonSerializer serializer, byte[] bytes, long most) throws IOException {
        if (!isCompressed(bytes, 0, bytes.length)) {
            return bytes;
        }
        if (plainLength(bytes, 0, bytes.length) > most) {
            throw tooLarge(most);
        }
        if ((bytes[0] & 0xff) != GZIP >> 8) {
            return serializer.decompress(bytes); // which makes as many bytes as are said, and fails otherwise
        }
        int limit = (int) Math.min(most, Integer.MAX_VALUE - SHORTEST);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            byte[] plain = in.readNBytes(limit);
            if (in.read() >= 0) {
                throw tooLarge(most);
            }
            return plain;
        }
    }

    private static IOException tooLarge(long most) {
        return new IOException("it decompresses to more than " + most + " bytes");
    }
}
