package dev.gapless.bench.process;

import dev.gapless.bench.peer.GaplessPeer;
import dev.gapless.bench.peer.Patience;
import dev.gapless.bench.peer.Receiver;
import java.util.ArrayList;
import java.util.List;

/**
 * Subscriptions that begin with the oldest message, all at once.
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS...   ready
 *   warm N NS            checked [PROBLEM], took NS     a tenth of them, again and again
 *   all N NS             checked [PROBLEM], took NS     until each of them has N messages
 * </pre>
 */
record CatchUp(int count) implements Job {
    private static final int WARM = 10;

    @Override
    public void run(Dialogue dialogue) throws Exception {
        GaplessPeer.CatchingUp node = new GaplessPeer.CatchingUp();
        Connecting.connect(dialogue, node);
        while (true) {
            List<String> order = dialogue.take();
            long messages = Long.parseLong(order.get(1));
            long untilNs = System.nanoTime() + Long.parseLong(order.get(2));
            int subscriptions = order.get(0).equals("warm") ? Math.max(1, count / WARM) : count;
            long beginNs = System.nanoTime();
            String problem = catchUp(node, subscriptions, messages);
            while (problem.isEmpty() && System.nanoTime() - untilNs < 0) {
                beginNs = System.nanoTime();
                problem = catchUp(node, subscriptions, messages);
            }
            dialogue.say("checked", problem);
            dialogue.say("took", System.nanoTime() - beginNs);
        }
    }

    private static String catchUp(GaplessPeer.CatchingUp node, int subscriptions, long messages) throws Exception {
        List<Reception> receptions = new ArrayList<>();
        for (int i = 0; i < subscriptions; i++) {
            receptions.add(new Reception());
        }
        node.subscribe(new ArrayList<Receiver>(receptions));
        String problem = "";
        for (Reception reception : receptions) {
            if (problem.isEmpty()) {
                problem = reception.await(messages, Patience.PROGRESS.toNanos());
            }
            if (problem.isEmpty() && reception.story().announced() > 0) {
                problem = "a subscription was told of a gap";
            }
        }
        node.cancel();
        return problem;
    }
}
