package dev.gapless.testkit;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.Lag;
import dev.gapless.ProducerLeft;
import dev.gapless.Ready;
import dev.gapless.Subscription;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import dev.gapless.testkit.internal.DrivenSubscription;
import dev.gapless.testkit.internal.ReadObserver;
import dev.gapless.testkit.internal.Turns;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A subscription on a {@link TestNode}: what its handler or actor saw, in order, and what can go wrong with it. Each {@code expect…}
 * looks at what comes next; if that is something else, it fails with an AssertionError that says what it was. Thread-safe.
 *
 * <pre>{@code
 * seen.expectMessage(first).expectExpiry(feed, Reason.OVERRUN).expectMessage(last).expectNothing();
 * CursorExpired<Price> expired = seen.nextExpiry();
 * }</pre>
 *
 * <p>Where a handler answers by a stage, or an actor by a confirmation, that may come from another thread: while something is
 * unanswered, an expectation waits for as long as {@link GaplessTestKit#withPatience} says. Otherwise it never waits.
 *
 * @param <T> the type of the topic's messages
 */
public final class TestSubscription<T> implements Subscription {
    private final Turns turns;
    private final Supplier<Duration> patience;
    private final DrivenSubscription<T> driven;
    private final Journal<T> journal = new Journal<>();
    private @Nullable Runnable duringReload;
    private @Nullable Throwable reloadFailure;

    TestSubscription(Turns turns, Supplier<Duration> patience, DrivenSubscription<T> driven) {
        this.turns = turns;
        this.patience = patience;
        this.driven = driven;
    }

    DrivenSubscription<T> driven() {
        return driven;
    }

    ReadObserver<T> observer() {
        return new ReadObserver<>() {
            @Override
            public void given(Event<T> event) {
                journal.given(event, !(event instanceof Ended));
            }

            @Override
            public @Nullable Throwable failureOf(CursorExpired<T> expired) {
                return takeReloadFailure();
            }

            @Override
            public void reloading(CursorExpired<T> expired) {
                Runnable orders = takeDuringReload();
                if (orders != null) {
                    turns.order(orders);
                }
            }

            @Override
            public void settled(Event<T> event, @Nullable Throwable failure) {
                journal.settled(event, failure);
            }

            @Override
            public void followed() {
                journal.followed();
            }
        };
    }

    // ------------------------------------------------------------------ what goes wrong

    /**
     * The handler is stuck: it is given nothing until {@link #proceed}, while the node goes on. What is published meanwhile waits in
     * the node's ring, and what that cannot hold is missed.
     */
    public TestSubscription<T> stall() {
        turns.order(() -> driven.stall(true));
        return this;
    }

    /** The handler goes on. */
    public TestSubscription<T> proceed() {
        turns.order(() -> driven.stall(false));
        return this;
    }

    /**
     * What happens during the next reload: after the handler was told of the expiry, and before its reload counts as done. So
     * this is what a slow database is like: what is published here, the reload has not read.
     */
    public synchronized TestSubscription<T> duringReload(Runnable orders) {
        duringReload = orders;
        return this;
    }

    /** The next reload fails with this, whatever the handler says. It is tried again after a while: let time pass. */
    public synchronized TestSubscription<T> failReload(Throwable cause) {
        reloadFailure = cause;
        return this;
    }

    private synchronized @Nullable Runnable takeDuringReload() {
        Runnable orders = duringReload;
        duringReload = null;
        return orders;
    }

    private synchronized @Nullable Throwable takeReloadFailure() {
        Throwable failure = reloadFailure;
        reloadFailure = null;
        return failure;
    }

    // ------------------------------------------------------------------ what the handler saw

    /** Everything that the handler was given until now, in order. */
    public List<Event<T>> events() {
        turns.order(() -> {});
        return journal.events();
    }

    /** The next event is a message; returns it. */
    public Delivery<T> nextMessage() {
        return take("a message", event -> event instanceof Delivery<T> delivery ? delivery : null);
    }

    /** The next event is an expiry; returns it. */
    public CursorExpired<T> nextExpiry() {
        return take("an expiry", event -> event instanceof CursorExpired<T> expired ? expired : null);
    }

    /** The next event is this message. */
    public TestSubscription<T> expectMessage(T message) {
        return expect(
                "message " + message,
                event -> event instanceof Delivery<T> delivery && Objects.equals(delivery.message(), message));
    }

    /** The next events are these messages. */
    @SafeVarargs
    public final TestSubscription<T> expectMessages(T... messages) {
        for (T message : messages) {
            expectMessage(message);
        }
        return this;
    }

    /** The next event says that this key was deleted. */
    public TestSubscription<T> expectDeleted(String key) {
        return expect(
                "that key " + key + " was deleted",
                event -> event instanceof Delivery<T> delivery && delivery.isDeleted() && key.equals(delivery.key()));
    }

    /** The next event is an expiry, with a gap of this node for this reason; there may be others with it. */
    public TestSubscription<T> expectExpiry(NamedNode node, Reason reason) {
        return expect(
                "an expiry of " + Words.expiryOf(node.name(), reason, ""),
                event -> hasGap(
                        event, gap -> gap.reason() == reason && node.name().equals(gap.node())));
    }

    /** The next event is an expiry, with a gap of some node for this reason. */
    public TestSubscription<T> expectExpiry(Reason reason) {
        return expect("an expiry (" + reason + ")", event -> hasGap(event, gap -> gap.reason() == reason));
    }

    private static boolean hasGap(Event<?> event, Predicate<Gap> which) {
        return event instanceof CursorExpired<?> expired
                && expired.gaps().stream().anyMatch(which);
    }

    /** Next a reload succeeds. Who is not interested need not say so: other expectations pass it. */
    public TestSubscription<T> expectReloaded() {
        var unused =
                takeEntry("a reload that succeeds", true, entry -> entry instanceof Journal.Reloaded ? entry : null);
        return this;
    }

    /** Next a reload fails; returns why. It is tried again once time has passed. */
    public Throwable nextReloadFailure() {
        return takeEntry(
                "a reload that fails",
                true,
                entry -> entry instanceof Journal.ReloadFailed<T> failed ? failed.cause() : null);
    }

    /** The next event says that this node left in good order. */
    public TestSubscription<T> expectLeft(NamedNode node) {
        return expect(
                "that " + node.name() + " left",
                event -> event instanceof ProducerLeft<T> left && left.node().equals(node.name()));
    }

    /** The next event is a message that cannot be decoded; returns it. */
    public Undecodable<T> nextUndecodable() {
        return take(
                "a message that cannot be decoded",
                event -> event instanceof Undecodable<T> undecodable ? undecodable : null);
    }

    /** The next event is the end, for this reason; returns it. */
    public Ended<T> expectEnded(Ended.Reason reason) {
        return take(
                "the end of the subscription (" + reason + ")",
                event -> event instanceof Ended<T> ended && ended.reason() == reason ? ended : null);
    }

    /** There is nothing more until now. Does not wait. */
    public TestSubscription<T> expectNothing() {
        turns.order(() -> {});
        Journal.Entry<T> entry = journal.peek(false, Duration.ZERO);
        if (entry != null) {
            throw failure("nothing", entry);
        }
        return this;
    }

    private TestSubscription<T> expect(String what, Predicate<Event<T>> which) {
        var unused = take(what, event -> which.test(event) ? event : null);
        return this;
    }

    private <E> E take(String what, Function<Event<T>, @Nullable E> as) {
        return takeEntry(
                what, false, entry -> entry instanceof Journal.Given<T> given ? as.apply(given.event()) : null);
    }

    private <E> E takeEntry(String what, boolean reloadsToo, Function<Journal.Entry<T>, @Nullable E> as) {
        turns.order(() -> {});
        Journal.Entry<T> entry = journal.peek(reloadsToo, patience.get());
        E found = entry == null ? null : as.apply(entry);
        if (entry == null || found == null) {
            throw failure(what, entry);
        }
        journal.pass(entry);
        return found;
    }

    private AssertionError failure(String expected, Journal.@Nullable Entry<T> entry) {
        return new AssertionError("Topic " + topic() + ": expected " + expected + " next, but got "
                + (entry == null ? "nothing" + why() : entry) + ". What there was:" + journal.last());
    }

    private String why() {
        if (driven.isGone()) {
            return ", since its node is not running any more";
        } else if (driven.isStalled()) {
            return ", since it is stalled";
        } else if (driven.isPaused()) {
            return ", since it is paused";
        } else if (journal.inHand() > 0) {
            return ", with " + journal.inHand() + " unanswered";
        } else if (driven.waits()) {
            return ", while a reload waits for its time: let time pass";
        }
        return "";
    }

    // ------------------------------------------------------------------ the subscription

    @Override
    public String topic() {
        return driven.topic();
    }

    @Override
    public CompletionStage<Ready> ready() {
        return driven.ready();
    }

    @Override
    public CursorToken token() {
        turns.order(() -> {});
        return driven.token();
    }

    @Override
    public void pause() {
        driven.pause();
    }

    @Override
    public void resume() {
        driven.resume();
    }

    @Override
    public boolean isPaused() {
        return driven.isPaused();
    }

    @Override
    public Lag lag() {
        return driven.lag();
    }

    @Override
    public CompletionStage<Ended.Reason> cancel() {
        return driven.cancel();
    }

    @Override
    public CompletionStage<Ended.Reason> whenEnded() {
        return driven.whenEnded();
    }
}
