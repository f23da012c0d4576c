package dev.gapless.stress;

import dev.gapless.core.Gap;
import dev.gapless.core.delivery.RunMessage;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.delivery.SubscriptionState;

/** Reads a subscription, and reloads at once. One thread at a time. */
public final class Reader {
    private final SubscriptionState state;
    private long reached;
    private int gaps;

    public Reader(SubscriptionState state) {
        this.state = state;
    }

    /** Deals with what comes next. {@return whether there was anything} */
    public boolean read() {
        Step step = state.next(0);
        if (step instanceof Step.Messages messages) {
            for (RunMessage message : messages.run().messages()) {
                goOn(message.sequence(), message.sequence());
            }
            state.handled(messages.run().size());
        } else if (step instanceof Step.Missed missed) {
            for (Gap gap : missed.gaps()) {
                goOn(gap.firstMissing(), gap.firstMissing() + gap.missed() - 1);
                gaps++;
            }
            state.reloaded(null);
        }
        return step != Step.IDLE;
    }

    private void goOn(long first, long last) {
        reached = first == reached + 1 ? last : Long.MIN_VALUE;
    }

    /** Up to where it was given and announced everything, without a hole and nothing twice. */
    public long reached() {
        return state.violations() == 0 ? reached : Long.MIN_VALUE;
    }

    /** How many gaps it was told. */
    public int gaps() {
        return gaps;
    }
}
