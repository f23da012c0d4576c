package dev.gapless.bench.process;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.bench.peer.ClusterNode;
import dev.gapless.bench.peer.GaplessPeer;
import dev.gapless.bench.peer.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A subscription of each topic. Each publisher has divided its messages among the topics, in turn.
 *
 * <pre>
 *                           listening ADDRESS
 *   connect ADDRESS...      ready
 *   run BEGIN END           used ...
 *   expect (ADDRESS N)...   checked [PROBLEM]       how many messages each publisher has published
 * </pre>
 */
record ManyTopics(int count) implements Job {
    @Override
    public void run(Dialogue dialogue) throws Exception {
        ClusterNode node = new ClusterNode(ClusterNode.GAPLESS);
        dialogue.say("listening", node.address());
        List<String> addresses = dialogue.take("connect");
        node.join(addresses.get(0), addresses.size());
        List<OfTopic> topics = new ArrayList<>();
        List<Subscription> subscriptions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            topics.add(new OfTopic(i + 1, count, new ConcurrentHashMap<>()));
            subscriptions.add(
                    Gapless.get(node.system()).subscribe(GaplessPeer.topic(i), StartFrom.latest(), topics.get(i)));
        }
        for (Subscription subscription : subscriptions) {
            var unused = subscription.ready().toCompletableFuture().get(Patience.CONNECT.toSeconds(), TimeUnit.SECONDS);
        }
        dialogue.say("ready");
        Window window = Window.ordered(dialogue).get(0);
        Meter meter =
                new Meter(() -> topics.stream().mapToLong(OfTopic::received).sum());
        dialogue.say("used", meter.measuring(window).get().line());
        dialogue.say("checked", problem(topics, dialogue.take("expect")));
        dialogue.take("end");
    }

    private String problem(List<OfTopic> topics, List<String> published) throws InterruptedException {
        for (OfTopic topic : topics) {
            for (int i = 0; i < published.size(); i += 2) {
                if (!topic.of(published.get(i)).await(own(topic, published.get(i + 1)))) {
                    return problem(topic, published, i);
                }
            }
        }
        Reception.awaitTwice();
        for (OfTopic topic : topics) {
            for (int i = 0; i < published.size(); i += 2) {
                String problem = problem(topic, published, i);
                if (!problem.isEmpty()) {
                    return problem;
                }
            }
        }
        return "";
    }

    private String problem(OfTopic topic, List<String> published, int publisher) {
        Reception reception = topic.of(published.get(publisher));
        String verdict = reception.verdict(own(topic, published.get(publisher + 1)));
        String what = "topic " + topic.first + " of " + published.get(publisher);
        return !verdict.isEmpty()
                ? what + ": " + verdict
                : reception.story().announced() > 0 ? what + " has a gap" : "";
    }

    /** How many of its messages a publisher has published to this topic. */
    private long own(OfTopic topic, String published) {
        return (Long.parseLong(published) + count - topic.first) / count;
    }

    /** What comes of one topic, by publishers. */
    private record OfTopic(int first, int step, Map<String, Reception> receptions) implements MessageHandler<byte[]> {
        Reception of(String node) {
            return receptions.computeIfAbsent(node, made -> new Reception(first, step));
        }

        long received() {
            return receptions.values().stream().mapToLong(Reception::received).sum();
        }

        @Override
        public void onMessage(Delivery<byte[]> delivery) {
            byte[] message = Objects.requireNonNull(delivery.message());
            of(delivery.node()).take(message, 0, message.length);
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<byte[]> expired) {
            expired.gaps()
                    .forEach(gap -> of(String.valueOf(gap.node())).takeProblem("the subscription was told of " + gap));
            return CompletableFuture.completedFuture(Reload.done());
        }
    }
}
