package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * W11: messages are in the publisher's ring, and many subscriptions of another node want all of them at once. G_BACKLOG: one
 * subscription wants them, again and again.
 */
final class CatchUpRun extends OneRun {
    /**
     * The publisher goes on for 100 ms more, and has published for a second then. In W11 these are 2,000 messages. Each subscription that
     * catches up holds all of them: with 10,000 the heap is too small.
     */
    private static final long PUBLISHING_NS = TimeUnit.MILLISECONDS.toNanos(900);

    /** In G_BACKLOG: more than the largest backlog. */
    private static final long LARGE_RING = 1 << 18;

    CatchUpRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        boolean grows = workload.growth() == Growth.BACKLOG;
        List<String> options = new ArrayList<>(List.of("-Dgapless.overflow=expire"));
        if (grows) {
            options.addAll(List.of("-Dgapless.buffer-bytes=64 MiB", ring(LARGE_RING)));
        }
        int subscriptions = grows ? 1 : plan.scale().subscriptions();
        long measureNs = grows ? plan.measure().toNanos() : 0;
        String[] both = options.toArray(String[]::new);
        Child publisher = FlowRun.startPublisher(this, both);
        Child subscriber = children.start("subscriber", options(both), BenchProcess.CATCH_UP, subscriptions);
        connect(List.of(publisher, subscriber));
        long beginNs = System.nanoTime();
        publisher.order("run " + beginNs + " " + (beginNs + PUBLISHING_NS));
        long published = Long.parseLong(publisher.answer("published", PATIENCE));
        publisher.answer("used", PATIENCE);
        if (published == 0) {
            throw new RunFailure("nothing was published");
        }

        subscriber.order("warm " + published + " " + plan.warmUp().toNanos());
        check(subscriber);
        Observation observation = new Observation(children);
        long cpuNs = children.cpuNs();
        subscriber.order("all " + published + " " + measureNs);
        Took took = check(subscriber);
        double others = observation.others();
        double deliveries = (double) published * subscriptions * took.times;
        figures.put(Figure.CATCH_UP, took.ns / NS_PER_MS / took.times);
        figures.put(Figure.RATE, deliveries * NS_PER_S / took.ns / subscriptions);
        figures.put(Figure.CPU, (children.cpuNs() - cpuNs) / NS_PER_US / deliveries);
        return others;
    }

    /** How long it took to catch up so many times. */
    private record Took(long ns, int times) {}

    private static Took check(Child subscriber) throws RunFailure, InterruptedException {
        String problem = subscriber.answer("checked", PATIENCE.multipliedBy(2));
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        String[] words = subscriber.answer("took", PATIENCE).split(" ", -1);
        return new Took(Long.parseLong(words[0]), Integer.parseInt(words[1]));
    }
}
