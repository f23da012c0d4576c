package dev.gapless.internal.publish;

import dev.gapless.core.producer.ReceiptRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** A receipt on its way to the producer of a log, and back. Thread-safe. */
public final class WantedReceipt {
    private final long first;
    private final long last;
    private final int nodes;
    private final long dueNs;
    private final Executor answering;
    private final CompletableFuture<Standings> answer = new CompletableFuture<>();

    /** Of these messages of the log's own stream, both included; as in {@link ReceiptRequest}. */
    WantedReceipt(long first, long last, int nodes, long dueNs, Executor answering) {
        this.first = first;
        this.last = last;
        this.nodes = nodes;
        this.dueNs = dueNs;
        this.answering = answering;
    }

    /** For the producer. {@code carriedOut} runs what answers it once all is carried out that the producer wanted before. */
    public ReceiptRequest request(LongFunction<String> names, Consumer<Runnable> carriedOut) {
        return new ReceiptRequest(first, last, nodes, dueNs, its -> {
            Standings standings = Standings.of(its, names);
            carriedOut.accept(() -> answer(standings));
        });
    }

    /** Nobody is there who could say who has them. */
    void endUnanswered() {
        answer(Standings.UNKNOWN);
    }

    private void answer(Standings standings) {
        answering.execute(() -> answer.complete(standings));
    }

    CompletableFuture<Standings> answer() {
        return answer;
    }
}
