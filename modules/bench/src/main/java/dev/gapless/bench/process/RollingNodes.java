package dev.gapless.bench.process;

import dev.gapless.Gapless;
import dev.gapless.StartFrom;
import dev.gapless.bench.peer.ClusterNode;
import dev.gapless.bench.peer.GaplessPeer;
import dev.gapless.bench.peer.Patience;
import dev.gapless.core.Epoch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Several publishing nodes, and one with a fast subscription and a slow one, in one JVM. The publishing nodes are restarted, one after the other:
 * each stops to publish, leaves in good order, and comes back under its name.
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS      ready                                                  all are a cluster, and both subscriptions are ready
 *   publish              publishing
 *   roll                 rolled NS                                              until the last one publishes again
 *   stop                 checked [PROBLEM], fast ..., slow ...                  see Account.line; both have what they were not told that they miss
 * </pre>
 *
 * @param ratePerSecond of each
 * @param slowPerSecond what the slow subscription takes
 */
record RollingNodes(int count, int messageBytes, int ratePerSecond, double slowPerSecond) implements Job {
    @Override
    public void run(Dialogue dialogue) throws Exception {
        ClusterNode subscriber = new ClusterNode(ClusterNode.GAPLESS, "subscriber");
        List<RollingPublisher> publishers = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            publishers.add(publisher(i));
        }
        dialogue.say("listening", subscriber.address());
        dialogue.take("connect");
        String first = subscriber.address();
        subscriber.join(first, 1);
        for (RollingPublisher publisher : publishers) {
            publisher.node().join(first, publishers.indexOf(publisher) + 2);
        }
        subscriber.join(first, count + 1);
        Account fast = new Account(Double.POSITIVE_INFINITY);
        Account slow = new Account(slowPerSecond);
        for (Account account : List.of(fast, slow)) {
            var unused = Gapless.get(subscriber.system())
                    .subscribe(GaplessPeer.topic(0), StartFrom.latest(), account)
                    .ready()
                    .toCompletableFuture()
                    .get(Patience.CONNECT.toSeconds(), TimeUnit.SECONDS);
        }
        dialogue.say("ready");
        dialogue.take("publish");
        publishers.forEach(RollingPublisher::start);
        dialogue.say("publishing");
        dialogue.take("roll");
        long beginNs = System.nanoTime();
        Map<Epoch, Long> published = new HashMap<>();
        for (int i = 0; i < count; i++) {
            RollingPublisher before = publishers.get(i);
            before.stop(published);
            before.leave();
            RollingPublisher after = publisher(i + 1);
            after.node().join(first, count + 1);
            after.start();
            publishers.set(i, after);
        }
        dialogue.say("rolled", System.nanoTime() - beginNs);
        dialogue.take("stop");
        for (RollingPublisher publisher : publishers) {
            publisher.stop(published);
        }
        slow.hurry();
        String problem = fast.await(published);
        problem = problem.isEmpty() ? slow.await(published) : problem;
        dialogue.say("checked", problem);
        dialogue.say("fast", fast.line());
        dialogue.say("slow", slow.line());
        dialogue.take("end");
    }

    private RollingPublisher publisher(int number) {
        return new RollingPublisher(
                new ClusterNode(ClusterNode.GAPLESS, "publisher-" + number), messageBytes, ratePerSecond);
    }
}
