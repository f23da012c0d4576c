package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import dev.gapless.bench.process.Usage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** W6: several publishers, each of several topics, and a subscriber of all topics. G_TOPICS: one publisher. */
final class ManyTopicsRun extends OneRun {
    private static final int TOPICS = 16;
    private static final int PUBLISHERS = 4;

    /** In G_TOPICS. All rings together, on both sides, have to fit into the heap. */
    private static final int SMALL_RING = 2_000;

    ManyTopicsRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        boolean grows = workload.growth() == Growth.TOPICS;
        int topics = grows ? workload.amount() : TOPICS;
        int publishers = grows ? 1 : PUBLISHERS;
        List<String> options = grows ? options(ring(SMALL_RING)) : options();
        List<Child> all = new ArrayList<>();
        for (int i = 1; i <= publishers; i++) {
            all.add(children.start(
                    "publisher-" + i, options, BenchProcess.TOPICS_PUBLISHER, topics, workload.messageBytes()));
        }
        Child subscriber = children.start("subscriber", options, BenchProcess.TOPICS_SUBSCRIBER, topics);
        all.add(subscriber);
        List<String> addresses = connect(all);

        double others = observe(all);

        StringBuilder expected = new StringBuilder("expect");
        for (int i = 0; i < publishers; i++) {
            String published = all.get(i).answer("published", PATIENCE);
            expected.append(' ').append(addresses.get(i)).append(' ').append(published);
        }
        List<Usage> used = usedBy(all);
        subscriber.order(expected.toString());
        String problem = subscriber.answer("checked", PATIENCE);
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        putUsage(used, publishers);
        return others;
    }
}
