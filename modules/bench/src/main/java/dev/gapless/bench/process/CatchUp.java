package dev.gapless.bench.process;

import dev.gapless.bench.peer.GaplessPeer;
import java.util.List;
import java.util.stream.Stream;

/**
 * Subscriptions that begin with the oldest message, all at once.
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS...   ready
 *   warm N NS            checked [PROBLEM], took NS TIMES     a tenth of them
 *   all N NS             checked [PROBLEM], took NS TIMES     all of them, until each has N messages; again until NS have passed
 * </pre>
 */
record CatchUp(int count) implements Job {
    private static final int WARM = 10;

    /** How long it took until the last message came. */
    private record Turn(long tookNs, String problem) {}

    @Override
    public void run(Dialogue dialogue) throws Exception {
        GaplessPeer.CatchingUp node = new GaplessPeer.CatchingUp();
        Connecting.connect(dialogue, node);
        while (true) {
            List<String> order = dialogue.take();
            long messages = Long.parseLong(order.get(1));
            long untilNs = System.nanoTime() + Long.parseLong(order.get(2));
            int subscriptions = order.get(0).equals("warm") ? Math.max(1, count / WARM) : count;
            long tookNs = 0;
            int times = 0;
            String problem = "";
            while (problem.isEmpty() && (times == 0 || System.nanoTime() - untilNs < 0)) {
                Turn turn = catchUp(node, subscriptions, messages);
                tookNs += turn.tookNs;
                times++;
                problem = turn.problem;
            }
            dialogue.say("checked", problem);
            dialogue.say("took", tookNs + " " + times);
        }
    }

    private static Turn catchUp(GaplessPeer.CatchingUp node, int subscriptions, long messages) throws Exception {
        List<Reception> receptions =
                Stream.generate(Reception::new).limit(subscriptions).toList();
        long beginNs = System.nanoTime();
        node.subscribe(List.copyOf(receptions));
        for (Reception reception : receptions) {
            if (!reception.await(messages)) {
                break;
            }
        }
        long tookNs = System.nanoTime() - beginNs;
        String problem = Reception.problemOf(receptions, messages);
        if (problem.isEmpty() && receptions.get(0).story().announced() > 0) {
            problem = "a subscription was told of a gap";
        }
        node.cancel();
        return new Turn(tookNs, problem);
    }
}
