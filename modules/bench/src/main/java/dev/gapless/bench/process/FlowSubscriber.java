package dev.gapless.bench.process;

import dev.gapless.bench.peer.PeerSide;
import dev.gapless.bench.peer.Receiver;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks and times what it gets.
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS...   ready                   the publisher's address is the first
 *   run BEGIN END        used ...
 *   expect N             checked [PROBLEM], latencies ..., story ...
 * </pre>
 *
 * @param side made for those that get every message
 * @param subscriptions how many; latencies and story are those of the first
 */
record FlowSubscriber(Maker side, int subscriptions) implements Job {
    /** Makes the subscribing side of a peer. */
    interface Maker {
        PeerSide of(List<Receiver> receivers) throws Exception;
    }

    @Override
    public void run(Dialogue dialogue) throws Exception {
        List<Reception> all =
                Stream.generate(Reception::new).limit(subscriptions).toList();
        Reception first = all.get(0);
        Connecting.connect(dialogue, side.of(List.copyOf(all)));
        Window window = Window.ordered(dialogue).get(0);
        first.measure(window);
        Meter meter =
                new Meter(() -> all.stream().mapToLong(Reception::received).sum());
        dialogue.say("used", meter.measuring(window).get().line());
        long published = Long.parseLong(dialogue.take("expect").get(0));
        dialogue.say("checked", Reception.problemOf(all, published));
        dialogue.say("latencies", Latencies.of(first.latencies()).line());
        dialogue.say("story", first.story().line());
        dialogue.take("end");
    }
}
