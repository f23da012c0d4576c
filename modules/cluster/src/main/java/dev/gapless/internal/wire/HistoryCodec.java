package dev.gapless.internal.wire;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.OtherCluster;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.HistoryPart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What nodes tell each other of incarnations that ended, on the wire. */
final class HistoryCodec {
    /** Of a stream's end: its epoch, and a sequence. */
    private static final int LEAST_END_BYTES = Long.BYTES + 1;

    private static final int SAID_FAREWELL = 1;

    private static final int CONTINUED = 1;
    private static final int CONTINUES = 2;

    private HistoryCodec() {}

    static void write(Farewell farewell, WireBuffer out) {
        out.writeFixed(farewell.fromUid());
        out.writeFixed(farewell.toUid());
        out.writeNumber(farewell.index());
        out.writeNumber(farewell.parts());
        writePublished(farewell.published(), out);
    }

    static Farewell readFarewell(WireBuffer in) {
        long fromUid = in.readFixed();
        long toUid = in.readFixed();
        int index = in.readCount("part", Farewell.MOST_PARTS - 1);
        int parts = in.readCount("parts", Farewell.MOST_PARTS);
        return new Farewell(fromUid, toUid, index, parts, readPublished(in));
    }

    static void write(AskHistory ask, WireBuffer out) {
        out.writeFixed(ask.fromUid());
        out.writeFixed(ask.toUid());
        out.writeNumber(ask.number());
    }

    static AskHistory readAsk(WireBuffer in) {
        return new AskHistory(in.readFixed(), in.readFixed(), in.readNumber());
    }

    static void write(HistoryPart part, WireBuffer out) {
        out.writeFixed(part.fromUid());
        out.writeFixed(part.toUid());
        out.writeNumber(part.number());
        out.writeFixed(part.timeMs());
        out.writeNumber(part.index());
        out.writeNumber(part.parts());
        out.writeByte((part.continued() ? CONTINUED : 0) | (part.continues() ? CONTINUES : 0));
        out.writeNumber(part.departures().size());
        for (Departure departure : part.departures()) {
            out.writeFixed(departure.uid());
            out.writeText(departure.node());
            out.writeFixed(departure.endedMs());
            out.writeByte(departure.published() == null ? 0 : SAID_FAREWELL);
            if (departure.published() != null) {
                writePublished(departure.published(), out);
            }
        }
        out.writeFixed(part.historyId());
        out.writeFixed(part.horizonMs());
        OtherClusterCodec.write(part.clusters(), out);
        out.writeNumber(part.incarnations().size());
        part.incarnations().forEach(out::writeFixed);
    }

    static HistoryPart readPart(WireBuffer in) {
        long fromUid = in.readFixed();
        long toUid = in.readFixed();
        long number = in.readNumber();
        long timeMs = in.readFixed();
        int index = in.readCount("part", Integer.MAX_VALUE);
        int parts = in.readCount("parts", Integer.MAX_VALUE);
        int flags = in.readByte();
        List<Departure> departures = new ArrayList<>();
        for (int left = in.readCount("departures", HistoryPart.MOST); left > 0; left--) {
            departures.add(readDeparture(in));
        }
        long historyId = in.readFixed();
        long horizonMs = in.readFixed();
        List<OtherCluster> clusters = OtherClusterCodec.readClusters(in);
        Set<Long> incarnations = new HashSet<>();
        for (int left = in.readCount("members", in.remaining() / Long.BYTES); left > 0; left--) {
            incarnations.add(in.readFixed());
        }
        return new HistoryPart(
                fromUid,
                toUid,
                number,
                timeMs,
                index,
                parts,
                departures,
                (flags & CONTINUED) != 0,
                (flags & CONTINUES) != 0,
                historyId,
                horizonMs,
                clusters,
                incarnations);
    }

    private static Departure readDeparture(WireBuffer in) {
        long uid = in.readFixed();
        String node = in.readText("node", Limits.MAX_NAME);
        long endedMs = in.readFixed();
        int flags = in.readByte();
        @Nullable Map<Epoch, Long> published = (flags & SAID_FAREWELL) == 0 ? null : readPublished(in);
        return new Departure(uid, node, endedMs, published);
    }

    private static void writePublished(Map<Epoch, Long> published, WireBuffer out) {
        out.writeNumber(published.size());
        published.forEach((stream, head) -> {
            out.writeFixed(stream.id());
            out.writeNumber(head);
        });
    }

    private static Map<Epoch, Long> readPublished(WireBuffer in) {
        Map<Epoch, Long> published = new HashMap<>();
        for (int left = in.readCount("streams", in.remaining() / LEAST_END_BYTES); left > 0; left--) {
            published.put(new Epoch(in.readFixed()), in.readNumber());
        }
        return published;
    }
}
