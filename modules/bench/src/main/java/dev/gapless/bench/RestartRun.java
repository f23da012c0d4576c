package dev.gapless.bench;

import dev.gapless.bench.process.Story;
import dev.gapless.bench.process.Usage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** W5: the publisher is killed, and started again at the same address and with the same name. The subscriber forms the cluster. */
final class RestartRun extends OneRun {
    private static final long FOREVER_NS = TimeUnit.HOURS.toNanos(1);

    RestartRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        String[] options = {
            "-Dgapless.overflow=expire",
            "-Dgapless.node-name=publisher",
            "-Dpekko.remote.artery.canonical.port=" + port()
        };
        Child subscriber = FlowRun.startSubscriber(this, "subscriber", "-Dgapless.overflow=expire");
        Child first = FlowRun.startPublisher(this, options);
        String forming = connect(List.of(subscriber, first)).get(0);
        long nowNs = System.nanoTime();
        first.order("run " + (nowNs + FOREVER_NS) + " " + (nowNs + 2 * FOREVER_NS));
        sleepUntil(nowNs + plan.warmUp().toNanos());

        Observation observation = new Observation(children);
        long killedNs = System.nanoTime();
        children.kill(first);
        Child second = FlowRun.startPublisher(this, options);
        String address = second.answer("listening", PATIENCE);
        second.order("connect " + forming + " " + address);
        second.answer("ready", PATIENCE);
        long beginNs = System.nanoTime();
        long endNs = beginNs + plan.measure().toNanos();
        subscriber.order("run " + beginNs + " " + endNs);
        second.order("run " + beginNs + " " + endNs);
        sleepUntil(endNs);
        double others = observation.others();

        String published = second.answer("published", PATIENCE);
        List<Usage> used = usedBy(List.of(second, subscriber));
        subscriber.order("expect " + published);
        Story story = FlowRun.seenBy(subscriber).story();
        if (story.restarts() != 1) {
            throw new RunFailure("the subscriber was told of " + story.restarts() + " restarts");
        }
        putUsage(used, 1);
        figures.put(Figure.TOLD, (story.toldNs() - killedNs) / NS_PER_MS);
        figures.put(Figure.TOLD_AFTER_MEMBER, (story.toldNs() - story.newcomerNs()) / NS_PER_MS);
        return others;
    }

    private static int port() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
