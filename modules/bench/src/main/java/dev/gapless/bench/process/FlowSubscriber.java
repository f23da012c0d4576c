package dev.gapless.bench.process;

import dev.gapless.bench.peer.Patience;
import dev.gapless.bench.peer.Peer;

/**
 * Checks and times what it gets.
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS...   ready                   the publisher's address is the first
 *   run BEGIN END        used ...
 *   expect N             checked [PROBLEM], latencies ..., story ...
 * </pre>
 */
record FlowSubscriber(Peer peer) implements Job {
    @Override
    public void run(Dialogue dialogue) throws Exception {
        Reception reception = new Reception();
        Connecting.connect(dialogue, peer.subscriber(reception));
        Window window = Window.ordered(dialogue).get(0);
        reception.measure(window);
        dialogue.say(
                "used", new Meter(reception::received).measuring(window).get().line());
        long published = Long.parseLong(dialogue.take("expect").get(0));
        dialogue.say("checked", reception.await(published, Patience.PROGRESS.toNanos()));
        dialogue.say("latencies", Latencies.of(reception.latencies()).line());
        dialogue.say("story", reception.story().line());
        dialogue.take("end");
    }
}
