package dev.gapless.simulation.scenario;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Now;
import dev.gapless.core.named.KeptTokenEffect;
import dev.gapless.core.named.KeptTokenSettings;
import dev.gapless.core.named.KeptTokenState;
import dev.gapless.simulation.node.SimulatedNode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A subscription with a name: it begins once its name is opened, is ready once a token is stored, and is over with its last one. */
final class Named {
    static final String CLUSTER = "cluster";
    private static final long INTERVAL_NS = 1_000_000_000L;

    private final World world;
    private final String name;
    private final String subscription;
    private final ScenarioNode incarnation;
    private final Begins begins;
    private final KeptTokenState state;
    /** What the store found when it was opened; null if there was nothing. */
    private @Nullable Taken found;
    /** Where it was when it was asked last. */
    private @Nullable Taken here;

    private boolean hasEnded;
    private boolean isOver;

    /** How its subscription begins. */
    interface Begins {
        /**
         * The name is open.
         *
         * @param taken where it goes on; null if it begins as its start says
         */
        void begin(@Nullable Taken taken);
    }

    Named(World world, String name, String subscription, ScenarioNode incarnation, Begins begins) {
        this.world = world;
        this.name = name;
        this.subscription = subscription;
        this.incarnation = incarnation;
        this.begins = begins;
        this.state = new KeptTokenState(new KeptTokenSettings(
                SimulatedNode.TOPIC,
                name,
                CLUSTER,
                INTERVAL_NS,
                incarnation.settings().storeTimeoutNs(),
                incarnation.settings().storeBackoff()));
    }

    String name() {
        return name;
    }

    String subscription() {
        return subscription;
    }

    private boolean isGone() {
        return !world.runs(incarnation);
    }

    private Now now() {
        return new Now(incarnation.nowMs(), incarnation.nowNs());
    }

    long dueNs() {
        return isGone() ? Long.MAX_VALUE : state.dueNs();
    }

    void onTime() {
        carryOut(state.onTime(now()));
    }

    void open() {
        carryOut(state.open(now()));
    }

    void mayBeReady() {
        carryOut(state.ready());
    }

    /** It ends in good order, where it is. */
    void end() {
        hasEnded = true;
        Taken last = taken();
        here = last;
        carryOut(state.end(last.token(), now()));
    }

    // ------------------------------------------------------------------ what the store answers

    void opened(long number, @Nullable Taken there) {
        if (!isGone()) {
            found = there;
            carryOut(state.opened(number, there == null ? "" : there.token().toString(), now()));
        }
    }

    void stored(long number, boolean isOwner) {
        if (!isGone()) {
            carryOut(state.stored(number, isOwner, now()));
        }
    }

    void failed(long number) {
        if (!isGone()) {
            carryOut(state.failed(number, "it did not work", now()));
        }
    }

    // ------------------------------------------------------------------ what is wanted

    private void carryOut(List<KeptTokenEffect> effects) {
        effects.forEach(this::carryOut);
    }

    private void carryOut(KeptTokenEffect effect) {
        if (effect instanceof KeptTokenEffect.Open open) {
            world.nameStore().open(this, open.number());
        } else if (effect instanceof KeptTokenEffect.Store store) {
            world.nameStore().store(this, store.number(), Objects.requireNonNull(here));
        } else if (effect instanceof KeptTokenEffect.ReadToken) {
            Taken taken = taken();
            here = taken;
            carryOut(state.isAt(taken.token(), now()));
        } else if (effect instanceof KeptTokenEffect.Begin begin) {
            begins.begin(begin.behind() == null ? null : found);
        } else if (effect instanceof KeptTokenEffect.Ready) {
            tell("is ready");
        } else if (effect instanceof KeptTokenEffect.TakenOver taken) {
            tell("is taken over");
            if (taken.ends()) {
                end();
                world.close(world.reader(subscription));
            }
        } else if (effect instanceof KeptTokenEffect.Failing failing) {
            tell("warns: " + failing.why());
        } else if (effect instanceof KeptTokenEffect.Mended) {
            tell("stores again");
        } else if (effect instanceof KeptTokenEffect.LastNotStored last) {
            tell("warns: its last token is not stored. " + last.why());
        } else if (effect instanceof KeptTokenEffect.Over && hasEnded && !isOver) {
            isOver = true;
            tell("is over");
        }
    }

    private void tell(String what) {
        world.story().tell(subscription + " " + what);
    }

    private Taken taken() {
        Reader reader = world.reader(subscription);
        CursorToken token = CursorToken.parse(
                reader.state().token(SimulatedNode.TOPIC, CLUSTER, now()).toString());
        return new Taken(token, reader.witness().kept(), incarnation.heard(), world.stamp());
    }
}
