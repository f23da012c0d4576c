package dev.gapless.simulation.named;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.named.KeptTokenEffect;
import dev.gapless.core.named.KeptTokenState;
import dev.gapless.simulation.oracle.Violation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One subscription with the name, from its opening to its end, and what must hold for it. What it has handled is a number that rises. */
final class NamedLife {
    /** A clock that is not 0 when the world begins. */
    private static final long BEGIN_MS = 1_700_000_000_000L;

    private static final Epoch STREAM = new Epoch(7);
    private static final long NOTHING = -1;

    private final NamedWorld world;
    private final long id;
    private final KeptTokenState state;

    /** Everything up to here was confirmed as stored when it asked to be opened: it must not begin in front of it. */
    private final long floor;
    /** Up to where it has handled messages; {@link #NOTHING} until it begins. */
    private long handled = NOTHING;
    /** The last that the store has confirmed to it; {@link #NOTHING} if it has not. */
    private long confirmed = NOTHING;
    /** Of its last request. */
    private long number;
    /** Does it wait for the answer? */
    private boolean isWaiting;
    /** An answer comes late then. */
    private long timeoutNs;
    /** When its last request failed, if it did. */
    private long failedNs = Long.MIN_VALUE;

    private boolean isFailing;
    private boolean mayBeReady;
    private boolean ready;
    private boolean crashed;
    private boolean takenOver;
    private boolean toldOfLast;
    private boolean over;
    private long endedNs = Long.MAX_VALUE;

    NamedLife(NamedWorld world, long id, long floor) {
        this.world = world;
        this.state = new KeptTokenState(world.settings());
        this.id = id;
        this.floor = floor;
    }

    /** Where a token is; {@link #NOTHING} if there is none. */
    static long at(@Nullable CursorToken token) {
        return token == null ? NOTHING : token.entries().get(0).sequence();
    }

    private static CursorToken token(long at) {
        return new CursorToken(
                NamedWorld.TOPIC, NamedWorld.CLUSTER, BEGIN_MS, Map.of("p", new Position(STREAM, Math.max(0, at))));
    }

    private Now now() {
        return new Now(BEGIN_MS + world.nowNs() / 1_000_000, world.nowNs());
    }

    private void must(boolean holds, String otherwise) {
        if (!holds) {
            throw new Violation("S7: " + id + " " + otherwise + ", " + world.describe());
        }
    }

    // ------------------------------------------------------------------ what happens to it

    void open() {
        carryOut(state.open(now()));
    }

    /** It could be ready. */
    void mayBeReady() {
        mayBeReady = true;
        carryOut(state.ready());
    }

    void handle() {
        handled++;
    }

    /** It ends in good order. */
    void end() {
        endedNs = world.nowNs();
        carryOut(hasBegun() ? state.end(token(handled), now()) : state.stopOpening());
    }

    /** Its process ends there and then. */
    void crash() {
        crashed = true;
    }

    void onTime() {
        if (isWaiting && world.nowNs() >= timeoutNs) {
            isNotDone();
        }
        carryOut(state.onTime(now()));
        must(over || world.nowNs() - endedNs < world.settings().timeoutNs(), "waits for its end");
    }

    long dueNs() {
        return crashed ? Long.MAX_VALUE : state.dueNs();
    }

    // ------------------------------------------------------------------ what the store answers

    void opened(NamedStore.Request request, String found) {
        if (!crashed) {
            answered(request);
            carryOut(state.opened(request.number, found, now()));
            isAsItSays();
        }
    }

    void stored(NamedStore.Request request, boolean isOwner) {
        if (!crashed) {
            if (isWaiting && request.number == number && isOwner) {
                confirmed = at(request.token);
                world.confirmed(confirmed);
            }
            answered(request);
            carryOut(state.stored(request.number, isOwner, now()));
            isAsItSays();
        }
    }

    void failed(NamedStore.Request request, String why) {
        if (!crashed) {
            if (isWaiting && request.number == number) {
                isNotDone();
            }
            carryOut(state.failed(request.number, why, now()));
            isAsItSays();
        }
    }

    private void isNotDone() {
        failedNs = world.nowNs();
        isFailing = true;
        isWaiting = false;
    }

    private void answered(NamedStore.Request request) {
        if (request.number == number && isWaiting) {
            isWaiting = false;
            isFailing = false;
            failedNs = Long.MIN_VALUE;
        }
    }

    /** Its status says whether the store fails. */
    private void isAsItSays() {
        must(over || isFailing == (state.status().problem() != null), "says that its store fails, or does not");
        must(over || !isFailing || state.status().failingSinceMs().isPresent(), "does not say since when it fails");
    }

    // ------------------------------------------------------------------ what it wants

    private void carryOut(List<KeptTokenEffect> effects) {
        effects.forEach(this::carryOut);
    }

    private void carryOut(KeptTokenEffect effect) {
        if (effect instanceof KeptTokenEffect.Open open) {
            must(handled == NOTHING, "takes the name back");
            ask(open.number(), null, open.withinNs());
        } else if (effect instanceof KeptTokenEffect.Store store) {
            must(handled != NOTHING && mayBeReady, "stores a token before it has handled anything");
            must(at(store.token()) <= Math.max(0, handled), "stores a token that is ahead of it");
            ask(store.number(), store.token(), store.withinNs());
        } else if (effect instanceof KeptTokenEffect.Begin begin) {
            begins(at(begin.behind()));
        } else if (effect instanceof KeptTokenEffect.ReadToken) {
            must(!hasEnded(), "is asked where it is after its end");
            carryOut(state.isAt(token(handled), now()));
        } else if (effect instanceof KeptTokenEffect.Ready) {
            must(confirmed != NOTHING, "is ready before its first token is stored");
            ready = true;
        } else if (effect instanceof KeptTokenEffect.TakenOver taken) {
            must(world.ownerOfLast() != id, "loses a name that is its own");
            must(taken.ends() != hasEnded(), "is told that it ends");
            takenOver = true;
        } else if (effect instanceof KeptTokenEffect.LastNotStored) {
            toldOfLast = true;
        } else if (effect instanceof KeptTokenEffect.Failing) {
            must(isFailing, "says that its store fails");
        } else if (effect instanceof KeptTokenEffect.Over) {
            isOver();
        } else {
            must(effect instanceof KeptTokenEffect.Mended, "wants " + effect);
        }
    }

    private void ask(long request, @Nullable CursorToken token, long withinNs) {
        must(!over, "asks the store when it is over");
        must(request > number, "numbers its requests anew");
        must(!isWaiting, "asks two things at once");
        must(
                failedNs == Long.MIN_VALUE
                        || hasEnded()
                        || world.nowNs() - failedNs
                                >= world.settings().backoff().minNs(),
                "asks again without a pause");
        number = request;
        isWaiting = true;
        timeoutNs = world.nowNs() + withinNs;
        world.store().ask(new NamedStore.Request(this, request, token, timeoutNs));
    }

    private void begins(long behind) {
        must(handled == NOTHING && !hasEnded(), "begins twice, or after its end");
        must(behind >= floor, "begins at " + behind + ", and " + floor + " was stored before it was opened");
        must(behind <= world.mostHandled(), "begins at " + behind + ", which nobody has handled");
        handled = Math.max(0, behind);
    }

    private void isOver() {
        must(
                takenOver || toldOfLast || !mayBeReady || (hasEnded() && confirmed == handled),
                "is over without its last token, and nobody is told");
        over = true;
        isWaiting = false;
    }

    // ------------------------------------------------------------------ what is there

    long id() {
        return id;
    }

    long handled() {
        return handled;
    }

    boolean hasEnded() {
        return endedNs != Long.MAX_VALUE;
    }

    boolean hasBegun() {
        return handled != NOTHING;
    }

    /** Does its application run, and has it not ended? */
    boolean isAlive() {
        return !crashed && !hasEnded() && !takenOver;
    }

    boolean mayBecomeReady() {
        return isAlive() && hasBegun() && !mayBeReady;
    }

    boolean hasCrashed() {
        return crashed;
    }

    /** Has it nothing to do but to go on as it is? */
    boolean isSettled() {
        return crashed || over || (ready && !isFailing && confirmed == handled && world.ownerOfLast() == id);
    }

    /** Does it wait for the answer to this? */
    boolean isWaitingFor(long request) {
        return isWaiting && number == request && !crashed;
    }

    /** Of its last request. */
    long number() {
        return number;
    }

    String describe(long nowNs, int rank) {
        return id + " at " + handled + " confirmed " + confirmed + " number " + rank + (mayBeReady ? " opened" : "")
                + (ready ? " ready" : "") + (crashed ? " crashed" : "") + (takenOver ? " taken over" : "")
                + (toldOfLast ? " told" : "") + (over ? " over" : "") + (isWaiting ? " waits" : "")
                + (isFailing ? " fails" : "") + (hasEnded() ? " ended" : "") + ": "
                + (crashed ? "" : state.describe(nowNs));
    }
}
