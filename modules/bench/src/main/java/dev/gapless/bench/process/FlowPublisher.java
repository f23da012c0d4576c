package dev.gapless.bench.process;

import dev.gapless.bench.peer.Peer;
import dev.gapless.bench.peer.Publisher;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes numbered messages.
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS...   ready                   the publisher's address is the first
 *   run BEGIN END ...    published N, used ... for each time from BEGIN to END
 * </pre>
 *
 * @param ratePerSecond 0 for as fast as it can
 */
record FlowPublisher(Peer peer, int messageBytes, int ratePerSecond) implements Job {
    /** It goes on for a while: what is measured ends under load. */
    private static final long TAIL_NS = 100_000_000;

    @Override
    public void run(Dialogue dialogue) throws Exception {
        Publisher publisher = peer.publisher();
        Connecting.connect(dialogue, publisher);
        Publishing publishing = new Publishing(publisher, messageBytes);
        List<Window> windows = Window.ordered(dialogue);
        Meter meter = new Meter(publishing::published);
        List<CompletableFuture<Usage>> used =
                windows.stream().map(meter::measuring).toList();
        long endNs = windows.get(windows.size() - 1).endNs() + TAIL_NS;
        if (ratePerSecond == 0) {
            publishing.runUntil(endNs);
        } else {
            publishing.runUntil(endNs, ratePerSecond);
        }
        dialogue.say("published", publishing.published());
        for (CompletableFuture<Usage> one : used) {
            dialogue.say("used", one.get().line());
        }
        dialogue.take("end");
    }
}
