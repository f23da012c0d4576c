package dev.gapless.durable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the events of one id, writes one behind them, if it is to, and ends. */
final class StoreStarts extends StoredEvents {

    private final Function<List<byte[]>, byte @Nullable []> next;
    private final int kept;
    private final CompletableFuture<Done> done;
    private final List<byte[]> events = new ArrayList<>();

    /**
     * What there is by then.
     *
     * @param number that of the last event
     * @param events in order, the last one included
     */
    record Done(long number, List<byte[]> events) {}

    /**
     * Reads and writes at once.
     *
     * @param next makes of the events what is to be written behind them; null for nothing. What it throws, {@code done} fails with
     * @param kept how many events are kept
     * @param done gets what there is then
     */
    StoreStarts(String id, Function<List<byte[]>, byte @Nullable []> next, int kept, CompletableFuture<Done> done) {
        super(id);
        this.next = next;
        this.kept = kept;
        this.done = done;
    }

    @Override
    void onEvent(long number, byte[] event) {
        events.add(event);
    }

    @Override
    void onEnd() {
        byte[] event;
        try {
            event = next.apply(List.copyOf(events));
        } catch (RuntimeException e) {
            done.completeExceptionally(e);
            getContext().stop(self());
            return;
        }
        if (event == null) {
            end();
        } else {
            persist(event, stored -> {
                events.add(event);
                if (lastSequenceNr() > kept) {
                    deleteMessages(lastSequenceNr() - kept);
                }
                end();
            });
        }
    }

    private void end() {
        done.complete(new Done(lastSequenceNr(), List.copyOf(events)));
        getContext().stop(self());
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder().matchAny(ignored -> {}).build();
    }

    @Override
    void onFailure(IllegalStateException problem) {
        done.completeExceptionally(problem);
    }
}
