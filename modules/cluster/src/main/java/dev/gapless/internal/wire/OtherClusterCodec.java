package dev.gapless.internal.wire;

import dev.gapless.core.Limits;
import dev.gapless.core.OtherCluster;
import dev.gapless.core.wire.ClusterProbe;
import dev.gapless.core.wire.GiveWay;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What members of different clusters tell each other, on the wire. */
final class OtherClusterCodec {
    /** Without its name. */
    private static final int LEAST_CLUSTER_BYTES = 3 * Long.BYTES + 3;

    private OtherClusterCodec() {}

    static void write(ClusterProbe who, WireBuffer out) {
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
    }

    static ClusterProbe readWho(WireBuffer in) {
        return new ClusterProbe(
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
                readIds("members", in));
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

    /** What members of one cluster tell each other of another one. */
    static void write(List<OtherCluster> clusters, WireBuffer out) {
        out.writeNumber(clusters.size());
        for (OtherCluster other : clusters) {
            out.writeFixed(other.oldestUid());
            out.writeText(other.name());
            out.writeNumber(other.members());
            out.writeFixed(other.heardMs());
            out.writeFixed(other.goneMs());
            out.writeByte(other.stage().number());
        }
    }

    static List<OtherCluster> readClusters(WireBuffer in) {
        List<OtherCluster> clusters = new ArrayList<>();
        for (int left = in.readCount("clusters", in.remaining() / LEAST_CLUSTER_BYTES); left > 0; left--) {
            clusters.add(new OtherCluster(
                    in.readFixed(),
                    in.readText("name", OtherCluster.MAX_NAME),
                    in.readCount("members", Integer.MAX_VALUE),
                    in.readFixed(),
                    in.readFixed(),
                    OtherCluster.Stage.of(in.readByte())));
        }
        return clusters;
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
