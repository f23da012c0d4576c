package dev.gapless.bench;

import dev.gapless.bench.peer.Traffic;
import dev.gapless.bench.process.BenchProcess;
import dev.gapless.bench.process.Usage;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * S: subscriptions of one node that are slower than the publisher. What do they cost those that are not, and what is sent for them? With a fast
 * one it is measured twice: before and after the slow ones begin.
 */
final class SlowRun extends OneRun {
    /** For the slow ones to fall behind the ring, which lasts for four seconds. */
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(8);

    private static final int RING_SECONDS = 4;

    SlowRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        int rate = workload.ratePerSecond();
        String[] options = {"-Dgapless.overflow=expire", ring((long) RING_SECONDS * rate), cache(rate), Traffic.OPTION};
        int fast = workload == Workload.S_ALL || workload == Workload.S_RATES ? 0 : 1;
        Child publisher = FlowRun.startPublisher(this, options);
        Child subscriber = children.start(
                "subscriber",
                options(options),
                BenchProcess.SLOW_SUBSCRIPTIONS,
                fast,
                workload.subscribers() - fast,
                lowest() * rate,
                highest() * rate);
        connect(List.of(publisher, subscriber));

        long aloneNs = System.nanoTime() + plan.warmUp().toNanos();
        long aloneEndNs = aloneNs + plan.measure().toNanos();
        long slowNs = aloneEndNs + SETTLE_NS;
        long slowEndNs = slowNs + plan.measure().toNanos();
        if (fast == 0) { // nobody is alone
            slow(subscriber);
        }
        publisher.order("run " + aloneNs + " " + aloneEndNs + " " + slowNs + " " + slowEndNs);
        @Nullable Measured alone = null;
        if (fast > 0) {
            subscriber.order("run " + aloneNs + " " + aloneEndNs);
            alone = Measured.of(subscriber);
            slow(subscriber);
        }
        subscriber.order("run " + slowNs + " " + slowEndNs);
        sleepUntil(slowNs);
        Observation observation = new Observation(children);
        Measured beside = Measured.of(subscriber);
        double others = observation.others();
        String published = publisher.answer("published", PATIENCE);
        List<Usage> ofPublisher = List.of(
                Usage.parse(publisher.answer("used", PATIENCE)), Usage.parse(publisher.answer("used", PATIENCE)));
        put(alone, beside, ofPublisher);
        check(subscriber, published);
        return others;
    }

    /** What the slowest takes of all messages. */
    private double lowest() {
        return switch (workload) {
            case S_BESIDE_10, S_BESIDE_50 -> 0.1;
            case S_RATES -> 0.001;
            default -> 0.2;
        };
    }

    /** What the last of the slow ones takes. */
    private double highest() {
        return switch (workload) {
            case S_BESIDE_10, S_BESIDE_50 -> 0.3;
            case S_RATES -> 0.95;
            default -> 0.2;
        };
    }

    /** What the subscriber tells of a time in which it measured. */
    private record Measured(Usage used, double ofFast, double ofSlow, double different) {
        static Measured of(Child subscriber) throws RunFailure, InterruptedException {
            Usage used = Usage.parse(subscriber.answer("used", PATIENCE));
            String[] delivered = subscriber.answer("delivered", PATIENCE).split(" ", -1);
            return new Measured(
                    used,
                    Double.parseDouble(delivered[0]),
                    Double.parseDouble(delivered[1]),
                    Double.parseDouble(delivered[2]));
        }
    }

    private static void slow(Child subscriber) throws RunFailure, InterruptedException {
        subscriber.order("slow");
        subscriber.answer("slowed", PATIENCE);
    }

    private void put(@Nullable Measured alone, Measured beside, List<Usage> publisher) throws RunFailure {
        putUsage(List.of(publisher.get(1), beside.used), 1);
        double sent = publisher.get(1).sentBytes() + beside.used.sentBytes();
        double bytes = workload.messageBytes();
        figures.put(Figure.SENT_OF_PUBLISHED, sent / (publisher.get(1).count() * bytes));
        figures.put(Figure.SENT_OF_READ, sent / (beside.different * bytes));
        figures.put(Figure.DELIVERIES, beside.ofFast + beside.ofSlow);
        if (alone != null) {
            double sentAlone = publisher.get(0).sentBytes() + alone.used.sentBytes();
            figures.put(
                    Figure.SENT_OF_PUBLISHED_ALONE,
                    sentAlone / (publisher.get(0).count() * bytes));
            figures.put(Figure.FAST_OF_ALONE, beside.ofFast / alone.ofFast);
            figures.put(
                    Figure.CPU_OF_ALONE,
                    (double) (publisher.get(1).cpuNs() + beside.used.cpuNs())
                            / (publisher.get(0).cpuNs() + alone.used.cpuNs()));
        }
    }

    private void check(Child subscriber, String published) throws RunFailure, InterruptedException {
        subscriber.order("expect " + published);
        String problem = subscriber.answer("checked", PATIENCE.multipliedBy(2));
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        String[] told = subscriber.answer("told", PATIENCE).split(" ", -1);
        figures.put(Figure.LOSSES, Double.parseDouble(told[0]));
        figures.put(Figure.LOSSES_OF_ONE, Double.parseDouble(told[1]));
        figures.put(Figure.ANNOUNCED, Double.parseDouble(told[2]));
        if (told[0].equals("0")) {
            throw new RunFailure("no subscription was slower than the ring lasts");
        }
    }
}
