package dev.gapless.bench.process;

import dev.gapless.bench.peer.Peer;
import dev.gapless.bench.peer.Publisher;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/**
 * Publishes numbered messages one at a time, each at its time, with a publisher that waits until all subscribers have it.
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS...   ready                   the publisher's address is the first
 *   run BEGIN END        published N, used ..., latencies ...     as often as it is ordered; N by then
 * </pre>
 */
record AnsweredPublisher(Peer peer, int messageBytes, int ratePerSecond) implements Job {
    private static final int DIGITS = 3;

    @Override
    public void run(Dialogue dialogue) throws Exception {
        Publisher publisher = peer.publisher();
        Connecting.connect(dialogue, publisher);
        long published = 0;
        while (true) {
            Window window = Window.ordered(dialogue).get(0);
            Histogram latencies = new Histogram(DIGITS);
            Publishing publishing =
                    new Publishing(new TimedPublisher(publisher, window, latencies), messageBytes, published);
            CompletableFuture<Usage> used = new Meter(publishing::published).measuring(window);
            publishing.runUntil(window.endNs(), ratePerSecond);
            published = publishing.published();
            dialogue.say("published", published);
            dialogue.say("used", used.get().line());
            dialogue.say("latencies", Latencies.of(latencies).line());
        }
    }
}
