package dev.gapless.core.named;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Now;
import dev.gapless.core.named.KeptTokenEffect.Begin;
import dev.gapless.core.named.KeptTokenEffect.Failing;
import dev.gapless.core.named.KeptTokenEffect.LastNotStored;
import dev.gapless.core.named.KeptTokenEffect.Mended;
import dev.gapless.core.named.KeptTokenEffect.Open;
import dev.gapless.core.named.KeptTokenEffect.Over;
import dev.gapless.core.named.KeptTokenEffect.ReadToken;
import dev.gapless.core.named.KeptTokenEffect.Ready;
import dev.gapless.core.named.KeptTokenEffect.Refused;
import dev.gapless.core.named.KeptTokenEffect.Store;
import dev.gapless.core.named.KeptTokenEffect.TakenOver;
import dev.gapless.core.named.KeptTokenPhase.Ending;
import dev.gapless.core.named.KeptTokenPhase.Keeping;
import dev.gapless.core.named.KeptTokenPhase.Opened;
import dev.gapless.core.named.KeptTokenPhase.Opening;
import dev.gapless.core.named.StoreTurn.Asking;
import dev.gapless.core.named.StoreTurn.Reading;
import dev.gapless.core.named.StoreTurn.Resting;
import dev.gapless.core.named.StoreTurn.Waiting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the token of a named subscription in a store (rule S7): opens the name, stores the first token when the subscription is ready, further
 * ones at an interval if it has got further, and the last. One thing is asked of the store at a time; what fails, or is not answered in time,
 * is tried again after a backoff.
 *
 * <p>Each method returns what is wanted then, in order. Deterministic, and not thread-safe.
 */
public final class KeptTokenState {
    /** A token that stands still is stored anew so often: by that an earlier owner notices that it has lost the name. */
    public static final long REFRESH_NS = 60_000_000_000L;

    private static final String TIMED_OUT = "It did not answer in time (gapless.store-timeout)";

    private final KeptTokenSettings settings;
    private KeptTokenPhase phase = new Opening();
    /** Invariant: {@link #check}. */
    private StoreTurn turn = new Resting();
    /** Of the last request. It never falls. */
    private long number;
    /** Requests in a row that failed. */
    private int failures;
    /** What the store has confirmed last; null before the first. */
    private @Nullable CursorToken stored;
    /** When it did. */
    private long storedNs;

    private KeptTokenStatus status = KeptTokenStatus.NOTHING_YET;
    private List<KeptTokenEffect> effects = new ArrayList<>();

    /** Nothing is wanted before {@link #open}. */
    public KeptTokenState(KeptTokenSettings settings) {
        this.settings = settings;
    }

    // ------------------------------------------------------------------ opening

    /** The subscription is to begin: the name is taken over, however long that takes. */
    public List<KeptTokenEffect> open(Now now) {
        if (phase instanceof Opening && turn instanceof Resting) {
            askToOpen(now);
        }
        return wanted();
    }

    /**
     * The answer to an {@link Open}: the name is this one's.
     *
     * @param found the token that was stored last; empty if none was
     */
    public List<KeptTokenEffect> opened(long request, String found, Now now) {
        if (turn.isAsking(request, true)) {
            worked(status.opened());
            try {
                becomeOpened(found.isEmpty() ? null : resumable(found));
            } catch (IllegalArgumentException e) {
                effects.add(new Refused("Topic " + settings.topic() + ": the stored token of subscription "
                        + settings.name()
                        + " cannot be resumed. gapless journal drop --subscription deletes it. " + e.getMessage()));
                becomeOver();
            }
        }
        return wanted();
    }

    private CursorToken resumable(String found) {
        CursorToken last = CursorToken.parse(found);
        last.checkIsOf(settings.topic(), settings.clusterId());
        return last;
    }

    /** The subscription will not be opened any more. */
    public List<KeptTokenEffect> stopOpening() {
        if (phase instanceof Opening) {
            becomeOver();
        }
        return wanted();
    }

    // ------------------------------------------------------------------ keeping

    /** The subscription could be ready, but for its first token. */
    public List<KeptTokenEffect> ready() {
        if (phase instanceof Opened) {
            becomeKeeping();
        }
        return wanted();
    }

    /**
     * The answer to a {@link ReadToken}.
     *
     * @param here where the subscription is: never ahead of what was handled
     */
    public List<KeptTokenEffect> isAt(CursorToken here, Now now) {
        if (turn instanceof Reading) {
            if (isStored(here) && now.ns() - storedNs < REFRESH_NS) {
                await(now.ns() + settings.intervalNs());
            } else {
                askToStore(here, now);
            }
        }
        return wanted();
    }

    /** The answer to a {@link Store}: whether the name is still this one's. If it is, the token is stored. */
    public List<KeptTokenEffect> stored(long request, boolean isOwner, Now now) {
        if (turn.isAsking(request, false)) {
            if (isOwner) {
                confirmed(((Asking) turn).token(), now);
            } else {
                effects.add(new TakenOver(phase instanceof Keeping));
                becomeOver();
            }
        }
        return wanted();
    }

    private void confirmed(@Nullable CursorToken token, Now now) {
        if (stored == null) {
            effects.add(new Ready());
        }
        stored = token;
        storedNs = now.ns();
        turn = new Resting(); // it has answered
        worked(status.stored(now.ms()));
        if (phase instanceof Ending ending) {
            storeLast(ending, now);
        } else {
            await(now.ns() + settings.intervalNs());
        }
    }

    /** The answer to either: it did not work, or that is not known. {@code why} is for people. */
    public List<KeptTokenEffect> failed(long request, String why, Now now) {
        if (turn instanceof Asking asking && asking.number() == request) {
            failed(why, now);
        }
        return wanted();
    }

    // ------------------------------------------------------------------ time

    /** When {@link #onTime} is due; {@link Long#MAX_VALUE} if nothing is. */
    public long dueNs() {
        return turn.dueNs();
    }

    /** Does what is due by now. */
    public List<KeptTokenEffect> onTime(Now now) {
        if (turn.isDue(now.ns())) {
            if (turn instanceof Asking) {
                failed(TIMED_OUT, now);
            } else if (phase instanceof Opening) {
                askToOpen(now);
            } else if (phase instanceof Ending ending) {
                storeLast(ending, now);
            } else {
                read();
            }
        }
        return wanted();
    }

    /** The node is over, and nothing is ever due any more. */
    public List<KeptTokenEffect> endOfTime() {
        if (phase instanceof Ending) {
            giveUp("The node has ended");
        }
        return wanted();
    }

    // ------------------------------------------------------------------ the end

    /** The subscription has ended there. */
    public List<KeptTokenEffect> end(CursorToken last, Now now) {
        if (phase instanceof Keeping) {
            becomeEnding(last, now);
        } else if (!(phase instanceof Ending)) {
            becomeOver();
        }
        return wanted();
    }

    private void storeLast(Ending ending, Now now) {
        if (isStored(ending.last())) {
            becomeOver();
        } else if (now.ns() - ending.untilNs() >= 0) {
            giveUp(status.problem() == null ? TIMED_OUT : status.problem());
        } else {
            askToStore(ending.last(), now);
        }
    }

    private void giveUp(String why) {
        effects.add(new LastNotStored(why));
        becomeOver();
    }

    // ------------------------------------------------------------------ transitions

    private void becomeOpened(@Nullable CursorToken behind) {
        assert phase instanceof Opening : phase;
        phase = new Opened();
        turn = new Resting();
        effects.add(new Begin(behind));
        check();
    }

    private void becomeKeeping() {
        assert phase instanceof Opened && turn instanceof Resting : phase + " " + turn;
        phase = new Keeping();
        read();
    }

    private void becomeEnding(CursorToken last, Now now) {
        assert phase instanceof Keeping : phase;
        Ending ending = new Ending(last, now.ns() + settings.timeoutNs());
        phase = ending;
        if (!(turn instanceof Asking)) {
            storeLast(ending, now);
        }
        check();
    }

    private void becomeOver() {
        phase = new KeptTokenPhase.Over();
        turn = new Resting();
        effects.add(new Over());
    }

    private void read() {
        assert phase instanceof Keeping : phase;
        turn = new Reading();
        effects.add(new ReadToken());
    }

    private void await(long untilNs) {
        turn = new Waiting(phase instanceof Ending ending ? Math.min(untilNs, ending.untilNs()) : untilNs);
        check();
    }

    private void askToOpen(Now now) {
        assert phase instanceof Opening && !(turn instanceof Asking) : phase + " " + turn;
        number++;
        turn = new Asking(number, null, now.ns() + settings.timeoutNs());
        effects.add(new Open(number, settings.timeoutNs()));
    }

    private void askToStore(CursorToken token, Now now) {
        assert !(turn instanceof Asking) : turn;
        long withinNs = phase instanceof Ending ending
                ? Math.min(settings.timeoutNs(), ending.untilNs() - now.ns())
                : settings.timeoutNs();
        number++;
        turn = new Asking(number, token, now.ns() + withinNs);
        effects.add(new Store(number, token, withinNs));
        check();
    }

    private void failed(String why, Now now) {
        if (!why.equals(status.problem())) {
            effects.add(new Failing(why, phase instanceof Opening));
        }
        status = status.failing(why, now.ms());
        await(now.ns() + settings.backoff().waitNs(failures++));
        if (phase instanceof Ending ending && now.ns() - ending.untilNs() >= 0) {
            giveUp(why);
        }
    }

    private void worked(KeptTokenStatus now) {
        if (failures > 0) {
            effects.add(new Mended());
        }
        failures = 0;
        status = now;
    }

    private void check() {
        assert !(turn instanceof Reading) || phase instanceof Keeping : phase + " is read";
        assert !(turn instanceof Asking asking)
                        || (asking.token() == null ? phase instanceof Opening : isKeepingOrEnding())
                : phase + " asks for " + turn;
        assert !(turn instanceof Waiting) || phase instanceof Opening || isKeepingOrEnding() : phase + " waits";
    }

    private boolean isKeepingOrEnding() {
        return phase instanceof Keeping || phase instanceof Ending;
    }

    private List<KeptTokenEffect> wanted() {
        check();
        if (effects.isEmpty()) {
            return List.of();
        }
        List<KeptTokenEffect> all = effects;
        effects = new ArrayList<>();
        return all;
    }

    // ------------------------------------------------------------------ what is there

    /** Does it say no more than the one that is stored, but for its time? */
    private boolean isStored(CursorToken it) {
        CursorToken last = stored;
        return last != null
                && last.historyId() == it.historyId()
                && last.entries().equals(it.entries());
    }

    /** {@return whether it waits for the store, to be told where it begins} */
    public boolean isOpening() {
        return phase instanceof Opening;
    }

    /** {@return whether nothing is stored any more} */
    public boolean isOver() {
        return phase instanceof KeptTokenPhase.Over;
    }

    /** {@return how it does with its store} */
    public KeptTokenStatus status() {
        return status;
    }

    /** {@return where it stands, for people: alike for two that will behave alike} */
    public String describe(long nowNs) {
        String what = turn instanceof Asking asking ? " " + asking.token() : "";
        return (phase instanceof Ending ending ? "Ending " + (ending.untilNs() - nowNs) : phase) + " "
                + turn.getClass().getSimpleName() + what
                + (turn.dueNs() == Long.MAX_VALUE ? "" : " due in " + (turn.dueNs() - nowNs))
                + (stored == null ? "" : " stored " + Math.min(nowNs - storedNs, REFRESH_NS) + " ago")
                + " pause " + settings.backoff().waitNs(failures) + " " + status.problem();
    }
}
