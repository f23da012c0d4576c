package dev.gapless.internal.wire;

import dev.gapless.core.Limits;
import dev.gapless.core.wire.GiveWay;
import dev.gapless.core.wire.HandedOver;
import dev.gapless.core.wire.Who;
import java.util.HashSet;
import java.util.Set;

/** What members of different clusters tell each other, on the wire. */
final class OtherClusterCodec {
    private OtherClusterCodec() {}

    static void write(Who who, WireBuffer out) {
        out.writeFixed(who.fromUid());
        out.writeFixed(who.toUid());
        out.writeNumber(who.number());
        out.writeByte(who.answer() ? 1 : 0);
        out.writeText(who.clusterId());
        out.writeText(who.node());
        out.writeText(who.address());
        out.writeFixed(who.oldestUid());
        out.writeText(who.oldestAddress());
        out.writeFixed(who.startedMs());
        writeIds(who.members(), out);
        writeIds(who.histories(), out);
    }

    static Who readWho(WireBuffer in) {
        return new Who(
                in.readFixed(),
                in.readFixed(),
                in.readNumber(),
                in.readByte() == 1,
                in.readText("cluster id", Limits.MAX_NAME),
                in.readText("node", Limits.MAX_NAME),
                in.readText("address", Limits.MAX_NAME),
                in.readFixed(),
                in.readText("address", Limits.MAX_NAME),
                in.readFixed(),
                readIds("members", in),
                readIds("histories", in));
    }

    static void write(GiveWay giveWay, WireBuffer out) {
        out.writeFixed(giveWay.fromUid());
        out.writeFixed(giveWay.toUid());
        out.writeText(giveWay.address());
        out.writeFixed(giveWay.startedMs());
        writeIds(giveWay.stay(), out);
        writeIds(giveWay.giveWay(), out);
    }

    static GiveWay readGiveWay(WireBuffer in) {
        return new GiveWay(
                in.readFixed(),
                in.readFixed(),
                in.readText("address", Limits.MAX_NAME),
                in.readFixed(),
                readIds("members", in),
                readIds("members", in));
    }

    static void write(HandedOver handedOver, WireBuffer out) {
        out.writeFixed(handedOver.fromUid());
        out.writeFixed(handedOver.toUid());
        out.writeNumber(handedOver.number());
    }

    static HandedOver readHandedOver(WireBuffer in) {
        return new HandedOver(in.readFixed(), in.readFixed(), in.readNumber());
    }

    private static void writeIds(Set<Long> ids, WireBuffer out) {
        out.writeNumber(ids.size());
        ids.forEach(out::writeFixed);
    }

    private static Set<Long> readIds(String what, WireBuffer in) {
        Set<Long> ids = new HashSet<>();
        for (int left = in.readCount(what, in.remaining() / Long.BYTES); left > 0; left--) {
            ids.add(in.readFixed());
        }
        return ids;
    }
}
