package dev.gapless.simulation.explore;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Now;
import dev.gapless.core.delivery.RunMessage;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.simulation.node.SimulatedNode;
import dev.gapless.simulation.oracle.Oracle;
import dev.gapless.simulation.oracle.Violation;
import dev.gapless.simulation.oracle.Witness;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The application at the end of a subscription. */
final class Reader {
    private static final String CLUSTER = "explored";

    private final Oracle oracle;
    private final SimulatedNode node;
    private final Witness witness;
    private @Nullable SubscriptionState opened;
    /** What the reload under way was told. */
    private @Nullable List<Gap> gaps;

    private boolean stalled;

    Reader(Oracle oracle, SimulatedNode node, Witness witness) {
        this.oracle = oracle;
        this.node = node;
        this.witness = witness;
    }

    void begin(SubscriptionState state) {
        opened = state;
    }

    Witness witness() {
        return witness;
    }

    boolean canRead() {
        return state().hasNext();
    }

    /** Does it read whatever comes? */
    boolean isReading() {
        return gaps == null && !stalled;
    }

    void stall() {
        stalled = true;
    }

    boolean isReloading() {
        return gaps != null;
    }

    /** One step; whoever got messages and finds nothing behind them says so at once. */
    void read(long nowNs) {
        stalled = false;
        SubscriptionState state = state();
        take(state.next(nowNs));
        if (!isReloading() && !state.hasNext()) {
            take(state.next(nowNs));
        }
        if (state.isPressed()) {
            node.room(witness.id());
        }
    }

    private void take(Step step) {
        if (step instanceof Step.Messages messages) {
            for (RunMessage message : messages.run().messages()) {
                oracle.given(witness, message.node(), message.position(), SimulatedNode.idOf(message.content()));
            }
            state().handled(messages.run().size());
        } else if (step instanceof Step.Missed missed) {
            gaps = missed.gaps();
            oracle.missed(witness, missed.gaps());
        } else if (step instanceof Step.Left left) {
            oracle.left(witness, left.node(), left.position());
        }
    }

    void reloaded() {
        state().reloaded(null);
        oracle.reloaded(witness, null);
        gaps = null;
    }

    void reloadFails() {
        state().reloadFailed();
        oracle.missed(witness, Objects.requireNonNull(gaps));
    }

    CursorToken token() {
        return CursorToken.parse(state().token(SimulatedNode.TOPIC, CLUSTER, new Now(ExploredWorld.NOW_MS, 0))
                .toString());
    }

    void audit() {
        if (state().violations() != 0) {
            throw new Violation("G1: " + witness + " found a hole in its feed by itself");
        }
    }

    String describe() {
        return witness + " at " + state().standpoint() + (state().isCatchingUp() ? " catching up" : "")
                + (isReloading() ? " reloading " + gaps : "") + ", " + witness.describe();
    }

    private SubscriptionState state() {
        return Objects.requireNonNull(opened);
    }
}
