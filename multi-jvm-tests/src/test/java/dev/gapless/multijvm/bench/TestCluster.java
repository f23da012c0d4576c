package dev.gapless.multijvm.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cluster of JVMs on this machine, each behind a proxy of its own.
 *
 * <pre>{@code
 * try (TestCluster cluster = TestCluster.named("PausedConsumer").with("gapless.buffer-messages = 1000").start(3)) {
 *     cluster.node(3).pause();
 * }
 * }</pre>
 */
public final class TestCluster implements AutoCloseable {
    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    private final Path directory;
    private final List<TestNode> nodes = new CopyOnWriteArrayList<>();
    private String settings = "";

    private TestCluster(Path directory) {
        this.directory = directory;
    }

    /** A cluster without nodes, whose files go by that name below {@code target/multijvm}. */
    public static TestCluster named(String name) {
        Path directory =
                Path.of("target", "multijvm", name.toLowerCase(Locale.ROOT) + "-" + CLUSTERS.incrementAndGet());
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new TestCluster(directory);
    }

    /** Adds settings, as HOCON, for the nodes that are started from now on. */
    public TestCluster with(String hocon) {
        settings += hocon + "\n";
        return this;
    }

    /** Starts so many nodes, and waits until all are up. */
    public TestCluster start(int count) {
        for (int i = 0; i < count; i++) {
            add();
            if (i == 0) {
                node(1).awaitStarted();
            }
        }
        nodes.forEach(TestNode::awaitStarted);
        awaitUp();
        return this;
    }

    /** The nodes count from 1; that one is called n1, and is the seed. */
    public TestNode node(int number) {
        return nodes.get(number - 1);
    }

    /** Starts another node, n and its number, without waiting for it. */
    public TestNode add() {
        return add("n" + (nodes.size() + 1), "", NodeKind.GAPLESS);
    }

    /** Starts another node under that name. */
    public TestNode add(String name) {
        return add(name, "", NodeKind.GAPLESS);
    }

    /** Starts another node under that name, with further settings. */
    public TestNode add(String name, String further, NodeKind kind) {
        return add(name, further, kind, ClassArchive.options());
    }

    /** Starts another node with further options of its JVM. */
    TestNode add(String name, String further, NodeKind kind, List<String> jvmOptions) {
        TestNode node;
        synchronized (this) {
            int number = nodes.size() + 1;
            LinkProxy proxy = new LinkProxy(name);
            NodeSettings own = new NodeSettings(name, number, proxy.port(), settings + further);
            node = new TestNode(this, own, proxy, kind, jvmOptions, directory.resolve("node" + number));
            nodes.add(node);
            node.start();
        }
        return node;
    }

    /** Whom a node joins: all that live, or itself if it is the first; itself before all others if it may form a cluster. */
    List<String> seedsOf(TestNode node, boolean mayForm) {
        List<String> others = nodes.stream()
                .filter(other -> other != node && other.isAlive())
                .map(TestNode::address)
                .toList();
        Stream<String> itself = others.isEmpty() || mayForm ? Stream.of(node.address()) : Stream.of();
        return Stream.concat(itself, others.stream()).toList();
    }

    /** Waits until every living node sees exactly the living nodes, all up and none unreachable. */
    public void awaitUp() {
        List<TestNode> living = nodes.stream().filter(TestNode::isAlive).toList();
        List<String> addresses = living.stream().map(TestNode::address).sorted().toList();
        for (TestNode node : living) {
            Await.value(
                    node + " sees all of " + addresses + " up",
                    node::members,
                    m -> m.up().equals(addresses)
                            && m.all().equals(addresses)
                            && m.unreachable().isEmpty());
        }
    }

    /** The way from one node to another, in that direction. */
    public Link link(TestNode from, TestNode to) {
        return to.proxy().from(from.settings().callHost());
    }

    /** What has come of every link, a line each. */
    public String links() {
        return nodes.stream()
                .flatMap(node -> node.proxy().links().stream())
                .map(Link::toString)
                .collect(Collectors.joining("\n"));
    }

    /** Nothing passes between these two any more, in either direction, as if the cable was pulled. */
    public void cut(TestNode a, TestNode b) {
        link(a, b).hold(Traffic.ALL);
        link(b, a).hold(Traffic.ALL);
    }

    /** Ends whatever was done to the links between these two. */
    public void heal(TestNode a, TestNode b) {
        link(a, b).heal();
        link(b, a).heal();
    }

    /** Cuts a node off from all others. */
    public void isolate(TestNode node) {
        nodes.stream().filter(other -> other != node).forEach(other -> cut(node, other));
    }

    /** Ends {@link #isolate}. */
    public void rejoin(TestNode node) {
        nodes.stream().filter(other -> other != node).forEach(other -> heal(node, other));
    }

    @Override
    public void close() {
        nodes.forEach(TestNode::close);
    }
}
