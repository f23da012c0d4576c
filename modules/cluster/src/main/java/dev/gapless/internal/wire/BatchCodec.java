package dev.gapless.internal.wire;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.Session;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Slice;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Fetched;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A batch on the wire: its slices, each as it lies in memory, with what its messages share in front. */
final class BatchCodec {
    /** Of all nodes of this JVM. */
    private static final Formats FORMATS = new Formats(256);

    private BatchCodec() {}

    static void write(Batch batch, WireBuffer out) {
        out.writeNumber(batch.first());
        out.writeNumber(batch.oldest());
        out.writeNumber(batch.head());
        out.writeByte(batch.asks() ? 1 : 0);
        write(batch.slices(), out);
    }

    static void write(Fetched fetched, WireBuffer out) {
        out.writeFixed(fetched.epoch().id());
        out.writeNumber(fetched.first());
        out.writeNumber(fetched.oldest());
        out.writeNumber(fetched.head());
        write(fetched.slices(), out);
    }

    private static void write(List<Slice> slices, WireBuffer out) {
        out.writeNumber(slices.size());
        for (Slice slice : slices) {
            write(slice, out);
        }
    }

    private static void write(Slice slice, WireBuffer out) {
        out.writeFixed(slice.baseMs());
        out.writeNumber(slice.count());
        List<@Nullable Format> formats = slice.formats();
        out.writeNumber(formats.stream().filter(Objects::nonNull).count());
        for (int i = 0; i < formats.size(); i++) {
            Format format = formats.get(i);
            if (format != null) {
                out.writeByte(i);
                out.writeInt(format.serializerId());
                out.writeText(format.manifest());
            }
        }
        out.writeNumber(slice.length());
        out.writeBytes(slice.data(), slice.offset(), slice.length());
    }

    static Batch read(String topic, long reader, Session session, WireBuffer in) {
        long first = in.readNumber();
        long oldest = in.readNumber();
        long head = in.readNumber();
        boolean asks = in.readByte() == 1;
        return new Batch(topic, reader, session, first, oldest, head, asks, readSlices(in));
    }

    static Fetched readFetched(String topic, long reader, Session session, WireBuffer in) {
        Epoch epoch = new Epoch(in.readFixed());
        long first = in.readNumber();
        long oldest = in.readNumber();
        long head = in.readNumber();
        return new Fetched(topic, reader, session, epoch, first, oldest, head, readSlices(in));
    }

    private static List<Slice> readSlices(WireBuffer in) {
        int left = Limits.MAX_BATCH_MESSAGES;
        List<Slice> slices = new ArrayList<>(2);
        for (int i = in.readCount("parts of a batch", Math.min(left, in.remaining())); i > 0; i--) {
            Slice slice = read(left, in);
            slices.add(slice);
            left -= slice.count();
        }
        return slices;
    }

    private static Slice read(int most, WireBuffer in) {
        long baseMs = in.readFixed();
        int count = in.readCount("messages in a batch", Math.min(most, in.remaining()));
        List<Format> formats = readFormats(in);
        return in.readPart(
                "bytes of messages", (data, from, to) -> Slice.received(baseMs, formats, count, data, from, to));
    }

    private static List<Format> readFormats(WireBuffer in) {
        List<Format> formats = List.of();
        for (int i = in.readCount("formats", Math.min(Slice.MAX_FORMATS, in.remaining())); i > 0; i--) {
            int number = in.readByte();
            List<Format> alone = FORMATS.alone(in.readInt(), in.readText("manifest", Limits.MAX_MANIFEST));
            formats = number == 0 && formats.isEmpty() ? alone : with(formats, number, alone.get(0));
        }
        return formats;
    }

    /** These, and that one under its number. */
    private static List<Format> with(List<Format> formats, int number, Format format) {
        List<Format> more = new ArrayList<>(formats);
        while (more.size() <= number) {
            more.add(Format.NONE);
        }
        more.set(number, format);
        return more;
    }
}
