package dev.gapless.bench;

import dev.gapless.bench.process.Usage;
import java.io.IOException;
import java.util.List;

/**
 * W4, W4B and W4B_RETAINED: the subscriber's process is stopped for a while, as by a debugger or a virtual machine that is moved. The ring holds twice
 * what it misses, or half of it.
 */
final class StopRun extends OneRun {
    /** A message that was due when the process was stopped has waited for about so much of the stop. */
    private static final double MOST = 0.8;

    StopRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        String[] options = {
            "-Dgapless.overflow=expire",
            "-Dgapless.buffer-bytes=64 MiB",
            "-Dgapless.resume-after-expiry=" + (workload == Workload.W4B_RETAINED ? "retained" : "head"),
            ring(ringMessages())
        };
        Child publisher = FlowRun.startPublisher(this, options);
        Child subscriber = FlowRun.startSubscriber(this, "subscriber", options);
        List<Child> all = List.of(publisher, subscriber);
        connect(all);

        long stopNs = System.nanoTime() + plan.warmUp().toNanos();
        long endNs = stopNs + plan.scale().stop().toNanos() + plan.measure().toNanos();
        for (Child child : all) {
            child.order("run " + stopNs + " " + endNs);
        }
        sleepUntil(stopNs);
        Observation observation = new Observation(children);
        subscriber.signal("STOP");
        sleepUntil(System.nanoTime() + plan.scale().stop().toNanos());
        long resumedNs = System.nanoTime();
        subscriber.signal("CONT");
        sleepUntil(endNs);
        double others = observation.others();

        String published = publisher.answer("published", PATIENCE);
        List<Usage> used = usedBy(all);
        subscriber.order("expect " + published);
        FlowRun.Seen seen = FlowRun.seenBy(subscriber);
        putUsage(used, 1);
        long announced = seen.story().announced();
        figures.put(Figure.ANNOUNCED, (double) announced);
        if (workload != Workload.W4) {
            if (announced == 0) {
                throw new RunFailure("the ring held what the subscriber missed");
            }
            return others;
        }
        if (seen.latencies().maxNs() < MOST * plan.scale().stop().toNanos()) {
            throw new RunFailure("the subscriber was not stopped");
        } else if (seen.story().levelNs() == 0) {
            throw new RunFailure(
                    "the subscriber was not level within " + plan.measure().toMillis() + " ms");
        }
        figures.put(Figure.LEVEL, (seen.story().levelNs() - resumedNs) / NS_PER_MS);
        return others;
    }

    /** How many messages it holds: at full scale 262,144 in W4, and 50,000 in the others. */
    private long ringMessages() {
        long missed = workload.ratePerSecond() * plan.scale().stop().toMillis() / 1_000;
        return workload == Workload.W4 ? 1 << 18 : missed / 2;
    }
}
