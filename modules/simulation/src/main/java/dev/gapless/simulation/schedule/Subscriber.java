package dev.gapless.simulation.schedule;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.delivery.MessageRun;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.RunMessage;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.simulation.inside.Inside;
import dev.gapless.simulation.node.SimulatedNode;
import dev.gapless.simulation.oracle.Reloads;
import dev.gapless.simulation.oracle.Truth;
import dev.gapless.simulation.oracle.Violation;
import dev.gapless.simulation.oracle.Witness;
import dev.gapless.simulation.schedule.FaultChains.Moment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The application at the end of a subscription: it reads at its own pace, and reloads. */
final class Subscriber {
    private static final Inside INSIDE = Inside.OF_SIMULATED;

    private final Schedule schedule;
    private final NodeProcess process;
    private final Witness witness;
    private @Nullable SubscriptionState opened;
    private boolean busy;
    private boolean dead;
    private long perMessageNs;
    private long frozenUntilNs;
    private final Reloads reloads;
    /** Is it only told what it missed, as a client outside the cluster? */
    private final boolean isAnnounced;

    /** Does it resume with positions alone? */
    private final boolean isByPositions;
    /** Null if it takes a token when it goes. */
    private final @Nullable KeptPlace kept;

    /** Does it resume a token that knows that there was nobody else? */
    private boolean isOfSingleNode;

    private long movedNs;
    /** The first entry of the shared feed that it had not read when it moved last. */
    private long unread;
    /** It stood still once for so long that its feed did not wait for it any more: when it does again is for the feed. */
    private boolean givenUp;

    Subscriber(Schedule schedule, NodeProcess process, Opening how, Witness witness) {
        this.schedule = schedule;
        this.process = process;
        this.witness = witness;
        this.reloads = new Reloads(schedule.settings());
        this.isByPositions =
                how instanceof Opening.Resume resume && resume.token().isMadeByHand();
        this.kept = schedule.keeps(witness.id());
        this.isAnnounced = witness.id() % 3 == 0 || kept != null;
        this.movedNs = process.nowNs();
        this.isOfSingleNode = schedule.profile().single()
                && how instanceof Opening.Resume resume
                && resume.token().historyId() != HistoryId.UNKNOWN
                && !isByPositions;
        if (isOfSingleNode) {
            schedule.counts().add("single node: a token is resumed");
        }
    }

    void begin(SubscriptionState state) {
        opened = isAnnounced ? state.telling() : state;
    }

    private SubscriptionState state() {
        return Objects.requireNonNull(opened);
    }

    Witness witness() {
        return witness;
    }

    NodeProcess process() {
        return process;
    }

    void die() {
        dead = true;
    }

    void pace(long nanosPerMessage) {
        perMessageNs = nanosPerMessage;
    }

    void freeze(long untilNs) {
        frozenUntilNs = untilNs;
    }

    /** A process may die while it opens a subscription. */
    boolean isOpen() {
        return opened != null;
    }

    /** Is it yet to be told that its source claims too much? A token of then claims the same. */
    boolean isToBeTold() {
        return schedule.sourcesClaim() && INSIDE.claims(state());
    }

    boolean isReloading() {
        return state().isReloading();
    }

    /** It is ready: a client is told so, with where it is. */
    void ready() {
        if (isByPositions && opened != null) {
            schedule.oracle().resumedWithPositions(witness, epoch -> INSIDE.hasHeardOf(state(), epoch));
        }
        if (kept != null && opened != null) {
            CursorToken token = token();
            kept.subscribed(token, state().listed(token));
        }
    }

    /** What it goes on with elsewhere; null if that is what it came with. */
    @Nullable CursorToken leaves() {
        if (kept == null) {
            return token();
        }
        schedule.counts().add(kept.isList() ? "token: of positions alone" : "token: and what came since");
        return kept.from();
    }

    /** It is given a token, by its own ping or with a frame. */
    private void isGivenToken() {
        if (kept != null && !dead) {
            kept.token(token());
        }
    }

    CursorToken token() {
        return state().token(SimulatedNode.TOPIC, Schedule.CLUSTER, new Now(process.nowMs(), process.nowNs()));
    }

    /** There may be something to read. */
    void wake() {
        if (opened != null && !busy && !dead && opened.hasNext()) {
            busy = true;
            later(process.random().nextLong(Profile.MS), this::read);
        }
    }

    private void later(long delayNs, Runnable what) {
        long atNs = Math.max(schedule.timeline().nowNs() + delayNs, frozenUntilNs);
        schedule.timeline().at(atNs, () -> {
            if (!dead) {
                process.input(() -> {
                    if (!dead) {
                        what.run();
                    }
                });
            }
        });
    }

    /** Reads on, and lets others come in between now and then. */
    private void read() {
        for (int steps = 1 + process.random().nextInt(4); steps > 0; steps--) {
            if (!step()) {
                return;
            }
        }
        later(0, this::read);
    }

    /** Returns whether it may read on at once. */
    private boolean step() {
        SubscriptionState state = state();
        checkOvertaken(state);
        boolean caughtUp = state.isCatchingUp();
        boolean waited = state.isWaiting();
        Step step = state.next(process.nowNs());
        if (INSIDE.asks(state)) {
            schedule.counts().add("subscription: asks where to read on");
        } else if (caughtUp && step instanceof Step.Messages && state.isCatchingUp()) {
            schedule.counts().add("subscription: reads what it has yet to read elsewhere");
        } else if (caughtUp && !state.isCatchingUp()) {
            schedule.counts().add("subscription: joined the feed");
            unread = INSIDE.oldestUnread(state); // its place there: a gap that no entry told of is behind none
            schedule.trace(witness, () -> "joins the feed");
            process.happens(Moment.JOINED);
        }
        if (step instanceof Step.Missed || (step instanceof Step.Waiting && !waited)) {
            process.vigil().moved(); // what was handled before is done with, at last: it may be waited for anew
        } else if (!(step instanceof Step.Waiting)) {
            moved();
        }
        if (state.isPressed()) {
            later(0, () -> process.node().room(witness.id()));
        }
        if (step instanceof Step.Messages messages) {
            return deliver(messages.run(), 0);
        } else if (step instanceof Step.Missed missed) {
            if (!isAnnounced) {
                reloads.begins(witness, process.nowNs());
            }
            reload(missed.gaps());
            return false;
        } else if (step instanceof Step.Left left) {
            schedule.oracle().left(witness, left.node(), left.position());
            if (kept != null) {
                kept.left(left.node(), left.position());
            }
            return true;
        } else if (step instanceof Step.Waiting waiting) {
            schedule.counts().add("reload: waits for its time");
            later(process.untilNs(waiting.untilNs()), this::read);
            return false;
        } else {
            busy = false;
            wake();
            return false;
        }
    }

    /** It may have freed something of its feed. A reload that no entry told of frees nothing. */
    private void moved() {
        process.vigil().moved();
        long next = INSIDE.oldestUnread(state());
        if (state().isCatchingUp() || (next == unread && state().lag() > 0)) {
            return;
        }
        unread = next;
        givenUp |= process.vigil().waits().isGivenUp(process.nowNs() - movedNs);
        movedNs = process.nowNs();
    }

    private void checkOvertaken(SubscriptionState state) {
        TopicConsumer consumer = process.node().consumer();
        if (consumer != null && !state.isCatchingUp() && schedule.settings().backpressure()) {
            Inside.Cache cache = INSIDE.cache(consumer);
            boolean overtaken = cache.head() - state.lag() + 1 < cache.oldest();
            if (overtaken && !givenUp) {
                process.vigil().waits().overtaken(witness, process.nowNs() - movedNs);
            }
            givenUp &= overtaken; // it goes on, and is waited for again
        }
    }

    /** Returns whether all was delivered; the rest is otherwise, at this application's pace. */
    private boolean deliver(MessageRun run, int from) {
        int i = from;
        while (i < run.size()) {
            RunMessage message = run.get(i);
            long id = SimulatedNode.idOf(message.content());
            process.effect();
            schedule.oracle().given(witness, message.node(), message.position(), id);
            i++;
            state().handled(i);
            if (kept != null) {
                kept.message(message.node(), message.position());
                if (id % 5 == 0) {
                    isGivenToken();
                }
            }
            moved();
            if (perMessageNs > 0 || frozenUntilNs > schedule.timeline().nowNs()) {
                int next = i;
                later(perMessageNs, () -> {
                    if (deliver(run, next)) {
                        read();
                    }
                });
                return false;
            }
        }
        return true;
    }

    private void reload(List<Gap> gaps) {
        schedule.isTold();
        schedule.oracle().missed(witness, gaps);
        if (isOfSingleNode && gaps.stream().anyMatch(gap -> gap.node() == null)) {
            isOfSingleNode = false; // a failed reload is repeated
            schedule.counts().add("single node: a token is told that others may have published");
        }
        gaps.stream().filter(this::isStillHeld).forEach(gap -> schedule.counts().add("expired: a ring holds it"));
        process.happens(Moment.RELOADS);
        Faults.ReloadPlan plan = schedule.faults().nextReload(process.random());
        later(plan.takesNs(), () -> {
            if (plan.fails()) {
                schedule.counts().add("fault: reload fails");
                later(state().reloadFailed().orElseThrow(), () -> reload(gaps));
                return;
            }
            CursorToken reflects = plan.answersWithPositions() && kept == null ? positionsNow() : null;
            state().reloaded(reflects);
            schedule.oracle().reloaded(witness, reflects);
            if (kept != null) {
                kept.reloaded(gaps);
                schedule.oracle().goesBy(witness, gaps);
                later(process.random().nextLong(200 * Profile.MS), this::isGivenToken);
            }
            process.happens(Moment.RELOADED);
            later(0, this::read);
        });
    }

    /** Does the producer's ring hold all that is announced as missed? */
    private boolean isStillHeld(Gap gap) {
        Long first = gap.firstMissing();
        return first != null
                && schedule.hosts().stream()
                        .map(Host::process)
                        .filter(other -> other != null && other.node().producer() != null)
                        .map(other -> other.node().producer().log())
                        .anyMatch(log -> log.identity().epoch().equals(gap.epoch()) && log.oldest() <= first);
    }

    private CursorToken positionsNow() {
        schedule.counts().add("subscription: reload answers with positions");
        Map<String, @Nullable Position> positions = new HashMap<>();
        for (String producer : schedule.truth().nodes()) {
            List<Truth.Incarnation> incarnations = schedule.truth().incarnations(producer);
            if (!incarnations.isEmpty()) {
                // A source of truth may lag behind by an incarnation.
                boolean lags = process.random().nextInt(4) == 0;
                Truth.Incarnation incarnation = incarnations.get(Math.max(0, incarnations.size() - (lags ? 2 : 1)));
                positions.put(producer, new Position(incarnation.epoch, incarnation.known() + claims()));
            }
        }
        return new CursorToken(
                SimulatedNode.TOPIC, Schedule.CLUSTER, schedule.timeline().nowMs(), positions);
    }

    /** How much more than there is its source claims to have, again and again. */
    private long claims() {
        if (!schedule.sourcesClaim() || witness.id() % 4 != 1) {
            return 0;
        }
        schedule.counts().add("subscription: reload claims what was never published");
        return 1_000;
    }

    void audit() {
        if (state().violations() != 0) {
            throw new Violation("G1: " + witness + " found a hole in its feed by itself");
        }
    }

    /** Once faults are over, and the time for it is up (G6). */
    void checkLevel() {
        schedule.oracle().checkLevel(witness);
        if (state().isCatchingUp()) {
            throw new Violation("G6: " + witness + " has not gone over to the feed of its node");
        }
    }

    String describe() {
        SubscriptionState state = opened;
        if (state == null) {
            return witness + " is being opened";
        }
        return witness + (state.isCatchingUp() ? " catching up" : "")
                + (state.isReloading() ? " reloading" : "") + (busy ? " busy" : "") + " lag " + state.lag() + " at "
                + state.standpoint() + ", " + witness.describe();
    }
}
