package dev.gapless.internal.publish;

import dev.gapless.Held;
import dev.gapless.IdReused;
import dev.gapless.NotHeld;
import dev.gapless.ProducerClosed;
import dev.gapless.PublishTimeout;
import dev.gapless.PublishUnknown;
import dev.gapless.Receipt;
import dev.gapless.StoreUnavailable;
import dev.gapless.TooManyPending;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Admission;
import dev.gapless.core.log.Awaited;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.log.Ticket;
import dev.gapless.core.producer.LogWriter;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.producer.ReceiptRequest;
import dev.gapless.core.producer.StoreStatus;
import dev.gapless.internal.measure.Refusal;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.measure.TopicStats;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.time.Wakeup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A topic's log on this node, and the way into it: publishing threads append, and wake the driver of its shard unless
 * that is awake. Thread-safe.
 */
public final class ProducerLog implements TopicStats.Publishing {
    private final String topic;
    private final Log log;
    private final TopicSettings settings;
    private final Executor executor;
    private final Clock clock;
    private final Wakeup wakeup = new Wakeup();
    private volatile @Nullable Runnable host;
    /** Is the host to look when something was appended? */
    private volatile boolean wanted = true;

    private volatile boolean held;
    /** Publishes of clients under way, which do not keep it when they have failed. */
    private final AtomicInteger lent = new AtomicInteger();

    private volatile TopicMeasure stats = TopicMeasure.NONE;
    private volatile Refusals refusals = Refusals.NONE;
    private volatile StoreWords words = StoreWords.NONE;
    private final Misses misses = new Misses();
    /** Made when the first receipt is wanted: most topics never have one. */
    private volatile @Nullable ReceiptQueue receipts;

    private volatile int cursors;
    /** Of the cursors those of other nodes, counted for as long as nothing was published. */
    private volatile int cursorsElsewhere;

    private volatile long lowestAcked;
    /** How its store does; null if it has none. */
    private volatile @Nullable StoreStatus store;

    public ProducerLog(String topic, Log log, TopicSettings settings, Executor executor, Clock clock) {
        this.topic = topic;
        this.log = log;
        this.settings = settings;
        this.executor = executor;
        this.clock = clock;
    }

    /** From now on it counts there. For whoever makes it. */
    void countIn(TopicMeasure topicStats) {
        stats = topicStats;
        topicStats.add(this);
    }

    /** From now on what is refused is told there. For whoever makes it. */
    void reportTo(Refusals log) {
        refusals = log;
    }

    /** From now on publishers that its store keeps waiting are told in these words. For whoever makes it. */
    void speakWith(StoreWords its) {
        words = its;
    }

    Refusals refusals() {
        return refusals;
    }

    public TopicMeasure stats() {
        return stats;
    }

    public String topic() {
        return topic;
    }

    @Override
    public Log log() {
        return log;
    }

    @Override
    public TopicSettings settings() {
        return settings;
    }

    /** The application has it from now on, and may publish at any time: its ring is as large as the settings say. */
    public synchronized ProducerLog hold() {
        held = true;
        limitTo(Long.MAX_VALUE);
        return this;
    }

    /** Its ring holds so many bytes at most ({@link Log#limit}). {@return false if the application has it: then nothing changes} */
    synchronized boolean limit(long bytes) {
        if (held) {
            return false;
        }
        limitTo(bytes);
        return true;
    }

    private void limitTo(long bytes) {
        log.limit(bytes);
        wake(); // the feed of this node holds no more, and who waited may have room
    }

    /** May anybody publish at any time, or is somebody about to? */
    public boolean isHeld() {
        return held || lent.get() > 0;
    }

    /** For good: it is held, or there was a message. */
    boolean isKept() {
        return held || log.hasPublished();
    }

    /** A client is about to publish, until {@link #giveBack}. */
    ProducerLog lend() {
        lent.incrementAndGet();
        return this;
    }

    /** A client's publish is done. If nothing was ever published the host is to see that, and to drop it after a while. */
    void giveBack() {
        if (lent.decrementAndGet() == 0 && isUnused()) {
            wake();
        }
    }

    /** May it be dropped? Nobody here can publish, and nobody ever has: a log made anew says the same of itself. */
    public boolean isUnused() {
        return !isHeld() && !log.hasPublished();
    }

    /** For the host, after each input: publishers are to know how far the log's readers are, and whether it wants to hear of more. */
    public void follow(ProducerState readers) {
        int number = readers.cursorCount();
        long lowest = readers.lowestAcked();
        if (number != cursors && !log.hasPublished()) {
            cursorsElsewhere = elsewhere(readers);
        }
        if (number != cursors || lowest != lowestAcked) {
            cursors = number;
            lowestAcked = lowest;
        }
        LogWriter writer = readers.writer();
        if (writer != null) {
            store = writer.status();
        }
        boolean wants = readers.wantsAppended();
        if (wants != wanted) {
            wanted = wants;
            if (wants && readers.hasUnsent()) {
                wake(); // it was appended when nobody wanted to hear of it
            }
        }
    }

    private int elsewhere(ProducerState readers) {
        return (int) readers.cursors().stream()
                .filter(cursor -> !Epoch.of(cursor.session().uid(), topic)
                        .equals(log.identity().epoch()))
                .count();
    }

    /** Do other nodes read this log, to which nothing was ever published, though the settings would allow it? */
    boolean isReadInVain() {
        return cursorsElsewhere > 0 && log.identity().publishes() && !log.hasPublished();
    }

    public long nowMs() {
        return clock.ms();
    }

    @Override
    public @Nullable StoreStatus store() {
        return store;
    }

    @Override
    public int cursors() {
        return cursors;
    }

    @Override
    public long lag() {
        return cursors == 0 ? 0 : Math.max(0, log.head() - lowestAcked);
    }

    /** The part of the ring, in messages or in bytes, that some cursor has not acknowledged, as if all messages were equally large. */
    double unacknowledged() {
        long messages = lag();
        double bytes = (double) log.bytes() / Math.max(1, log.size()) * messages;
        return Math.min(1, Math.max((double) messages / settings.bufferMessages(), bytes / log.maxBytes()));
    }

    /** The host is there, and has yet to look at the log; {@code tell} tells it to. */
    public void started(Runnable tell) {
        host = tell;
        wake();
    }

    /** The host has been told to look at the log, and does; what is appended from now on wakes it again. */
    public void look(Runnable look) {
        wakeup.arrived();
        look.run();
    }

    /** The position of what is published. Of a publish that waits it is the ticket, too. */
    private class Pending extends CompletableFuture<Position> implements Ticket {
        private final Executor answering;

        Pending(Executor answering) {
            this.answering = answering;
        }

        @Override
        public void settled(Admission outcome) {
            answering.execute(() -> settle(this, outcome));
        }
    }

    /** That of an invalidation, which several may have asked for: they get a stage, which none of them can complete. */
    private final class Invalidation extends Pending {
        private final CompletionStage<Position> answer = minimalCompletionStage();

        Invalidation() {
            super(executor);
        }
    }

    /** What was published here before is not to be relied on: see {@link Log#invalidate}. The application says why. */
    CompletionStage<Position> invalidate(String why) {
        Invalidation waits = (Invalidation) log.invalidate(clock.ms(), new Invalidation());
        refusals.invalidated(topic, why);
        wake();
        return waits.answer;
    }

    public CompletableFuture<Position> publish(Content content) {
        long sequence = tryPublish(content);
        return sequence == 0 ? publishOrWait(content, executor) : CompletableFuture.completedFuture(position(sequence));
    }

    /** Publishes it, and says who has it once as many have as are wanted. Nothing is published if too many wait for that. */
    CompletableFuture<Held> publish(Content content, Receipt wanted, Duration timeout) {
        long dueNs = clock.ns() + timeout.toNanos();
        return withReceipt(its -> publish(content)
                .thenCompose(at -> held(its.ask(inOwn(at), inOwn(at), nodes(wanted), dueNs), at, wanted)));
    }

    /**
     * Who has the messages from that position up to that one: once as many have as are wanted. Fails with
     * {@link NotHeld} after this time.
     */
    public CompletableFuture<Held> held(Position first, Position last, Receipt wanted, Duration timeout) {
        long dueNs = clock.ns() + timeout.toNanos();
        return withReceipt(its -> held(its.ask(inOwn(first), inOwn(last), nodes(wanted), dueNs), last, wanted));
    }

    /**
     * Who of its consumers has the messages from that position up to that one: once all have, or once no more is awaited of anybody, or after
     * this time.
     */
    public CompletableFuture<Reached> reached(Position first, Position last, Duration timeout) {
        long dueNs = clock.ns() + timeout.toNanos();
        long from = inOwn(first);
        long to = inOwn(last);
        boolean isEarlier = from <= 0;
        // Who began behind the first message of this incarnation was not promised that, but the last. Who goes on
        // behind one of an earlier incarnation may have missed it then.
        return withReceipt(its -> {
            CompletableFuture<Standings> asked = its.ask(isEarlier ? from : to, to, ReceiptRequest.ALL, dueNs);
            wake();
            return asked.thenApply(standings -> Reached.of(standings, misses.of(from, to), log.parts(), isEarlier));
        });
    }

    /** A node was told that it missed these sequences of that stream of the log, both included. */
    public void missed(String node, LogPart part, long first, long last) {
        LogPart own = log.parts().own();
        misses.add(node, own.sequence(part.number(first)), own.sequence(part.number(last)));
    }

    /** The sequence of that message as if it was of the log's own stream: 0 or less of one that an earlier incarnation published. */
    private long inOwn(Position at) {
        LogPart part = log.parts().get(at.epoch());
        return part == null ? at.sequence() : log.parts().own().sequence(part.number(at.sequence()));
    }

    private static int nodes(Receipt wanted) {
        return wanted.nodes().orElse(ReceiptRequest.ALL);
    }

    private CompletableFuture<Held> held(CompletableFuture<Standings> asked, Position last, Receipt wanted) {
        wake();
        return asked.thenApply(standings -> {
            if (standings.isHeld()) {
                return new Held(last, standings.holders());
            }
            throw new NotHeld(
                    "Topic " + topic + ": message " + last + " was published, and is not known to be " + wanted + ": "
                            + standings.text(),
                    last,
                    standings.holders(),
                    standings.reasons());
        });
    }

    private <T> CompletableFuture<T> withReceipt(Function<ReceiptQueue, CompletableFuture<T>> asks) {
        ReceiptQueue its = forReceipts();
        if (its.take()) {
            return asks.apply(its).whenComplete((done, failure) -> its.giveBack());
        }
        CompletableFuture<T> refused = new CompletableFuture<>();
        refuse(
                refused,
                Refusal.TOO_MANY_PENDING,
                new TooManyPending(
                        "Topic " + topic + ": " + its.most()
                                + " publishes wait for a receipt already (gapless.max-pending-publishes). Await the stages"
                                + " that publish returns",
                        null));
        return refused;
    }

    private synchronized ReceiptQueue forReceipts() {
        ReceiptQueue its = receipts;
        if (its == null) {
            its = new ReceiptQueue(settings.maxPendingPublishes(), executor);
            receipts = its;
        }
        return its;
    }

    /** The next receipt that is wanted, for the host; null if there is none. */
    public @Nullable WantedReceipt nextReceipt() {
        ReceiptQueue its = receipts;
        return its == null ? null : its.poll();
    }

    /** Nothing is heard of consumers any more. */
    void endReceipts() {
        forReceipts().end();
    }

    /** These in this order, each as {@link #publish} would. */
    List<CompletableFuture<Position>> publish(List<Content> contents) {
        Log.Sequences there = log.tryPublish(contents, clock.ms());
        appended();
        List<CompletableFuture<Position>> all = new ArrayList<>(contents.size());
        for (int i = 0; i < there.count(); i++) {
            all.add(CompletableFuture.completedFuture(position(there.first() + i)));
        }
        for (Content content : contents.subList(there.count(), contents.size())) {
            all.add(publishOrWait(content, executor));
        }
        return all;
    }

    /** Returns once it is in the ring; throws what {@link #publish} would fail with. Whoever interrupts it waits, too. */
    void send(Content content) {
        if (tryPublish(content) == 0) {
            try {
                publishOrWait(content, Runnable::run).join(); // nothing of the application depends on it
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException failed ? failed : e;
            }
        }
    }

    private Position position(long sequence) {
        return new Position(log.identity().epoch(), sequence);
    }

    private long tryPublish(Content content) {
        long sequence = log.tryPublish(content, clock.ms());
        if (sequence != 0) {
            appended();
        }
        return sequence;
    }

    private CompletableFuture<Position> publishOrWait(Content content, Executor answering) {
        Pending position = new Pending(answering);
        Admission admission = log.publish(content, clock.ms(), clock.ns(), position);
        if (!(admission instanceof Admission.Waiting)) {
            settle(position, admission);
        }
        wake();
        return position;
    }

    private void appended() {
        if (wanted) {
            wake();
        }
    }

    private void wake() {
        Runnable tell = host;
        if (tell != null && wakeup.claim()) {
            tell.run();
        }
    }

    private void settle(Pending position, Admission outcome) {
        if (outcome instanceof Admission.Accepted accepted) {
            position.complete(accepted.position());
        } else if (outcome instanceof Admission.Closed) {
            refuse(
                    position,
                    Refusal.CLOSED,
                    new ProducerClosed(
                            "Topic " + topic
                                    + ": this node shuts down, or was removed from the cluster, and takes no more messages",
                            null));
        } else if (outcome instanceof Admission.TooMany tooMany) {
            refuse(position, tooMany(tooMany), Refusal.TOO_MANY_PENDING);
        } else if (outcome instanceof Admission.TimedOut timedOut) {
            refuse(position, tooLong(timedOut.what()), Refusal.TIMEOUT);
        } else if (outcome instanceof Admission.IdReused) {
            refuse(
                    position,
                    Refusal.ID_REUSED,
                    new IdReused(
                            "Topic " + topic
                                    + ": the ring of this node has a message with this id, and another key, other headers or other"
                                    + " content. Nothing was published. Give each message an id of its own (Publication.withId)",
                            null));
        } else if (outcome instanceof Admission.Unknown) {
            refuse(
                    position,
                    Refusal.UNKNOWN,
                    new PublishUnknown(
                            "Topic " + topic + ": " + words.store()
                                    + " did not say in time (gapless.backpressure-timeout), or before the"
                                    + " node ended, whether it has the message. It may be published. "
                                    + words.advice(store),
                            "Topic " + topic
                                    + ": its store did not say in time (gapless.backpressure-timeout), or before the node ended,"
                                    + " whether it has the message. It may be published."));
        }
    }

    /** With this, or for this reason if its store is not to blame. */
    private void refuse(Pending position, RuntimeException failure, Refusal otherwise) {
        refuse(position, failure instanceof StoreUnavailable ? Refusal.STORE_UNAVAILABLE : otherwise, failure);
    }

    private void refuse(CompletableFuture<?> publish, Refusal why, RuntimeException failure) {
        stats.refused(why);
        refusals.log(why, failure);
        publish.completeExceptionally(failure);
    }

    private RuntimeException tooMany(Admission.TooMany refused) {
        String tooMany = switch (refused.what()) {
            case ROOM ->
                refused.limit()
                        + " publishes wait for room already (gapless.max-pending-publishes). Await the stages that publish"
                        + " returns, or let the ring overwrite what consumers have not got (gapless.overflow = expire)";
            case STORE ->
                "as many publishes as may wait for " + words.store()
                        + " already do (gapless.max-pending-publishes, and in bytes gapless.buffer-bytes). Await the stages that"
                        + " publish returns";
            case MEMBERSHIP ->
                "this node is not a member of a cluster yet, and " + refused.limit()
                        + " publishes wait until it is (gapless.max-pending-publishes). Await the stages that publish returns";
        };
        return refused.what() == Awaited.STORE && words.fails(store)
                ? unavailable(tooMany)
                : new TooManyPending("Topic " + topic + ": " + tooMany, null);
    }

    private RuntimeException tooLong(Awaited what) {
        return switch (what) {
            case ROOM ->
                timeout(
                        "no room in the ring within gapless.backpressure-timeout; `gapless status` tells which consumer lags");
            case STORE ->
                unavailable(words.store()
                        + " took nothing of it within gapless.backpressure-timeout, and nothing was published");
            case MEMBERSHIP ->
                timeout(
                        "this node did not become a member of a cluster within gapless.backpressure-timeout, and nothing was"
                                + " published. Does it join one (pekko.cluster.seed-nodes, or Cluster.get(system).join), does that let"
                                + " it in, and does it have the role that gapless.role names, if it names one?");
        };
    }

    private PublishTimeout timeout(String why) {
        return new PublishTimeout("Topic " + topic + ": " + why, null);
    }

    private StoreUnavailable unavailable(String why) {
        String its = "Topic " + topic + ": ";
        return new StoreUnavailable(its + why + ". " + words.advice(store), its + words.forClients(store));
    }
}
