package dev.gapless.bench.process;

import dev.gapless.bench.peer.Quote;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Each thread writes and reads messages with Jackson.
 *
 * <pre>
 *   run BEGIN END        used ...
 * </pre>
 */
record JacksonLoop(int threads) implements Job {
    @Override
    public void run(Dialogue dialogue) throws Exception {
        Window window = Window.ordered(dialogue).get(0);
        List<AtomicLong> copied = new ArrayList<>();
        List<CompletableFuture<Void>> loops = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            AtomicLong count = new AtomicLong();
            copied.add(count);
            loops.add(new CompletableFuture<>());
            CompletableFuture<Void> done = loops.get(i);
            new Thread(
                            () -> {
                                try {
                                    copyUntil(window.endNs(), count);
                                    done.complete(null);
                                } catch (Exception e) {
                                    done.completeExceptionally(e);
                                }
                            },
                            "jackson-" + i)
                    .start();
        }
        Usage used = new Meter(() -> copied.stream().mapToLong(AtomicLong::get).sum())
                .measuring(window)
                .get();
        for (CompletableFuture<Void> loop : loops) {
            loop.get();
        }
        dialogue.say("used", used.line());
        dialogue.take("end");
    }

    private static void copyUntil(long endNs, AtomicLong count) throws IOException {
        for (long number = 1; System.nanoTime() - endNs < 0; number++) {
            if (!Quote.of(number, 0).copied().matchesNumber()) {
                throw new IllegalStateException("Jackson read something else than it wrote");
            }
            count.lazySet(number);
        }
    }
}
