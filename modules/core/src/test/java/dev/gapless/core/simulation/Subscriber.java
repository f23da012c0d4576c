package dev.gapless.core.simulation;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.subscription.MessageRun;
import dev.gapless.core.subscription.Step;
import dev.gapless.core.subscription.SubscriptionState;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The application at the end of a subscription: it reads at its own pace, and reloads. */
final class Subscriber {
    private final Simulation simulation;
    private final Node node;
    private final Witness witness;
    private SubscriptionState state;
    private boolean busy;
    private boolean dead;
    private long perMessageNs;
    private long frozenUntilNs;

    Subscriber(Simulation simulation, Node node, Witness witness) {
        this.simulation = simulation;
        this.node = node;
        this.witness = witness;
    }

    void begin(SubscriptionState opened) {
        state = opened;
    }

    Witness witness() {
        return witness;
    }

    Node node() {
        return node;
    }

    void die() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    void pace(long nanosPerMessage) {
        perMessageNs = nanosPerMessage;
    }

    void freeze(long untilNs) {
        frozenUntilNs = untilNs;
    }

    boolean isReloading() {
        return state.isReloading();
    }

    boolean isCatchingUp() {
        return state.isCatchingUp();
    }

    CursorToken token() {
        return state.token(
                Simulation.TOPIC, Simulation.CLUSTER, simulation.timeline().nowMs());
    }

    /** There may be something to read. */
    void wake() {
        if (state != null && !busy && !dead && state.hasNext()) {
            busy = true;
            later(simulation.random().nextLong(1_000_000), this::read);
        }
    }

    private void later(long delayNs, Runnable what) {
        long atNs = Math.max(simulation.timeline().nowNs() + delayNs, frozenUntilNs);
        simulation.timeline().at(atNs, () -> {
            if (!dead) {
                node.input(() -> {
                    if (!dead) {
                        what.run();
                    }
                });
            }
        });
    }

    private void read() {
        Step step = state.next(simulation.timeline().nowNs());
        if (state.isPressed()) {
            later(0, node::room);
        }
        if (step instanceof Step.Messages messages) {
            deliver(messages.run(), 0);
        } else if (step instanceof Step.Missed missed) {
            reload(missed.gaps());
        } else if (step instanceof Step.Left left) {
            simulation.oracle().left(witness, left.node(), left.position());
            later(0, this::read);
        } else if (step instanceof Step.Joined) {
            simulation.counts().add("joined");
            simulation.trace().add(witness, () -> "joins the feed");
            later(0, () -> node.joined(this));
            later(0, this::read);
        } else {
            busy = false;
            wake();
        }
    }

    private void deliver(MessageRun run, int from) {
        int i = from;
        while (i < run.messages().size()) {
            FeedEntry.Message message = run.messages().get(i);
            byte[] bytes = message.frame().content().bytes();
            long id = ByteBuffer.wrap(bytes).getLong(message.frame().content().offset());
            simulation
                    .oracle()
                    .given(witness, message.era().node(), message.after().position(), id);
            i++;
            state.handled(i);
            if (perMessageNs > 0 || frozenUntilNs > simulation.timeline().nowNs()) {
                int next = i;
                later(perMessageNs, () -> deliver(run, next));
                return;
            }
        }
        later(0, this::read);
    }

    private void reload(List<Gap> gaps) {
        simulation.oracle().missed(witness, gaps);
        Chaos.ReloadPlan plan = simulation.chaos().nextReload();
        later(plan.takesNs(), () -> {
            if (plan.fails()) {
                simulation.counts().add("fault: reload fails");
                later(state.reloadFailed(), () -> reload(gaps));
                return;
            }
            CursorToken reflects = plan.answersWithPositions() ? positionsNow() : null;
            state.reloaded(reflects);
            simulation.oracle().reloaded(witness, reflects);
            later(0, this::read);
        });
    }

    private CursorToken positionsNow() {
        simulation.counts().add("reload answers with positions");
        Map<String, Position> positions = new HashMap<>();
        for (String producer : simulation.truth().nodes()) {
            List<Truth.Life> lives = simulation.truth().lives(producer);
            if (!lives.isEmpty()) {
                Truth.Life life = lives.get(lives.size() - 1);
                positions.put(producer, new Position(life.epoch, life.head()));
            }
        }
        return new CursorToken(
                Simulation.TOPIC, Simulation.CLUSTER, simulation.timeline().nowMs(), positions);
    }

    void audit() {
        if (state.violations() != 0) {
            throw new Violation("G1: " + witness + " found a hole in its feed by itself");
        }
    }

    String describe() {
        return witness + " on " + node.host() + (state.isCatchingUp() ? " catching up" : "")
                + (state.isReloading() ? " reloading" : "") + (busy ? " busy" : "") + " lag " + state.lag() + " at "
                + state.positions() + "\n        " + witness.describe();
    }
}
