package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.Link;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.Traffic;
import java.util.List;
import java.util.Random;

/** What is done to the links between two nodes, given as the one that connects and the one that it connects to. */
final class LinkFaults {
    private static final int LONGEST_CUT_MS = 4_000;
    /** The failure detector is not to notice these, or it would remove both ends. */
    private static final int LONGEST_UNNOTICED_MS = 1_200;

    private final TestCluster cluster;

    LinkFaults(TestCluster cluster) {
        this.cluster = cluster;
    }

    void reset(List<TestNode> nodes, Traffic traffic) {
        Link link = connected(nodes);
        long before = link.resets();
        Lasting.until("connections are reset", nodes, () -> {
            link.reset(traffic);
            return link.resets() > before;
        });
    }

    void cutAllTraffic(List<TestNode> nodes, Random random) {
        cut(nodes, Traffic.ALL, random, LONGEST_UNNOTICED_MS);
    }

    void cutBothWays(List<TestNode> nodes, Random random) {
        cut(nodes, Traffic.MESSAGES, random, LONGEST_CUT_MS);
    }

    private void cut(List<TestNode> nodes, Traffic traffic, Random random, int longestMs) {
        Link link = connected(nodes);
        Link back = cluster.link(nodes.get(1), nodes.get(0));
        link.hold(traffic);
        back.hold(traffic);
        try {
            Lasting.until("both hold something", nodes, () -> link.heldBytes() > 0 && back.heldBytes() > 0);
            Lasting.last(random, longestMs);
        } finally {
            link.heal();
            back.heal();
        }
    }

    void cutOneWay(List<TestNode> nodes, Random random) {
        Link link = connected(nodes);
        link.hold(Traffic.MESSAGES);
        try {
            Lasting.until("it holds something", nodes, () -> link.heldBytes() > 0);
            Lasting.last(random, LONGEST_CUT_MS);
        } finally {
            link.heal();
        }
    }

    void lose(List<TestNode> nodes) {
        Link link = connected(nodes);
        long before = link.swallowedBytes();
        link.swallow(Traffic.MESSAGES);
        try {
            Lasting.until("something is lost", nodes, () -> link.swallowedBytes() > before);
        } finally {
            link.refuse(Traffic.MESSAGES); // or a connection that is opened now would go on with its beginning lost
            link.heal();
        }
    }

    void refuse(List<TestNode> nodes, Random random) {
        Link link = connected(nodes);
        long before = link.refusals();
        link.refuse(Traffic.MESSAGES);
        try {
            Lasting.until("it tries in vain", nodes, () -> link.refusals() > before);
            Lasting.last(random, LONGEST_CUT_MS);
        } finally {
            link.heal();
        }
    }

    private Link connected(List<TestNode> nodes) {
        Link link = cluster.link(nodes.get(0), nodes.get(1));
        Lasting.until("the link carries messages", nodes, () -> link.messageConnections() > 0);
        return link;
    }
}
