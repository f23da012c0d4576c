package dev.gapless.bench.process;

import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.PacedNode;
import dev.gapless.bench.peer.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Subscriptions of one topic on one node. The fast ones take what comes, each of the others so many messages in a second.
 *
 * <pre>
 *                              listening ADDRESS
 *   connect ADDRESS...         ready                                                      the fast ones are subscribed
 *   slow                       slowed                                                     so are the slow ones
 *   run BEGIN END              used ..., delivered OF_FAST_ONES OF_SLOW_ONES DIFFERENT    in that time
 *   pause                      paused N                                                   none of them takes anything more; N came by then
 *   count                      count N                                                    that came by now
 *   expect N                   checked [PROBLEM], told LOSSES MOST_OF_ONE MESSAGES        the slow ones take what comes, too, until all have all
 * </pre>
 *
 * @param lowest how many messages the first of the slow ones takes in a second
 * @param highest how many the last one takes
 */
record SlowSubscriptions(int fast, int slow, double lowest, double highest) implements Job {
    @Override
    public void run(Dialogue dialogue) throws Exception {
        Seen seen = new Seen();
        List<One> fastOnes = ones(fast, seen);
        List<One> slowOnes = ones(slow, seen);
        PacedNode node = new PacedNode();
        dialogue.say("listening", node.address());
        List<String> addresses = dialogue.take("connect");
        node.connect(addresses.get(0), addresses.subList(1, addresses.size()));
        node.subscribe(List.copyOf(fastOnes));
        dialogue.say("ready");
        while (true) {
            List<String> order = dialogue.take();
            switch (order.get(0)) {
                case "slow" -> {
                    node.subscribe(List.copyOf(slowOnes), lowest, highest);
                    long next = seen.newest() + 1;
                    slowOnes.forEach(one -> one.latestFirst = next); // it is ready: it misses nothing from then on
                    dialogue.say("slowed");
                }
                case "run" ->
                    measure(dialogue, Window.of(order.subList(1, order.size())).get(0), fastOnes, slowOnes, seen);
                case "pause" -> {
                    node.pause();
                    dialogue.say("paused", received(fastOnes) + received(slowOnes));
                }
                case "count" -> dialogue.say("count", received(fastOnes) + received(slowOnes));
                case "expect" -> {
                    node.hurry();
                    check(dialogue, Long.parseLong(order.get(1)), fastOnes, slowOnes);
                }
                default -> throw new IllegalStateException("slow subscriptions know no '" + order.get(0) + "'");
            }
        }
    }

    private static List<One> ones(int count, Seen seen) {
        List<One> ones = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ones.add(new One(seen));
        }
        return ones;
    }

    private static void measure(Dialogue dialogue, Window window, List<One> fast, List<One> slow, Seen seen) {
        Window.sleepUntil(window.beginNs());
        long fastBefore = received(fast);
        long slowBefore = received(slow);
        long seenBefore = seen.count();
        Usage used = new Meter(() -> received(fast) + received(slow)).measure(window);
        long fastAfter = received(fast);
        long slowAfter = received(slow);
        dialogue.say("used", used.line());
        dialogue.say("delivered", fastAfter - fastBefore, slowAfter - slowBefore, seen.count() - seenBefore);
    }

    private static long received(List<One> ones) {
        return ones.stream().mapToLong(one -> one.reception.received()).sum();
    }

    private static void check(Dialogue dialogue, long published, List<One> fast, List<One> slow) throws Exception {
        String problem = "";
        List<One> all = new ArrayList<>(fast);
        all.addAll(slow);
        for (One one : all) {
            if (!one.await(published)) {
                break;
            }
        }
        Reception.awaitTwice();
        for (One one : all) {
            problem = problem.isEmpty() ? one.verdict(published) : problem;
        }
        long missedByFast = fast.stream()
                .mapToLong(one -> one.reception.story().announced())
                .sum();
        dialogue.say(
                "checked",
                problem.isEmpty() && missedByFast > 0
                        ? "fast subscriptions were told that they missed " + missedByFast + " messages"
                        : problem);
        dialogue.say(
                "told",
                slow.stream().mapToLong(one -> one.losses.get()).sum(),
                slow.stream().mapToLong(one -> one.losses.get()).max().orElse(0),
                slow.stream()
                        .mapToLong(one -> one.reception.story().announced())
                        .sum());
    }

    /** A subscription. It begins with any message that was published before it was ready, or with the next one. */
    private static final class One implements Receiver {
        private final Reception reception = new Reception();
        private final Seen seen;
        private volatile long latestFirst = 1;
        private volatile long first;
        private final AtomicLong losses = new AtomicLong();

        One(Seen seen) {
            this.seen = seen;
        }

        boolean await(long published) throws InterruptedException {
            return reception.await(published - Math.max(1, first) + 1);
        }

        String verdict(long published) {
            String verdict = reception.verdict(published - Math.max(1, first) + 1);
            return first > latestFirst
                    ? "a subscription began with message " + first + ", it was ready before message " + latestFirst
                    : verdict;
        }

        /** Of the messages of this subscription, the how-manieth it is. */
        private long own(long number) {
            if (first == 0) {
                first = number; // by one thread at a time
            }
            return number - first + 1;
        }

        @Override
        public void take(byte[] bytes, int offset, int length) {
            if (BenchMessage.isWhole(bytes, offset, length)) {
                takeNumber(BenchMessage.numberAt(bytes, offset), 0);
            } else {
                reception.take(bytes, offset, length);
            }
        }

        @Override
        public void takeNumber(long number, long intendedNs) {
            seen.add(number);
            reception.takeNumber(own(number), 0);
        }

        @Override
        public void takeGap(long firstMissing, long missed) {
            losses.incrementAndGet();
            reception.takeGap(own(firstMissing), missed);
        }

        @Override
        public void takeProblem(String problem) {
            reception.takeProblem(problem);
        }
    }
}
