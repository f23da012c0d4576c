package dev.gapless.internal.subscribe;

import dev.gapless.NodeStatus.NamedStatus;
import dev.gapless.StartFrom;
import dev.gapless.core.Backoff;
import dev.gapless.core.CursorToken;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.store.TokenStore;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the token of a named subscription in a store: the first when it is ready, further ones at an interval if it has got further, and the
 * last. One is stored at a time. Thread-safe.
 *
 * <pre>
 *   OPENING ── opened ──► OPENED ── ready ──► KEEPING ── ends ──► ENDING ── stored, or too late ──► OVER
 *    └─┘ failed            │                   └─┘ interval; failed                                  ▲
 *                          └── ends ───── KEEPING ── another one has the name ───────────────────────┘
 * </pre>
 */
public final class KeptToken {
    private static final Logger LOG = LoggerFactory.getLogger(KeptToken.class);
    /** A token that stands still is stored anew so often: an old one says less of who has been there since. */
    private static final long REFRESH_MS = TimeUnit.MINUTES.toMillis(1);

    private enum State {
        /** Whoever had the name may have it yet. */
        OPENING,
        /** The name is this one's; it is not ready. */
        OPENED,
        KEEPING,
        /** The last token is to be stored. */
        ENDING,
        /** Nothing is stored any more. */
        OVER
    }

    /**
     * How it is kept.
     *
     * @param interval between two tokens
     * @param timeout how long the store may take
     * @param backoff when it is asked again
     */
    public record Settings(Duration interval, Duration timeout, Backoff backoff) {}

    /** Does something later, on any thread. */
    public interface Timer {
        /** False if that never happens: the node is over. */
        boolean after(Duration wait, Runnable what);
    }

    private final TokenStore.Name name;
    private final String clusterId;
    private final TokenStore store;
    private final Settings settings;
    private final Timer timer;
    private final Clock clock;
    private final UUID owner = UUID.randomUUID();
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private volatile State state = State.OPENING;
    private boolean underWay;
    private long number;
    private int failures;
    private @Nullable CursorToken stored;
    private long storedMs;
    /** Reads where the subscription is; where it ended, in the end. */
    private Supplier<CursorToken> token = () -> {
        throw new IllegalStateException("it is not ready");
    };

    private Consumer<RuntimeException> takenOver = cause -> {};
    private @Nullable Runnable whenStored;
    private Runnable whenOver = () -> {};
    private long endByNs;
    private volatile NamedStatus status;

    /** Nothing is read or stored yet. */
    public KeptToken(
            TokenStore.Name name, String clusterId, TokenStore store, Settings settings, Timer timer, Clock clock) {
        this.name = name;
        this.clusterId = clusterId;
        this.store = store;
        this.settings = settings;
        this.timer = timer;
        this.clock = clock;
        this.status = new NamedStatus(name.name(), null, null, null);
    }

    /** How it does. */
    public NamedStatus status() {
        return status;
    }

    /** Does the subscription wait for the store, to be told where it begins? */
    boolean isOpening() {
        return state == State.OPENING;
    }

    /** Completes when nothing more is stored: at once if the name was not opened. */
    public synchronized CompletionStage<Void> over() {
        return state == State.OPENING ? CompletableFuture.completedFuture(null) : over;
    }

    /** Runs this when nothing more is stored, on any thread. */
    public void whenOver(Runnable what) {
        var unused = over.thenRun(what);
    }

    // ------------------------------------------------------------------ opening

    /**
     * Takes the name over, however long that takes.
     *
     * @param otherwise where to begin if there is no token
     * @param begin gets where to begin
     * @param refused is told that the token is of no use
     * @param takenByOther is told, later, that another one has the name
     */
    synchronized void open(
            StartFrom otherwise,
            Consumer<StartFrom> begin,
            Consumer<RuntimeException> refused,
            Consumer<RuntimeException> takenByOther) {
        takenOver = takenByOther;
        if (state == State.OPENING) {
            ask(
                    store.open(name, owner, settings.timeout()),
                    (found, failure) -> opened(found, failure, otherwise, begin, refused));
        }
    }

    private synchronized void opened(
            @Nullable String found,
            @Nullable Throwable failure,
            StartFrom otherwise,
            Consumer<StartFrom> begin,
            Consumer<RuntimeException> refused) {
        if (state != State.OPENING) {
            return;
        }
        if (failure != null || found == null) {
            failed(failure, "It is opened once that works.");
            var unused = timer.after(backoff(), () -> open(otherwise, begin, refused, takenOver));
            return;
        }
        worked();
        StartFrom from;
        try {
            from = found.isEmpty() ? otherwise : resume(found);
        } catch (IllegalArgumentException e) {
            refused.accept(new IllegalStateException(
                    "Topic " + name.topic() + ": the stored token of subscription " + name.name()
                            + " cannot be resumed. gapless journal drop --subscription deletes it. " + e.getMessage(),
                    e));
            return;
        }
        state = State.OPENED;
        begin.accept(from);
    }

    private StartFrom resume(String found) {
        CursorToken last = CursorToken.parse(found);
        last.checkIsOf(name.topic(), clusterId);
        return StartFrom.token(last);
    }

    // ------------------------------------------------------------------ keeping

    /**
     * It is ready.
     *
     * @param here reads where it is: never ahead of what was handled
     * @param first is run once a token is stored
     */
    synchronized void begin(Supplier<CursorToken> here, Runnable first) {
        if (state == State.OPENED) {
            state = State.KEEPING;
            token = here;
            whenStored = first;
            store();
        }
    }

    private synchronized void look() {
        if (underWay || (state != State.KEEPING && state != State.ENDING)) {
            return;
        }
        if (state == State.ENDING || isDue()) {
            store();
        } else {
            var unused = timer.after(settings.interval(), this::look);
        }
    }

    private boolean isDue() {
        return clock.ms() - storedMs >= REFRESH_MS || !isStored(token.get());
    }

    /** Does it say no more than the one that is stored, but for its time? */
    private boolean isStored(CursorToken it) {
        CursorToken last = stored;
        return last != null
                && last.historyId() == it.historyId()
                && last.entries().equals(it.entries());
    }

    private void store() {
        CursorToken now = token.get();
        underWay = true;
        number++;
        ask(
                store.store(name, owner, number, now.toString(), settings.timeout()),
                (isOwner, failure) -> answered(now, isOwner, failure));
    }

    private synchronized void answered(CursorToken it, @Nullable Boolean isOwner, @Nullable Throwable failure) {
        underWay = false;
        if (state == State.OVER) {
            return;
        } else if (failure != null || isOwner == null) {
            failed(
                    failure,
                    "The subscription goes on. After a crash what came since the last stored token is given again.");
            boolean isTooLate = state == State.ENDING && clock.ns() - endByNs >= 0;
            if (isTooLate || !timer.after(backoff(), this::look)) {
                finish();
            }
        } else if (!isOwner) {
            lost();
        } else {
            stored(it);
        }
    }

    private void stored(CursorToken it) {
        stored = it;
        storedMs = clock.ms();
        worked();
        Runnable first = whenStored;
        whenStored = null;
        if (first != null) {
            first.run();
        }
        if (state == State.KEEPING) {
            var unused = timer.after(settings.interval(), this::look);
        } else if (isStored(token.get())) {
            finish();
        } else {
            store();
        }
    }

    private void lost() {
        boolean ends = state == State.ENDING;
        finish();
        LOG.warn(
                "Topic {}: subscription {} was opened again, here or on another node, and goes on there. This one ends, and stores no token",
                name.topic(),
                name.name());
        if (!ends) {
            takenOver.accept(new IllegalStateException("Topic " + name.topic() + ": subscription " + name.name()
                    + " was opened again, here or on another node, and goes on there"));
        }
    }

    // ------------------------------------------------------------------ the end

    /** It ends: it is not opened any more. */
    synchronized void ending() {
        if (state == State.OPENING) {
            finish();
        }
    }

    /**
     * It has ended there.
     *
     * @param then is run once that is stored, or cannot be
     */
    synchronized void end(CursorToken last, Runnable then) {
        whenOver = then;
        if (state != State.KEEPING || (isStored(last) && !underWay)) {
            finish();
            return;
        }
        state = State.ENDING;
        token = () -> last;
        endByNs = clock.ns() + settings.timeout().toNanos();
        look();
    }

    private void finish() {
        state = State.OVER;
        whenOver.run();
        whenOver = () -> {};
        over.complete(null);
    }

    // ------------------------------------------------------------------ the store

    private <V> void ask(CompletionStage<V> answer, BiConsumer<@Nullable V, @Nullable Throwable> then) {
        var unused = answer.toCompletableFuture()
                .copy()
                .orTimeout(settings.timeout().toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete(then);
    }

    private Duration backoff() {
        return Duration.ofNanos(settings.backoff().waitNs(failures - 1));
    }

    private void worked() {
        if (failures > 0) {
            LOG.info("Topic {}: the token of subscription {} can be stored again", name.topic(), name.name());
        }
        failures = 0;
        Instant when = stored == null ? null : Instant.ofEpochMilli(storedMs);
        status = new NamedStatus(name.name(), when, null, null);
    }

    private void failed(@Nullable Throwable failure, String meanwhile) {
        failures++;
        String why = why(failure);
        NamedStatus before = status;
        if (!why.equals(before.problem())) {
            LOG.warn(
                    "Topic {}: the store of subscription {} does not work, and is tried again (gapless.store-backoff). {} {}",
                    name.topic(),
                    name.name(),
                    meanwhile,
                    why);
        }
        Instant since = before.failingSince() == null ? Instant.ofEpochMilli(clock.ms()) : before.failingSince();
        status = new NamedStatus(name.name(), before.stored(), since, why);
    }

    private static String why(@Nullable Throwable failure) {
        Throwable cause = failure == null ? null : Fence.cause(failure);
        return cause instanceof TimeoutException
                ? "It did not answer in time (gapless.store-timeout)"
                : cause == null || cause.getMessage() == null ? String.valueOf(cause) : cause.getMessage();
    }
}
