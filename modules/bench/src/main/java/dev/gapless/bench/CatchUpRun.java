package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** W11: messages are in the publisher's ring, and many subscriptions of another node want all of them at once. */
final class CatchUpRun extends OneRun {
    /** About 2,000 messages. Each subscription that catches up holds all of them: with 10,000 the heap is too small. */
    private static final long PUBLISHING_NS = TimeUnit.SECONDS.toNanos(1);

    CatchUpRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        String expire = "-Dgapless.overflow=expire";
        Child publisher = FlowRun.startPublisher(this, expire);
        int subscriptions = plan.scale().subscriptions();
        Child subscriber = children.start("subscriber", options(expire), BenchProcess.CATCH_UP, subscriptions);
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
        subscriber.order("all " + published + " " + 0);
        long tookNs = check(subscriber);
        double others = observation.others();
        double deliveries = (double) published * subscriptions;
        figures.put(Figure.CATCH_UP, tookNs / NS_PER_MS);
        figures.put(Figure.RATE, deliveries * NS_PER_S / tookNs / subscriptions);
        figures.put(Figure.CPU, (children.cpuNs() - cpuNs) / NS_PER_US / deliveries);
        return others;
    }

    private static long check(Child subscriber) throws RunFailure, InterruptedException {
        String problem = subscriber.answer("checked", PATIENCE.multipliedBy(2));
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        return Long.parseLong(subscriber.answer("took", PATIENCE));
    }
}
