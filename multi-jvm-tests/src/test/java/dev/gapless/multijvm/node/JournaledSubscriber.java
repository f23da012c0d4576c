package dev.gapless.multijvm.node;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.MessageHandler;
import dev.gapless.OnFailure;
import dev.gapless.ProducerLeft;
import dev.gapless.Ready;
import dev.gapless.Reload;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Writes down everything that a subscription is given and announced, and judges nothing. Its reloads take time, and fail at times. */
final class JournaledSubscriber implements MessageHandler<Object> {
    /** A token is written behind one message in so many. */
    private static final int TOKEN_ONE_IN = 150;

    private static final int FAILED_RELOAD_ONE_IN = 4;
    private static final int LONGEST_RELOAD_MS = 300;

    private final Journal journal;
    private final Gate gate = new Gate();
    private final AtomicLong delayed = new AtomicLong();
    private volatile int delayMs;
    private int tokens;
    private volatile Kept kept;
    /** It has reloaded, and nothing shows yet that its place is behind the gap. */
    private volatile boolean hasJustReloaded;

    JournaledSubscriber(Journal journal) {
        this.journal = journal;
    }

    /** A token, and its number in the journal. */
    record Kept(int number, CursorToken token) {}

    /** The last token, or null if there is none. */
    Kept kept() {
        return kept;
    }

    Gate gate() {
        return gate;
    }

    /** Takes so long for each message from now on. */
    void delay(int milliseconds) {
        delayMs = milliseconds;
    }

    /** For how many messages it has taken its time. */
    long delayed() {
        return delayed.get();
    }

    @Override
    public void onMessage(Delivery<Object> delivery) throws InterruptedException {
        gate.pass();
        if (delayMs > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delayMs));
            delayed.incrementAndGet();
        }
        hasJustReloaded = false;
        byte[] message = (byte[]) delivery.message();
        Content content = Content.of(message);
        journal.line(
                "d",
                delivery.node(),
                delivery.position().epoch(),
                delivery.position().sequence(),
                Long.toHexString(content.incarnation()),
                content.thread(),
                content.index(),
                JournaledPublisher.hash(message));
        if (ThreadLocalRandom.current().nextInt(TOKEN_ONE_IN) == 0) {
            token(delivery.token());
        }
    }

    @Override
    public CompletionStage<Reload> onCursorExpired(CursorExpired<Object> expired) {
        hasJustReloaded = false;
        journal.timed("x", expired.gaps().size());
        for (Gap gap : expired.gaps()) {
            journal.line(
                    "g",
                    gap.node(),
                    gap.reason(),
                    gap.epoch(),
                    gap.firstMissing(),
                    gap.missed(),
                    gap.resumesAt() == null ? null : gap.resumesAt().epoch(),
                    gap.resumesAt() == null ? null : gap.resumesAt().sequence());
        }
        token(expired.token());
        ThreadLocalRandom random = ThreadLocalRandom.current();
        boolean fails = random.nextInt(FAILED_RELOAD_ONE_IN) == 0;
        Executor later = CompletableFuture.delayedExecutor(random.nextInt(LONGEST_RELOAD_MS), TimeUnit.MILLISECONDS);
        return CompletableFuture.supplyAsync(() -> reload(fails), later);
    }

    private Reload reload(boolean fails) {
        journal.line(fails ? "z" : "r");
        hasJustReloaded = !fails;
        if (fails) {
            throw new IllegalStateException("The source of truth is away");
        }
        return Reload.done();
    }

    @Override
    public void onProducerLeft(ProducerLeft<Object> left) {
        hasJustReloaded = false;
        journal.line("l", left.node(), left.position().epoch(), left.position().sequence());
        token(left.token());
    }

    @Override
    public OnFailure onUndecodable(Undecodable<Object> message) {
        journal.line(
                "u",
                message.node(),
                message.position().epoch(),
                message.position().sequence());
        return OnFailure.STOP;
    }

    @Override
    public void onEnded(Ended<Object> end) {
        if (!hasJustReloaded) {
            token(end.token());
        }
        journal.timed("e", end.reason());
    }

    void ready(Ready ready) {
        journal.timed("y", ready.silent().size());
    }

    /** Stands for this place of the journal. */
    private void token(CursorToken token) {
        journal.timed("t", ++tokens, token);
        kept = new Kept(tokens, token);
    }
}
