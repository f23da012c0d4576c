package dev.gapless;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A handler that notes every event, and reloads at once. */
class Recorder<T> implements MessageHandler<T> {
    private final List<Event<T>> events = new ArrayList<>();

    synchronized void note(Event<T> event) {
        events.add(event);
    }

    synchronized List<Event<T>> events() {
        return List.copyOf(events);
    }

    /** The messages so far, in order. */
    List<T> messages() {
        List<T> messages = new ArrayList<>();
        for (Event<T> event : events()) {
            if (event instanceof Delivery<T> delivery) {
                messages.add(delivery.message());
            }
        }
        return messages;
    }

    <E> List<E> all(Class<E> type) {
        return events().stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public void onMessage(Delivery<T> delivery) throws Exception {
        note(delivery);
    }

    @Override
    public CompletionStage<Reload> onCursorExpired(CursorExpired<T> expired) {
        note(expired);
        return CompletableFuture.completedFuture(Reload.done());
    }

    @Override
    public void onProducerLeft(ProducerLeft<T> left) {
        note(left);
    }

    @Override
    public void onEnded(Ended<T> ended) {
        note(ended);
    }
}
