package dev.gapless.simulation.scenario;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.delivery.MessageRun;
import dev.gapless.core.delivery.RunMessage;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.simulation.node.SimulatedNode;
import dev.gapless.simulation.oracle.Violation;
import dev.gapless.simulation.oracle.Witness;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The application at the end of a subscription. It reads when it is told to, and the oracle looks on. */
final class Reader {
    private final World world;
    private final String name;
    private final ScenarioNode incarnation;
    private final Witness witness;
    private @Nullable SubscriptionState opened;
    private @Nullable MessageRun run;
    private int handled;
    private @Nullable List<Gap> gaps;
    private boolean failed;

    Reader(World world, String name, ScenarioNode incarnation, Witness witness) {
        this.world = world;
        this.name = name;
        this.incarnation = incarnation;
        this.witness = witness;
    }

    void begin(SubscriptionState state) {
        opened = state;
    }

    SubscriptionState state() {
        return Objects.requireNonNull(opened);
    }

    Witness witness() {
        return witness;
    }

    ScenarioNode incarnation() {
        return incarnation;
    }

    String name() {
        return name;
    }

    boolean isReloading() {
        return gaps != null;
    }

    /** Reads what is there, but no more messages than this, up to the next reload. Returns whether there was anything. */
    boolean read(int most) {
        int left = most;
        boolean any = false;
        while (gaps == null) {
            left -= deliver(left);
            if (left == 0) {
                return true;
            }
            Step step = state().next(world.nowNs());
            if (state().isPressed()) {
                incarnation.node().room(witness.id());
            }
            if (step instanceof Step.Messages messages) {
                run = messages.run();
                handled = 0;
            } else if (step instanceof Step.Missed missed) {
                gaps = missed.gaps();
                announced("is told: ");
            } else if (step instanceof Step.Left producerLeft) {
                world.oracle().left(witness, producerLeft.node(), producerLeft.position());
                world.story()
                        .tell(name + " is told: " + producerLeft.node() + " left at "
                                + world.names().position(producerLeft.position()));
            } else if (!state().hasNext()) { // else the feed has gone on past it, and it was told where to read on
                return any;
            }
            any = true;
        }
        return any;
    }

    private int deliver(int most) {
        int count = 0;
        MessageRun messages = run;
        while (messages != null && handled < messages.size() && count < most) {
            RunMessage message = messages.get(handled);
            Position at = message.position();
            world.oracle().given(witness, message.node(), at, SimulatedNode.idOf(message.content()));
            world.story().tell(name + " gets", world.names().log(at.epoch()), at.sequence());
            handled++;
            count++;
            state().handled(handled);
        }
        return count;
    }

    private void announced(String how) {
        List<Gap> now = Objects.requireNonNull(gaps);
        world.oracle().missed(witness, now);
        world.story()
                .tell(name + " " + how + now.stream().map(world.names()::gap).collect(Collectors.joining("; ")));
    }

    void reloaded(@Nullable CursorToken reflects) {
        if (failed) {
            failed = false;
            announced("is told again: ");
        }
        gaps = null;
        state().reloaded(reflects);
        world.oracle().reloaded(witness, reflects);
    }

    void reloadFails() {
        if (failed) {
            announced("is told again: ");
        }
        failed = true;
        world.story()
                .tell(name + " is to reload again after "
                        + state().reloadFailed().orElseThrow() / 1_000_000 + "ms");
    }

    /** The core has found no hole in what it gave. Besides, it is woken, and asked for more: that alone changes nothing. */
    void audit() {
        state().hasNext();
        if (state().violations() != 0) {
            throw new Violation("G1: " + name + " found a hole in its feed by itself");
        }
    }
}
