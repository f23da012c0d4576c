package dev.gapless.bench.peer;

import org.apache.pekko.actor.AbstractActor;

/** Takes the confirmations of one subscriber's {@link Taker}. */
final class Confirmed extends AbstractActor {
    private final Credit credit;

    Confirmed(Credit credit) {
        this.credit = credit;
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder().match(Long.class, credit::confirm).build();
    }
}
