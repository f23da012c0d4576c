package dev.gapless.bench.peer;

import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorSelection;
import org.jspecify.annotations.Nullable;

/** A subscriber's actor: takes messages, and confirms some of them, so that the publisher does not overflow the transport. */
final class Taker extends AbstractActor {
    private final Receiver receiver;
    private final int every;
    private final @Nullable ActorSelection confirmations;
    private long taken;

    /**
     * @param every after how many tells it confirms all before
     * @param confirmations where to; null for the sender
     */
    Taker(Receiver receiver, int every, @Nullable ActorSelection confirmations) {
        this.receiver = receiver;
        this.every = every;
        this.confirmations = confirmations;
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(byte[].class, this::onMessage)
                .match(BenchBatch.class, this::onBatch)
                .build();
    }

    private void onMessage(byte[] message) {
        receiver.take(message, 0, message.length);
        confirm();
    }

    private void onBatch(BenchBatch batch) {
        for (byte[] message : batch.messages()) {
            receiver.take(message, 0, message.length);
        }
        confirm();
    }

    private void confirm() {
        if (++taken % every == 0) {
            if (confirmations == null) {
                getSender().tell(taken, getSelf());
            } else {
                confirmations.tell(taken, getSelf());
            }
        }
    }
}
