package dev.gapless.bench.process;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.ClusterNode;
import dev.gapless.bench.peer.GaplessPeer;
import dev.gapless.bench.peer.Patience;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A node that publishes at a rate on a thread of its own until it is stopped, and then leaves its cluster. */
final class RollingPublisher {
    private final ClusterNode node;
    private final int messageBytes;
    private final int ratePerSecond;
    private final CompletableFuture<Position> last = new CompletableFuture<>();
    private volatile boolean stopped;

    RollingPublisher(ClusterNode node, int messageBytes, int ratePerSecond) {
        this.node = node;
        this.messageBytes = messageBytes;
        this.ratePerSecond = ratePerSecond;
    }

    ClusterNode node() {
        return node;
    }

    void start() {
        Thread thread = new Thread(this::publish, "publisher");
        thread.setDaemon(true);
        thread.start();
    }

    private void publish() {
        try {
            Producer<byte[]> producer = Gapless.get(node.system()).producer(GaplessPeer.topic(0));
            long beginNs = System.nanoTime();
            long number = 0;
            CompletableFuture<Position> latest;
            do {
                number++;
                Window.sleepUntil(beginNs + number * TimeUnit.SECONDS.toNanos(1) / ratePerSecond);
                latest = producer.publish(BenchMessage.of(messageBytes, number, 0))
                        .toCompletableFuture();
            } while (!stopped);
            last.complete(latest.get(Patience.PROGRESS.toSeconds(), TimeUnit.SECONDS));
        } catch (Exception e) {
            last.completeExceptionally(e);
        }
    }

    /** Publishes nothing more; puts how far it came. */
    void stop(Map<Epoch, Long> published) throws Exception {
        stopped = true;
        Position position = last.get(2 * Patience.PROGRESS.toSeconds(), TimeUnit.SECONDS);
        published.put(position.epoch(), position.sequence());
    }

    /** Its node leaves in good order. */
    void leave() throws Exception {
        node.system().terminate();
        var unused = node.system().getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
