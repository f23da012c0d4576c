package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Short lives: processes with names of their own that join, publish, and end, as {@code gapless publish} does. Their names come again,
 * and then at the same address. Thread-safe.
 */
final class Tools {
    private static final int AT_ONCE = 2;
    private static final int LARGEST_BURST = 20;
    private static final long TO_BE_LET_IN_NS = TimeUnit.SECONDS.toNanos(30);

    private final TestCluster cluster;
    private final Journal faults;
    private final Subscriptions subscriptions;
    private final Deque<TestNode> idle = new ArrayDeque<>();
    private int living;
    private int names;

    Tools(TestCluster cluster, Journal faults, Subscriptions subscriptions) {
        this.cluster = cluster;
        this.faults = faults;
        this.subscriptions = subscriptions;
    }

    /** Reserves room for one that is begun next. {@return whether there is any} */
    synchronized boolean mayTake() {
        if (living == AT_ONCE) {
            return false;
        }
        living++;
        return true;
    }

    /** Whether or not one was begun. */
    synchronized void giveBack() {
        living--;
    }

    /** A process that runs, and is to join; it publishes nothing yet. */
    TestNode begin() {
        TestNode tool;
        synchronized (this) {
            tool = idle.poll();
        }
        return tool == null ? cluster.add(newName()).awaitStarted() : tool.restart();
    }

    private synchronized String newName() {
        return "tool" + ++names;
    }

    /** It is a member, as it sees itself; or it ends. */
    void awaitUp(TestNode tool, Bystanders others) {
        long untilNs = System.nanoTime() + TO_BE_LET_IN_NS;
        Lasting.until(
                tool + " is up",
                () -> !tool.isAlive() || others.areGone() || System.nanoTime() - untilNs > 0,
                () -> tool.members().up().contains(tool.address()));
    }

    /** Publishes until something is accepted for each of these topics. */
    void publish(TestNode tool, List<String> topics) {
        String its = subscriptions.journal(tool, topics, LARGEST_BURST);
        List<Path> journals = topics.stream()
                .map(topic -> subscriptions.publisherJournal(topic, tool, its))
                .toList();
        Lasting.until(
                tool + " has published", List.of(tool), () -> journals.stream().allMatch(Tools::hasPublished));
    }

    /** Was anything accepted, by this journal of a publisher? */
    static boolean hasPublished(Path journal) {
        try (Stream<String> lines = Files.lines(journal)) {
            return lines.anyMatch(line -> line.startsWith("a "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In good order: everything that it began has a position. */
    void leave(TestNode tool) {
        tool.call("traffic", Arguments.of("on", false));
        String reason = tool.leave();
        if (!reason.equals("ClusterLeavingReason$")) {
            throw new Lasting.Interrupted(tool + " was downed while it left");
        }
    }

    void kill(TestNode tool) {
        tool.kill();
        if (!tool.wasKilled()) {
            throw new Lasting.Interrupted(tool + " had ended before it could be killed");
        }
    }

    /** Its process ends, if it has not ended yet. */
    void end(TestNode tool) {
        if (tool.isAlive()) {
            tool.kill();
        }
        Await.until(tool + " has ended", () -> !tool.isAlive());
        faults.timed("over", tool.name());
        synchronized (this) {
            idle.add(tool);
        }
    }
}
