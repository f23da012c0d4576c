package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

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
        link.reset(traffic);
        assertTrue(link.resets() > before, link::toString);
    }

    void cutBothWays(List<TestNode> nodes, Random random) {
        Traffic traffic = random.nextBoolean() ? Traffic.ALL : Traffic.MESSAGES;
        Link link = connected(nodes);
        Link back = cluster.link(nodes.get(1), nodes.get(0));
        link.hold(traffic);
        back.hold(traffic);
        try {
            Lasting.until("both hold something", nodes, () -> link.heldBytes() > 0 && back.heldBytes() > 0);
            Lasting.last(random, traffic == Traffic.ALL ? LONGEST_UNNOTICED_MS : LONGEST_CUT_MS);
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
            link.reset(Traffic.MESSAGES);
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
