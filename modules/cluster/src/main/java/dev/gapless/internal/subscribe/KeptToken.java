package dev.gapless.internal.subscribe;

import dev.gapless.NodeStatus.NamedStatus;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Now;
import dev.gapless.core.named.KeptTokenEffect;
import dev.gapless.core.named.KeptTokenSettings;
import dev.gapless.core.named.KeptTokenState;
import dev.gapless.core.named.KeptTokenStatus;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.store.TokenStore;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what {@link KeptTokenState} wants: asks the store, tells the subscription, and logs. It decides nothing. Thread-safe. */
public final class KeptToken {
    private static final Logger LOG = LoggerFactory.getLogger(KeptToken.class);

    /** Does something later, on any thread. */
    public interface Timer {
        /** False if that never happens: the node is over. */
        boolean after(Duration wait, Runnable what);
    }

    private final TokenStore.Name name;
    private final TokenStore store;
    private final Timer timer;
    private final Clock clock;
    private final UUID owner = UUID.randomUUID();
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private final KeptTokenState state;
    private final Queue<KeptTokenEffect> wanted = new ArrayDeque<>();
    private boolean carriesOut;
    /** When the timer calls; the next one is all that is needed, and an earlier one is not taken back. */
    private final PriorityQueue<Long> alarmsNs = new PriorityQueue<>();

    private StartFrom otherwise = StartFrom.latest();
    private Consumer<StartFrom> begin = from -> {};
    private Consumer<RuntimeException> refused = cause -> {};
    private Consumer<RuntimeException> takenOver = cause -> {};
    private Supplier<CursorToken> here = () -> {
        throw new IllegalStateException("it is not ready");
    };
    private Runnable whenReady = () -> {};
    private Runnable whenOver = () -> {};
    private volatile boolean isOpening = true;
    private volatile NamedStatus status;

    /** Nothing is read or stored yet. */
    public KeptToken(KeptTokenSettings settings, TokenStore store, Timer timer, Clock clock) {
        this.name = new TokenStore.Name(settings.topic(), settings.name());
        this.store = store;
        this.timer = timer;
        this.clock = clock;
        this.state = new KeptTokenState(settings);
        this.status = status(state.status());
    }

    // ------------------------------------------------------------------ what the subscription says

    /**
     * Takes the name over, however long that takes.
     *
     * @param start where to begin if there is no token
     * @param begins gets where to begin
     * @param refuses is told that the token is of no use
     * @param takenByOther is told, later, that another one has the name
     */
    synchronized void open(
            StartFrom start,
            Consumer<StartFrom> begins,
            Consumer<RuntimeException> refuses,
            Consumer<RuntimeException> takenByOther) {
        otherwise = start;
        begin = begins;
        refused = refuses;
        takenOver = takenByOther;
        carryOut(state.open(now()));
    }

    /** It ends: it is not opened any more. */
    synchronized void ending() {
        carryOut(state.stopOpening());
    }

    /**
     * It is ready.
     *
     * @param at reads where it is: never ahead of what was handled
     * @param first is run once a token is stored
     */
    synchronized void begin(Supplier<CursorToken> at, Runnable first) {
        here = at;
        whenReady = first;
        carryOut(state.ready());
    }

    /**
     * It has ended there.
     *
     * @param then is run once that is stored, or cannot be
     */
    synchronized void end(CursorToken last, Runnable then) {
        whenOver = then;
        carryOut(state.end(last, now()));
    }

    // ------------------------------------------------------------------ what is wanted

    /** What is wanted while something is carried out comes behind it. */
    private void carryOut(List<KeptTokenEffect> effects) {
        wanted.addAll(effects);
        isOpening = state.isOpening();
        status = status(state.status());
        if (carriesOut) {
            return;
        }
        carriesOut = true;
        try {
            for (KeptTokenEffect next = wanted.poll(); next != null; next = wanted.poll()) {
                carryOut(next);
            }
        } finally {
            carriesOut = false;
        }
        wake();
    }

    private void carryOut(KeptTokenEffect effect) {
        if (effect instanceof KeptTokenEffect.Open open) {
            var unused = store.open(name, owner, Duration.ofNanos(open.withinNs()))
                    .whenComplete((found, failure) -> onOpened(open.number(), found, failure));
        } else if (effect instanceof KeptTokenEffect.Store one) {
            var unused = store.store(
                            name, owner, one.number(), one.token().toString(), Duration.ofNanos(one.withinNs()))
                    .whenComplete((isOwner, failure) -> onStored(one.number(), isOwner, failure));
        } else if (effect instanceof KeptTokenEffect.ReadToken) {
            carryOut(state.isAt(here.get(), now()));
        } else if (effect instanceof KeptTokenEffect.Begin where) {
            begin.accept(where.behind() == null ? otherwise : StartFrom.token(where.behind()));
        } else if (effect instanceof KeptTokenEffect.Refused why) {
            refused.accept(new IllegalStateException(why.why()));
        } else if (effect instanceof KeptTokenEffect.Ready) {
            whenReady.run();
        } else if (effect instanceof KeptTokenEffect.Over) {
            whenOver.run();
            whenOver = () -> {};
            over.complete(null);
        } else if (effect instanceof KeptTokenEffect.TakenOver taken) {
            onTakenOver(taken.ends());
        } else {
            log(effect);
        }
    }

    private synchronized void onOpened(long request, @Nullable String found, @Nullable Throwable failure) {
        carryOut(found == null ? state.failed(request, why(failure), now()) : state.opened(request, found, now()));
    }

    private synchronized void onStored(long request, @Nullable Boolean isOwner, @Nullable Throwable failure) {
        carryOut(isOwner == null ? state.failed(request, why(failure), now()) : state.stored(request, isOwner, now()));
    }

    private void onTakenOver(boolean ends) {
        LOG.warn(
                "Topic {}: subscription {} was opened again, here or on another node, and goes on there. This one ends, and stores no token",
                name.topic(),
                name.name());
        if (ends) {
            takenOver.accept(new IllegalStateException("Topic " + name.topic() + ": subscription " + name.name()
                    + " was opened again, here or on another node, and goes on there"));
        }
    }

    // ------------------------------------------------------------------ time

    private void wake() {
        long dueNs = state.dueNs();
        Long next = alarmsNs.peek();
        if (dueNs == Long.MAX_VALUE || (next != null && next <= dueNs)) {
            return;
        }
        alarmsNs.add(dueNs);
        if (!timer.after(Duration.ofNanos(Math.max(0, dueNs - clock.ns())), this::onTime)) {
            alarmsNs.remove(dueNs);
            state.endOfTime().forEach(this::carryOut);
        }
    }

    private synchronized void onTime() {
        alarmsNs.poll();
        carryOut(state.onTime(now()));
    }

    private Now now() {
        return new Now(clock.ms(), clock.ns());
    }

    // ------------------------------------------------------------------ for people

    private void log(KeptTokenEffect effect) {
        if (effect instanceof KeptTokenEffect.Failing failing) {
            LOG.warn(
                    "Topic {}: the store of subscription {} does not work, and is tried again (gapless.store-backoff). {} {}",
                    name.topic(),
                    name.name(),
                    failing.isOpening()
                            ? "It is opened once that works."
                            : "The subscription goes on. After a crash what came since the last stored token is given again.",
                    failing.why());
        } else if (effect instanceof KeptTokenEffect.Mended) {
            LOG.info("Topic {}: the token of subscription {} can be stored again", name.topic(), name.name());
        } else if (effect instanceof KeptTokenEffect.LastNotStored last) {
            LOG.warn(
                    "Topic {}: subscription {} has ended, and its last token was not stored. What it handled since the one before is given"
                            + " again. {}",
                    name.topic(),
                    name.name(),
                    last.why());
        }
    }

    private static String why(@Nullable Throwable failure) {
        Throwable cause = failure == null ? null : Fence.cause(failure);
        return cause == null || cause.getMessage() == null ? String.valueOf(cause) : cause.getMessage();
    }

    private NamedStatus status(KeptTokenStatus its) {
        return new NamedStatus(name.name(), instant(its.storedMs()), instant(its.failingSinceMs()), its.problem());
    }

    private static @Nullable Instant instant(OptionalLong ms) {
        return ms.isEmpty() ? null : Instant.ofEpochMilli(ms.getAsLong());
    }

    // ------------------------------------------------------------------ what is there

    /** How it does. */
    public NamedStatus status() {
        return status;
    }

    /** Which token cannot be stored, and why, for people; empty if it can be. */
    public Optional<String> problem() {
        return Optional.ofNullable(status.problem())
                .map(why -> "the token of subscription " + name.name() + " of topic " + name.topic() + ": " + why);
    }

    /** Does the subscription wait for the store, to be told where it begins? */
    boolean isOpening() {
        return isOpening;
    }

    /** Completes when nothing more is stored: at once if the name was not opened. */
    public CompletionStage<Void> over() {
        return isOpening ? CompletableFuture.completedFuture(null) : over;
    }

    /** Runs this when nothing more is stored, on any thread. */
    public void whenOver(Runnable what) {
        var unused = over.thenRun(what);
    }
}
