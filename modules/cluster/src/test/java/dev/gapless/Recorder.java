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

    List<CursorExpired<T>> expired() {
        List<CursorExpired<T>> found = new ArrayList<>();
        events().forEach(event -> {
            if (event instanceof CursorExpired<T> expired) {
                found.add(expired);
            }
        });
        return found;
    }

    List<ProducerLeft<T>> left() {
        List<ProducerLeft<T>> found = new ArrayList<>();
        events().forEach(event -> {
            if (event instanceof ProducerLeft<T> left) {
                found.add(left);
            }
        });
        return found;
    }

    List<Undecodable<T>> undecodable() {
        List<Undecodable<T>> found = new ArrayList<>();
        events().forEach(event -> {
            if (event instanceof Undecodable<T> undecodable) {
                found.add(undecodable);
            }
        });
        return found;
    }

    List<Ended<T>> ended() {
        List<Ended<T>> found = new ArrayList<>();
        events().forEach(event -> {
            if (event instanceof Ended<T> ended) {
                found.add(ended);
            }
        });
        return found;
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
