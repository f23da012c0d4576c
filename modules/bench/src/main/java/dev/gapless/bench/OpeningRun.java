package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * D_OPENING: a process fills a ring, and is killed. Another one starts on its store: how long does its topic, or a persistent actor alone,
 * take to read what is there and to store one more?
 */
final class OpeningRun extends OneRun {
    /** What a ring holds by default. */
    private static final int MESSAGES = 65_536;

    private static final Duration FILLING = Duration.ofMinutes(10);

    OpeningRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        List<String> options = options();
        options.addAll(durable("store"));
        Child before = start(options);
        before.order("fill " + MESSAGES / plan.scale().topicsDivisor());
        before.answer("filled", FILLING);
        children.kill(before);
        Child after = start(options);
        Observation observation = new Observation(children);
        after.order("open");
        figures.put(Figure.OPENED, Long.parseLong(after.answer("opened", FILLING)) / NS_PER_MS);
        return observation.others();
    }

    private Child start(List<String> options) throws RunFailure, IOException, InterruptedException {
        int batch = workload == Workload.D_OPENING_64 ? 64 : 1;
        Child child =
                children.start("store", options, BenchProcess.OPENING, peer.name(), workload.messageBytes(), batch);
        child.answer("ready", PATIENCE);
        return child;
    }
}
