package dev.gapless.bench.process;

import dev.gapless.bench.peer.GaplessPeer;
import dev.gapless.bench.peer.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Many subscriptions of the same topic. The first one takes nothing from the end of the first window to the end of the second one.
 *
 * <pre>
 *                              listening ADDRESS
 *   connect ADDRESS...         ready
 *   run BEGIN END BEGIN END    used ..., used ...
 *   expect N                   checked [PROBLEM], announced N      to the one that was stuck
 * </pre>
 */
record StuckSubscription(int count) implements Job {
    @Override
    public void run(Dialogue dialogue) throws Exception {
        List<Reception> receptions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            receptions.add(new Reception());
        }
        Stuck stuck = new Stuck(receptions.get(0));
        List<Receiver> receivers = new ArrayList<>(receptions);
        receivers.set(0, stuck);
        Connecting.connect(dialogue, GaplessPeer.subscribers(receivers));
        List<Window> windows = Window.ordered(dialogue);
        Meter meter = new Meter(
                () -> receptions.stream().mapToLong(Reception::received).sum());
        Usage free = meter.measuring(windows.get(0)).get();
        stuck.stuck = true;
        Usage whileStuck = meter.measuring(windows.get(1)).get();
        stuck.goesOn.countDown();
        dialogue.say("used", free.line());
        dialogue.say("used", whileStuck.line());
        long published = Long.parseLong(dialogue.take("expect").get(0));
        dialogue.say("checked", Reception.problemOf(receptions, published));
        dialogue.say("announced", receptions.get(0).story().announced());
        dialogue.take("end");
    }

    /** Takes nothing while it is stuck. */
    private static final class Stuck implements Receiver {
        private final Receiver to;
        private final CountDownLatch goesOn = new CountDownLatch(1);
        private volatile boolean stuck;

        Stuck(Receiver to) {
            this.to = to;
        }

        @Override
        public void take(byte[] bytes, int offset, int length) {
            if (stuck) {
                try {
                    goesOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    to.takeProblem("the subscription that was stuck was interrupted");
                }
            }
            to.take(bytes, offset, length);
        }

        @Override
        public void takeNumber(long number, long intendedNs) {
            to.takeNumber(number, intendedNs);
        }

        @Override
        public void takeGap(long first, long missed) {
            to.takeGap(first, missed);
        }

        @Override
        public void takeProblem(String problem) {
            to.takeProblem(problem);
        }
    }
}
