package dev.gapless.internal.table;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.TableClosed;
import dev.gapless.TableSource;
import dev.gapless.TableStatus;
import dev.gapless.TableView;
import dev.gapless.Topic;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.table.Change;
import dev.gapless.core.table.Row;
import dev.gapless.core.table.TableState;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.measure.TopicStats;
import dev.gapless.internal.subscribe.Recipient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.CollectionConverters;

/** A topic and a source on this node, for all who have opened a table of both. Thread-safe. */
final class SharedTable<T>
        implements TableRecipient.Reader<T>, PausedRecipient.Reader<T>, Reloading.Reloaded<T>, TopicStats.Kept {
    private static final Logger LOG = LoggerFactory.getLogger(SharedTable.class);

    /** Of those that a status shows. */
    private static final int MOST_GAPS = 100;

    private final TableHost host;
    private final Topic<T> topic;
    private final TableSettings settings;
    private final RowReader<T> rows;
    /** Does its source say up to where its rows are? Then nothing comes while that is read. */
    private final boolean positioned;

    private final Reloading<T> reloading;
    private final Consumer<SharedTable<T>> onClosed;
    private final CompletableFuture<TableView<T>> ready = new CompletableFuture<>();

    /** Guards what follows. No function of the application is called while it is held. */
    private final ReentrantLock lock = new ReentrantLock();

    private final TableState<T> state = new TableState<>();
    private final Views<T> views = new Views<>(state);
    private final Set<Steps<T>> listeners = new CopyOnWriteArraySet<>();
    private final Waiters<T> waiters;
    private int holders;
    private @Nullable Subscription subscription;
    /** Was there a complete state? It is read without the lock. */
    private volatile boolean isComplete;
    /** While a read changes many keys: what was seen of these before. It is read without the lock. */
    private volatile @Nullable Map<String, @Nullable T> before;
    /** How many reads have changed keys. It is read without the lock. */
    private final AtomicInteger reads = new AtomicInteger();
    /** It is read without the lock. */
    private volatile @Nullable TableClosed closed;

    /** Did it end with its node? */
    private volatile boolean isShutDown;

    private Instant since;
    /** When the last read succeeded; null if none did. */
    private @Nullable Instant loaded;

    private List<Gap> missed = List.of();
    /** While something is missing: up to where the view has everything. */
    private @Nullable CursorToken stands;
    /** Up to where it will have everything once the read that is under way has succeeded; null if nothing was missed since producers were asked. */
    private @Nullable CursorToken standsThen;
    /** Of the last read that succeeded: where the producers were before it, or up to where its rows are. */
    private Map<Epoch, Long> heads = Map.of();

    /** Up to where the rows of that were; null if they have versions, or none were read. */
    private @Nullable CursorToken readUpTo;

    private Map<Epoch, Long> headsOfRead = Map.of();
    /** By stream, the last message that was taken. A read forgets those that are over. */
    private final Map<Epoch, Long> taken = new HashMap<>();
    /** When that was published, in milliseconds since 1970. Not of a source whose rows have versions. */
    private final Map<Epoch, Long> published = new HashMap<>();
    /** What readers of its states were told last, until something comes. */
    private @Nullable TableStanding shown;
    /** Behind which nothing comes until the source was read. */
    private @Nullable Held held;

    SharedTable(TableHost host, Topic<T> topic, TableSource<T> source, Consumer<SharedTable<T>> onClosed) {
        this.host = host;
        this.topic = topic;
        this.settings = host.tableSettings();
        this.rows = new RowReader<>(topic.name(), source, settings);
        this.positioned = source.positioned() != null;
        this.waiters = new Waiters<>(host, topic.name(), this::locked, this::status);
        this.reloading = new Reloading<>(this, host, topic.name(), rows);
        this.onClosed = onClosed;
        this.since = time();
    }

    private Instant time() {
        return Instant.ofEpochMilli(host.clock().ms());
    }

    /** Subscribes, and loads. Throws what is wrong with the topic. */
    void open() {
        locked(() -> {
            subscribe();
            host.measure(topic.name()).add(this);
        });
    }

    private void subscribe() {
        SubscriptionSettings usual = SubscriptionSettings.defaults();
        if (positioned) {
            subscription = host.subscribe(topic, StartFrom.latest(), usual.loadFirst(), new PausedRecipient<>(this));
            return;
        }
        Subscription opened = host.subscribe(topic, StartFrom.latest(), usual, new TableRecipient<>(this));
        subscription = opened;
        var unused = opened.ready().whenComplete((members, failure) -> {
            if (failure == null) {
                locked(reloading::want);
            }
        });
    }

    @Override
    public void locked(Runnable what) {
        var unused = underLock(() -> {
            what.run();
            return null;
        });
    }

    <V extends @Nullable Object> V underLock(Supplier<V> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------------ who holds it

    /** Somebody more has opened it. {@return false if it has closed} */
    boolean hold() {
        lock.lock();
        try {
            holders += closed == null ? 1 : 0;
            return closed == null;
        } finally {
            lock.unlock();
        }
    }

    /** Somebody has closed it: the last one ends it. */
    void release() {
        locked(() -> {
            holders--;
            if (holders > 0) {
                return;
            } else if (closed == null) {
                close("it was closed", null);
            } else {
                tellClosed();
            }
        });
    }

    boolean isHeld() {
        return underLock(() -> holders > 0);
    }

    private void tellClosed() {
        host.completions().execute(() -> onClosed.accept(this)); // others may hold what it takes
    }

    /** It ends, unless it has. */
    @Override
    public void close(String why, @Nullable Throwable cause) {
        locked(() -> {
            if (closed != null) {
                return;
            }
            TableClosed end = new TableClosed(topic.name(), why, cause);
            since = time();
            closed = end;
            reloading.close();
            host.measure(topic.name()).remove(this);
            Subscription its = subscription;
            if (its != null) {
                var unused = its.cancel();
            }
            host.completions().execute(() -> ready.completeExceptionally(end));
            waiters.fail(end);
            listeners.forEach(listener -> listener.ended(end));
            tellClosed();
        });
    }

    // ------------------------------------------------------------------ what comes

    @Override
    public void onMessage(Delivery<T> delivery) {
        RowReader.Said<T> said = rows.said(delivery);
        locked(() -> {
            Throwable failure = closed == null ? taken(delivery, said) : null;
            if (failure != null) {
                onUnreadable(delivery.node(), delivery.position(), delivery.key(), failure);
            }
        });
    }

    /** Takes a message. {@return why it does not say what became of its key; null if it does} */
    private @Nullable Throwable taken(Delivery<T> delivery, RowReader.Said<T> said) {
        Position position = delivery.position();
        taken.put(position.epoch(), position.sequence());
        if (positioned) {
            published.put(position.epoch(), delivery.time().toEpochMilli());
        }
        shown = null;
        if (positioned && wasRead(position)) {
            return null;
        } else if (said.failure() != null) {
            return said.failure();
        }
        step(changes(position, said), false);
        if (!closesIfTooLarge() && state.deleted() > settings.maxKeys()) {
            reloading.want(); // a read forgets deletions
        }
        if (!waiters.isEmpty() && !state.isStale()) {
            waiters.complete(
                    one -> one.epoch().equals(position.epoch()) && one.sequence() <= position.sequence(),
                    this::viewNow);
        }
        return null;
    }

    private List<Change<T>> changes(Position position, RowReader.Said<T> said) {
        Row<T> row = said.row();
        if (row == null) {
            return state.deletion(position.epoch(), position.sequence(), said.key());
        }
        return positioned && row.isDeleted()
                ? state.removal(said.key())
                : state.message(position.epoch(), position.sequence(), said.key(), row);
    }

    @Override
    public boolean take(Event<T> event, long number, Recipient.Receipts receipts) {
        Delivery<T> delivery = event instanceof Delivery<T> message ? message : null;
        RowReader.Said<T> said = delivery == null ? null : rows.said(delivery);
        lock.lock();
        try {
            if (closed != null) {
                return true;
            } else if (delivery != null && said != null) {
                Throwable failure = taken(delivery, said);
                if (failure == null) {
                    return true;
                }
                warn(delivery.node(), delivery.position(), delivery.key(), failure);
            } else if (event instanceof Undecodable<T> one) {
                warn(one.node(), one.position(), one.key(), one.cause());
            }
            Held its = Held.of(event, number, receipts, time().toEpochMilli());
            held = its;
            missed(its.gaps(), its.message() == null ? its.at() : token());
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** The source says what became of its key. */
    @Override
    public void onUnreadable(String node, Position position, @Nullable String key, Throwable failure) {
        warn(node, position, key, failure);
        missed(List.of(), token());
    }

    private void warn(String node, Position position, @Nullable String key, Throwable failure) {
        Fence.log(
                failure,
                shown -> LOG.warn(
                        "Topic {}: its table cannot use the message at {} {}, key '{}'. It reads its source again",
                        topic.name(),
                        node,
                        position,
                        key,
                        shown));
    }

    @Override
    public void onExpired(CursorExpired<T> expired) {
        missed(expired.gaps(), expired.token());
    }

    private void missed(List<Gap> gaps, CursorToken upTo) {
        locked(() -> {
            if (closed != null) {
                return;
            }
            if (!state.isStale()) {
                since = time();
            }
            List<Gap> all = new ArrayList<>(missed);
            all.addAll(gaps);
            missed = List.copyOf(all.subList(Math.max(0, all.size() - MOST_GAPS), all.size()));
            stands = stands == null ? upTo : stands;
            standsThen = standsThen == null ? upTo : standsThen;
            state.missed();
            shown = null;
            listeners.forEach(Steps::staleness);
            if (isComplete || positioned) {
                reloading.want();
            } // else it is wanted anyway
        });
    }

    @Override
    public void onEnded(Ended<T> ended) {
        isShutDown = ended.reason() == Ended.Reason.SHUTDOWN;
        close(
                switch (ended.reason()) {
                    case SHUTDOWN -> "its node has left the cluster, or was removed from it";
                    case CANCELLED -> "it was closed";
                    case FAILED, TAKEN_OVER -> "its subscription has ended: " + ended.reason();
                },
                ended.cause());
    }

    private boolean closesIfTooLarge() {
        TooLarge failure = settings.exceededBy(topic.name(), state.size(), state.bytes());
        if (failure != null) {
            close(String.valueOf(failure.getMessage()), failure);
        }
        return failure != null;
    }

    private void step(List<Change<T>> changes, boolean byReload) {
        if (changes.isEmpty()) {
            return;
        }
        views.add(changes);
        for (Steps<T> listener : listeners) {
            listener.add(changes, byReload);
        }
    }

    // ------------------------------------------------------------------ reads of the source, under the lock

    @Override
    public void askHeads(BiConsumer<@Nullable Map<Epoch, Long>, @Nullable Throwable> told) {
        state.ask();
        standsThen = null;
        if (positioned) {
            told.accept(Map.of(), null); // its rows say it
        } else {
            Heads.ask(host, topic, token(), settings.readTimeout(), told);
        }
    }

    @Override
    public void beginRead(Map<Epoch, Long> producers) {
        headsOfRead = producers;
        state.begin(producers);
    }

    @Override
    public void failRead() {
        state.failed();
    }

    @Override
    public @Nullable Throwable refused(RowReader.Read<T> read) {
        CursorToken upTo = read.upTo();
        Held its = held;
        if (upTo == null || its == null) {
            return null;
        }
        try {
            upTo.checkIsOf(topic.name(), its.at().cluster());
        } catch (IllegalArgumentException e) {
            return e;
        }
        String lacked = its.lackedOf(upTo, withAll(its.at()), published, readUpTo);
        return lacked == null
                ? null
                : new IllegalStateException(
                        "The source of the table of topic " + topic.name() + " does not have " + lacked + " yet");
    }

    @Override
    public void endRead(RowReader.Read<T> read) {
        List<Change<T>> changes = state.end(read.rows(), about -> before = isComplete ? seenBefore(about) : null);
        reads.incrementAndGet();
        before = null;
        boolean first = !isComplete;
        isComplete = true;
        shown = null;
        CursorToken upTo = read.upTo();
        loaded = time();
        readUpTo = upTo;
        heads = upTo == null ? headsOfRead : headsOf(upTo);
        taken.keySet().retainAll(headsOf(token()).keySet());
        published.keySet().retainAll(taken.keySet());
        step(changes, true);
        if (!state.isStale()) {
            since = time();
            missed = List.of();
        }
        stands = standsThen;
        if (closesIfTooLarge()) {
            return;
        }
        listeners.forEach(Steps::staleness);
        if (first) {
            TableView<T> view = viewNow();
            host.completions().execute(() -> ready.complete(view));
        }
        waiters.complete(
                state.isStale() ? this::wasRead : this::has,
                this::viewNow); // the token has passed what was missed since
        Held its = held;
        if (upTo != null && its != null) {
            held = null;
            its.release(upTo);
        }
    }

    private static <T> Map<String, @Nullable T> seenBefore(List<Change<T>> about) {
        Map<String, @Nullable T> before = new HashMap<>();
        about.forEach(change -> before.put(change.key(), change.before()));
        return before;
    }

    /** Whoever has passed the end of a stream has all of it. */
    private static Map<Epoch, Long> headsOf(CursorToken upTo) {
        return upTo.entries().stream()
                .collect(Collectors.toMap(
                        CursorToken.Entry::epoch,
                        entry -> entry.over() ? Long.MAX_VALUE : entry.sequence(),
                        Math::max));
    }

    @Override
    public boolean isMissing() {
        return state.isStale();
    }

    // ------------------------------------------------------------------ what is seen

    CompletionStage<TableView<T>> ready() {
        return ready.minimalCompletionStage();
    }

    @Nullable T get(String key) {
        checkIsThere();
        while (true) {
            Map<String, @Nullable T> then = before;
            if (then != null && then.containsKey(key)) {
                return then.get(key);
            }
            int number = reads.get();
            T row = state.seen(key);
            if (then == before && number == reads.get()) {
                return row;
            } // else a read has changed keys meanwhile: who saw one of them as it is then, must not see another one as
            // it was
        }
    }

    private void checkIsThere() {
        checkServes();
        if (!isComplete) {
            throw new IllegalStateException(
                    "The table of topic " + topic.name() + " has not been loaded yet: wait for ready()");
        }
    }

    private void checkServes() {
        TableClosed end = closed;
        if (end != null && !settings.serveStale()) {
            throw new TableClosed(end);
        }
    }

    TableView<T> view() {
        lock.lock();
        try {
            checkIsThere();
            return viewNow();
        } finally {
            lock.unlock();
        }
    }

    private TableView<T> viewNow() {
        return new TableView<>(CollectionConverters.asJava(views.now()), tokenNow());
    }

    private CursorToken tokenNow() {
        CursorToken upTo = stands;
        return upTo != null ? upTo : withAll(token());
    }

    /** The subscription may yet come to what the rows had, and to the end of what it is giving. */
    private CursorToken withAll(CursorToken token) {
        return token.with(token.entries().stream().map(this::withAll).toList());
    }

    private CursorToken.Entry withAll(CursorToken.Entry entry) {
        long read = positioned ? heads.getOrDefault(entry.epoch(), -1L) : -1;
        if (read == Long.MAX_VALUE) {
            return entry.at(entry.sequence(), true);
        }
        long upTo = Math.max(read, taken.getOrDefault(entry.epoch(), -1L));
        return entry.over() || upTo <= entry.sequence() ? entry : entry.at(upTo, false);
    }

    @Nullable T newest(String key) {
        checkServes();
        lock.lock();
        try {
            return state.newest(key);
        } finally {
            lock.unlock();
        }
    }

    private CursorToken token() {
        return Objects.requireNonNull(subscription).token();
    }

    /** Where listeners are called. */
    Executor executor() {
        return host.listeners();
    }

    /** It hears of the steps from now on. Throws TableClosed if the table has closed. */
    void begin(Steps<T> steps) {
        locked(() -> {
            TableClosed end = closed;
            if (end != null) {
                throw new TableClosed(end);
            }
            listeners.add(steps);
            if (isComplete) {
                List<Change<T>> all = new ArrayList<>(state.seen());
                state.forEachSeen((key, row) -> all.add(new Change<>(key, null, row)));
                steps.add(all, true);
            }
        });
    }

    void end(Steps<T> steps) {
        locked(() -> listeners.remove(steps));
    }

    boolean isShutDown() {
        return isShutDown;
    }

    /** What a reader of its states is to know: under the lock. */
    TableStanding now() {
        TableStanding known = shown;
        if (known == null) {
            CursorToken upTo = isComplete ? tokenNow() : null;
            known = new TableStanding(upTo, state.isStale(), missed);
            shown = known;
        }
        return known;
    }

    CompletionStage<TableView<T>> reached(Position position) {
        lock.lock();
        try {
            checkServes();
            TableClosed end = closed;
            if (end != null) {
                return CompletableFuture.failedStage(end);
            } else if (isComplete && !state.isStale() && has(position)) {
                return CompletableFuture.completedStage(viewNow());
            }
            return waiters.add(position);
        } finally {
            lock.unlock();
        }
    }

    /** Is that in what is seen, if nothing is missing? */
    private boolean has(Position position) {
        if (taken.getOrDefault(position.epoch(), -1L) >= position.sequence() || wasRead(position)) {
            return true;
        }
        return token().entries().stream()
                .anyMatch(entry -> entry.epoch().equals(position.epoch())
                        && (entry.over() || entry.sequence() >= position.sequence()));
    }

    /** Was it published before the source was read? */
    private boolean wasRead(Position position) {
        return heads.getOrDefault(position.epoch(), -1L) >= position.sequence();
    }

    @Override
    public long rows() {
        return underLock(state::seen);
    }

    @Override
    public long staleNs() {
        TableStatus now = status();
        return now.state() == TableStatus.State.STALE
                ? Math.max(1, host.clock().ms() - now.since().toEpochMilli()) * 1_000_000
                : 0;
    }

    Reporting reporting() {
        return underLock(() -> new Reporting(status(), rows(), state.bytes(), loaded));
    }

    TableStatus status() {
        lock.lock();
        try {
            TableClosed end = closed;
            boolean live = end == null && isComplete && !state.isStale();
            TableStatus.State its =
                    end != null ? TableStatus.State.CLOSED : live ? TableStatus.State.LIVE : TableStatus.State.STALE;
            return new TableStatus(
                    its,
                    since,
                    end == null ? missed : List.of(),
                    end == null && reloading.isReading(),
                    reloading.failures(),
                    end == null ? reloading.cause() : end,
                    end == null ? host.otherCluster().orElse(null) : null);
        } finally {
            lock.unlock();
        }
    }
}
