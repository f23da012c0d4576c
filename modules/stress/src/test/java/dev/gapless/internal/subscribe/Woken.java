package dev.gapless.internal.subscribe;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Event;
import dev.gapless.Payload;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.Gap;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.internal.shard.ServedTopic;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.time.Wakeup;
import dev.gapless.internal.wire.Codec;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A subscription, woken as {@link ServedTopic} wakes one, and read as {@link SubscriptionLoop} reads one: with a mailbox, a timer, and
 * reloads that succeed at once. {@link #wake} is for the consumer's thread, {@link #handle} for any, and the rest for the reader's.
 */
final class Woken implements Clock {
    private static final Topic<Payload> TOPIC = Topic.of("t", Payload.class);
    private static final Filter EVERYTHING = new Filter(SubscriptionSettings.defaults());
    private static final Decoder NONE = new Decoder(
            new Codec(() -> {
                throw new IllegalStateException("Payloads pass as they are");
            }),
            0);

    final SubscriptionHandle handle = new SubscriptionHandle("t", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM);
    private final SubscriptionState state;
    private final EventReader<Payload> events;
    private final Wakeup wakeup = new Wakeup();
    private final SubscriptionLink link;
    private final AtomicInteger mailbox = new AtomicInteger();
    private volatile long nowNs;
    private boolean timer;
    private long reached;
    private int gaps;

    Woken(SubscriptionState state) {
        this.state = state;
        this.events = new EventReader<>(TOPIC, 1, state, feedback -> {}, EVERYTHING, NONE, "c", this);
        this.link = SubscriptionLink.of(handle, wakeup, this::tell, null);
    }

    @Override
    public long ns() {
        return nowNs;
    }

    @Override
    public long ms() {
        return 0;
    }

    /** So much time has passed since it began. */
    void at(long passedNs) {
        nowNs = passedNs;
    }

    private void tell(Cue cue) {
        if (cue == Cue.Plain.LOOK) {
            mailbox.incrementAndGet();
        }
    }

    /** The consumer has something new, perhaps. */
    void wake() {
        if (state.hasNext()) {
            link.wake();
        }
    }

    /** Takes what is in the mailbox, a few times at most. */
    void turns() {
        for (int i = 0; i < 3 && mailbox.get() > 0; i++) {
            mailbox.decrementAndGet();
            wakeup.arrived();
            read();
        }
    }

    /** Everything there is; one that is woken for nothing, again and again, stays woken. */
    void settle() {
        for (int i = 0; i < 100 && mailbox.get() > 0; i++) {
            turns();
        }
    }

    void read() {
        while (!handle.isPaused()) {
            Event<Payload> event = events.nextEvent();
            if (event == null) {
                if (events.hasMore()) {
                    link.wake();
                } else {
                    timer = events.waitNs().isPresent();
                }
                return;
            }
            if (event instanceof Delivery<Payload> delivery) {
                goOn(delivery.position().sequence(), delivery.position().sequence());
            } else if (event instanceof CursorExpired<Payload> expired) {
                expired.gaps().forEach(this::announced);
                state.reloaded(null);
            }
        }
    }

    private void announced(Gap gap) {
        gaps++;
        if (gap.missed() != null && gap.firstMissing() != null) {
            goOn(gap.firstMissing(), gap.firstMissing() + gap.missed() - 1);
        }
    }

    private void goOn(long first, long last) {
        reached = first == reached + 1 ? last : Long.MIN_VALUE;
    }

    int gaps() {
        return gaps;
    }

    /** Up to where it was given and announced everything, without a hole and nothing twice. */
    long reached() {
        return state.violations() == 0 ? reached : Long.MIN_VALUE;
    }

    /** {@code woken} or {@code timer} if it will look again, by which it must be given what is left; else what is said. */
    String or(String otherwise) {
        return mailbox.get() > 1 ? "woken twice" : mailbox.get() == 1 ? "woken" : timer ? "timer" : otherwise;
    }
}
