package dev.gapless.bench;

import dev.gapless.bench.peer.Peers;
import dev.gapless.bench.process.BenchProcess;
import dev.gapless.bench.process.Latencies;
import dev.gapless.bench.process.Usage;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * R_PAUSED: a publisher waits for the receipt of two nodes for each message. It is measured twice: while both read, and while the only
 * subscription of one of them is paused, and lacks more than its node keeps for it.
 */
final class PausedRun extends OneRun {
    private static final int FEED = 100;
    /** At 200 messages a second the feed is overrun by then. */
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(2);

    PausedRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        String[] options = {"-Dgapless.overflow=expire", cache(FEED)};
        Child publisher = children.start(
                "publisher",
                options(options),
                BenchProcess.ANSWERED_PUBLISHER,
                Peers.RECEIPT,
                workload.messageBytes(),
                workload.ratePerSecond());
        Child paused = subscriber("paused subscriber", options);
        Child other = subscriber("subscriber", options);
        connect(List.of(publisher, paused, other));

        Turn free = publish(publisher, plan.warmUp().toNanos());
        paused.order("pause");
        long before = Long.parseLong(paused.answer("paused", PATIENCE));
        Turn whilePaused = publish(publisher, SETTLE_NS);
        paused.order("count");
        long after = Long.parseLong(paused.answer("count", PATIENCE));
        if (after > before + 1 || whilePaused.published - after <= FEED) {
            throw new RunFailure("the subscription was not paused for longer than its node's feed lasts: it had "
                    + before + " messages, and then " + after + " of " + whilePaused.published);
        }
        figures.put(Figure.RECEIPTS, (double) whilePaused.used.count());
        putLatencies(whilePaused.latencies);
        figures.put(Figure.LATENCY_MEDIAN_FREE, free.latencies.medianNs() / NS_PER_US);
        figures.put(Figure.LATENCY_OF_FREE, whilePaused.latencies.medianNs() / (double) free.latencies.medianNs());
        for (Child subscriber : List.of(paused, other)) {
            subscriber.order("expect " + whilePaused.published);
            String problem = subscriber.answer("checked", PATIENCE);
            if (!problem.isEmpty()) {
                throw new RunFailure(problem);
            }
            subscriber.answer("told", PATIENCE);
        }
        return Math.max(free.others, whilePaused.others);
    }

    private Child subscriber(String role, String... options) throws RunFailure, IOException {
        return children.start(role, options(options), BenchProcess.SLOW_SUBSCRIPTIONS, 1, 0, 1, 1);
    }

    /** @param published by then, in both turns */
    private record Turn(long published, Usage used, Latencies latencies, double others) {}

    private Turn publish(Child publisher, long beforeNs) throws RunFailure, InterruptedException {
        long beginNs = System.nanoTime() + beforeNs;
        long endNs = beginNs + plan.measure().toNanos();
        publisher.order("run " + beginNs + " " + endNs);
        sleepUntil(beginNs);
        Observation observation = new Observation(children);
        sleepUntil(endNs);
        double others = observation.others();
        long published = Long.parseLong(publisher.answer("published", PATIENCE));
        Usage used = Usage.parse(publisher.answer("used", PATIENCE));
        return new Turn(published, used, Latencies.parse(publisher.answer("latencies", PATIENCE)), others);
    }
}
