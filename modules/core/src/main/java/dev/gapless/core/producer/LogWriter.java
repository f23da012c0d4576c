package dev.gapless.core.producer;

import dev.gapless.core.Limits;
import dev.gapless.core.Now;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Generation;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogRecord;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stores a log, one record after the other (rules D1 to D4). A message is in the log once its record is stored.
 *
 * <pre>
 *                           the number is taken, or nobody knows
 *            ┌──────────────────────────────────────────────────────┐
 *            ▼                                │                     │
 *   SHUT ─► READING ──all there is──► MARKING ─┴─stored─► READY ◄─► WRITING
 *            │  ▲                                                   │
 *            │  └── IN_DOUBT, for a while ◄────── no answer, failed ┘
 *            └─► FENCED: a later incarnation has marked it     BROKEN: damaged
 * </pre>
 *
 * <p>Opening is the fence: a store takes each number once, so whoever held the log before has at most one write to come, with just the
 * number that the mark takes, or that is read before. Not thread-safe.
 */
public final class LogWriter {
    /** Records that are of no use any more go once there are so many, and they are this part of all. */
    private static final int FEWEST_TO_DROP = 16;

    private static final int PARTS_TO_DROP = 4;

    private static final StoreStatus RECOVERING = new StoreStatus(StoreStatus.State.RECOVERING, 0, null);
    private static final StoreStatus OK = new StoreStatus(StoreStatus.State.OK, 0, null);

    private final String topic;
    private final long uid;
    private final Log log;
    private final TopicSettings settings;
    private final Outbox outbox;

    private WriterState state = new WriterState.Shut();
    /** Does the log have what its store had? From then on readers are answered. */
    private boolean open;

    private Generation generation = new Generation(0, List.of());
    /** The number of the next record. */
    private long next = 1;
    /** What was under way when doubt began; null if that is settled, or was a mark. */
    private LogRecord.@Nullable Messages doubted;
    /** The id of the last request, and until when its answer is waited for. */
    private long asked;

    private long dueNs;
    /** How often in a row the store failed. */
    private int failures;
    /** Since when it fails, is broken, or writes, in milliseconds since 1970. */
    private long sinceMs;
    /** How it failed last; null if it did not say. */
    private @Nullable String problem;
    /** The last sequence of each incarnation's stream in the store, the oldest first. */
    private final Map<Long, Long> heads = new LinkedHashMap<>();
    /** When a message was published last, in milliseconds since 1970; {@code Long.MIN_VALUE} if none was. */
    private long lastMs = Long.MIN_VALUE;
    /** Where the records of messages end that are stored: for dropping them. */
    private final ArrayDeque<Kept> kept = new ArrayDeque<>();
    /** The number of the first record in the store. */
    private long firstStored = 1;
    /** What was read of a store that is not open yet. */
    private final List<LogRecord> fresh = new ArrayList<>();

    private record Kept(long number, long last) {}

    LogWriter(String topic, long uid, Log log, TopicSettings settings, Outbox outbox) {
        this.topic = topic;
        this.uid = uid;
        this.log = log;
        this.settings = settings;
        this.outbox = outbox;
    }

    /** For people. */
    public StoreStatus status() {
        if (state instanceof WriterState.Broken broken) {
            return new StoreStatus(StoreStatus.State.BROKEN, sinceMs, broken.why());
        } else if (state instanceof WriterState.Fenced) {
            return new StoreStatus(StoreStatus.State.FENCED, sinceMs, null);
        } else if (failures > 0) {
            return new StoreStatus(StoreStatus.State.FAILING, sinceMs, problem);
        } else if (!open) {
            return RECOVERING;
        }
        return state instanceof WriterState.Ready ? OK : new StoreStatus(StoreStatus.State.WRITING, sinceMs, null);
    }

    /** Has the log what its store had? Before that it answers nobody. */
    public boolean isOpen() {
        return open;
    }

    /** Are no messages under way or in doubt, so that the head is the last that this incarnation ever stored? */
    boolean isIdle() {
        boolean isDone = !(state instanceof WriterState.Writing || state instanceof WriterState.Fenced);
        return isDone && doubted == null && log.waiting() == 0;
    }

    /** This incarnation may use the store. */
    void open(Generation its, long nowNs) {
        if (state instanceof WriterState.Shut) {
            generation = its;
            read(nowNs);
        }
    }

    private void read(long nowNs) {
        state = new WriterState.Reading();
        want(new StoreRequest.Read(++asked, next), nowNs);
    }

    private void mark(Now now) {
        LogRecord.Mark mark = new LogRecord.Mark(next, generation.number(), uid, lastMs, headsNow());
        state = new WriterState.Marking();
        sinceMs = failures > 0 ? sinceMs : now.ms();
        want(new StoreRequest.Write(++asked, mark), now.ns());
    }

    private void want(StoreRequest request, long nowNs) {
        dueNs = nowNs + settings.storeTimeoutNs();
        outbox.add(new Effect.Store(topic, request));
    }

    // ------------------------------------------------------------------ answers

    void onAnswer(StoreAnswer answer, Now now) {
        if (answer.id() != asked || !isUnderWay()) {
            return; // it was not waited for any longer
        }
        if (answer instanceof StoreAnswer.Reading) {
            dueNs = now.ns() + settings.storeTimeoutNs();
        } else if (answer instanceof StoreAnswer.Records read && state instanceof WriterState.Reading) {
            onRecords(read.records(), now);
        } else if (answer instanceof StoreAnswer.Stored) {
            onStored(now);
        } else if (answer instanceof StoreAnswer.Failed failed) {
            doubt(failed.why(), now);
        } else if (answer instanceof StoreAnswer.Damaged damaged) {
            broken(damaged.why(), now.ms());
        }
        onLine(now);
    }

    private void doubt(String why, Now now) {
        if (failures == 0) {
            sinceMs = now.ms();
        }
        problem = why;
        if (state instanceof WriterState.Writing writing) {
            doubted = writing.messages();
        }
        state = new WriterState.InDoubt(now.ns() + settings.storeBackoff().waitNs(failures++));
    }

    private boolean isUnderWay() {
        return state instanceof WriterState.Reading
                || state instanceof WriterState.Marking
                || state instanceof WriterState.Writing;
    }

    private void broken(String why, long nowMs) {
        sinceMs = nowMs;
        state = new WriterState.Broken(why);
        open = false;
        outbox.add(new Effect.LogBroken(topic, why));
    }

    private void onRecords(List<LogRecord> records, Now now) {
        for (LogRecord record : records) {
            boolean isSame = record.generation() == generation.number();
            if (record.generation() > generation.number() || (isSame && record.uid() != uid)) {
                state = new WriterState.Fenced();
                sinceMs = now.ms();
                outbox.add(new Effect.LogFenced(topic, record.uid()));
                return;
            }
        }
        long first = records.isEmpty() ? next : records.get(0).number();
        if (first > next && !open && next > 1) {
            fresh.clear(); // whoever wrote meanwhile has dropped what was read
            next = 1;
            read(now.ns());
            return;
        }
        String damage = damage(records, first);
        if (damage != null) {
            broken(damage, now.ms());
            return;
        }
        if (open) {
            takeUp(records);
        } else {
            firstStored = next == 1 ? first : firstStored;
            fresh.addAll(records);
            lookForHeads();
        }
        next = first + records.size();
        mark(now);
    }

    private @Nullable String damage(List<LogRecord> records, long first) {
        boolean begins = next == 1 && !open;
        if (first != next && !begins) {
            return "Record " + next + " is missing in front of " + first;
        }
        if (first > 1 && begins && records.stream().noneMatch(LogRecord.Mark.class::isInstance)) {
            return "There is no mark behind records that were dropped";
        }
        long number = first;
        for (LogRecord record : records) {
            if (record.number() != number) {
                return "Record " + number + " is missing in front of " + record.number();
            }
            number++;
        }
        return null;
    }

    /** It is opened anew: of what nobody knew it is now known whether it is stored. */
    private void takeUp(List<LogRecord> records) {
        for (LogRecord record : records) {
            LogRecord.Messages its = doubted;
            if (its != null && record.isSameAs(its)) {
                stored(its);
                doubted = null;
            }
        }
    }

    private List<LogRecord.Head> headsNow() {
        List<LogRecord.Head> now = new ArrayList<>();
        heads.forEach((incarnation, sequence) -> now.add(new LogRecord.Head(incarnation, sequence)));
        return now;
    }

    private void onStored(Now now) {
        failures = 0;
        if (state instanceof WriterState.Marking) {
            next++;
            if (!open) {
                restore(now);
            } else if (doubted != null) {
                log.putBack(); // no write of before can come any more
                doubted = null;
            }
            state = new WriterState.Ready();
            if (isWorthDropping()) {
                drop(); // the mark says what they said
            }
        } else if (state instanceof WriterState.Writing writing) {
            next++;
            stored(writing.messages());
            state = new WriterState.Ready();
        }
    }

    private void stored(LogRecord.Messages messages) {
        log.stored(messages.timeMs());
        lastMs = messages.timeMs();
        heads.put(uid, messages.last());
        kept.add(new Kept(messages.number(), log.head()));
    }

    // ------------------------------------------------------------------ opening

    /** Up to where each earlier incarnation has stored something. The last mark has all before it, in order, also those that are dropped. */
    private void lookForHeads() {
        heads.clear();
        int last = fresh.size() - 1;
        while (last >= 0 && !(fresh.get(last) instanceof LogRecord.Mark)) {
            last--;
        }
        if (last >= 0) {
            LogRecord.Mark mark = (LogRecord.Mark) fresh.get(last);
            mark.heads().forEach(head -> heads.put(head.uid(), head.sequence()));
        }
        for (LogRecord record :
                fresh.subList(Math.max(0, last), fresh.size())) { // before that all that are not in it are forgotten
            heads.putIfAbsent(record.uid(), 0L);
            if (record instanceof LogRecord.Messages messages) {
                heads.put(messages.uid(), messages.last());
            }
        }
        heads.remove(uid);
        addThoseThatStoredNothing();
        forgetOldest();
    }

    /**
     * An earlier incarnation that has used this store and has no record in this log has published nothing here: readers pass it by. Of those
     * before the oldest stream with messages that is not known: it may have been forgotten.
     */
    private void addThoseThatStoredNothing() {
        Map<Long, Long> stored = new LinkedHashMap<>(heads);
        boolean mayBeForgotten = stored.values().stream().anyMatch(head -> head > 0);
        heads.keySet().removeAll(generation.earlier());
        for (Long incarnation : generation.earlier()) {
            Long head = stored.get(incarnation);
            mayBeForgotten &= head == null || head == 0;
            if (head != null || !mayBeForgotten) {
                heads.put(incarnation, head == null ? 0 : head);
            }
        }
    }

    /** The log begins with what its store had, but for what is too old by now (rule P12). */
    private void restore(Now now) {
        for (LogRecord record : fresh) {
            if (record instanceof LogRecord.Messages messages) {
                lastMs = Math.max(lastMs, messages.timeMs());
            } else if (record instanceof LogRecord.Mark mark) {
                lastMs = Math.max(lastMs, mark.lastMs());
            }
        }
        Map<Long, Long> before = new LinkedHashMap<>();
        long all = 0;
        for (Map.Entry<Long, Long> head : heads.entrySet()) {
            before.put(head.getKey(), all);
            all += head.getValue();
        }
        long first = all + 1;
        long evictedMs = lastMs;
        List<LogRecord.Messages> restored = withFewMarks().stream()
                .filter(LogRecord.Messages.class::isInstance)
                .map(LogRecord.Messages.class::cast)
                .filter(messages -> before.containsKey(messages.uid()))
                .toList();
        if (!restored.isEmpty()) {
            LogRecord.Messages oldest = restored.get(0);
            first = Objects.requireNonNull(before.get(oldest.uid())) + oldest.first();
            evictedMs = oldest.timeMs(); // no later than that
        }
        log.begin(headsNow(), topic, first, evictedMs, lastMs);
        for (LogRecord.Messages messages : restored) {
            long number = Objects.requireNonNull(before.get(messages.uid())) + messages.first();
            log.lost(number - 1, messages.timeMs()); // what a repaired store lacks (rule D12)
            log.restore(messages.contents(), messages.timeMs(), now);
            kept.add(new Kept(messages.number(), log.head()));
        }
        log.lost(all, lastMs);
        log.dropOld(now.ns()); // before anybody reads it
        heads.put(uid, 0L);
        fresh.clear();
        open = true;
    }

    /** Records go from the front alone: messages in front of many marks go, too, or restarts alone would fill the store. */
    private List<LogRecord> withFewMarks() {
        int first = fresh.size();
        int marks = 0;
        while (first > 0 && marks < Limits.MOST_MARKS) {
            first--;
            marks += fresh.get(first) instanceof LogRecord.Mark ? 1 : 0;
        }
        return fresh.subList(first, fresh.size());
    }

    /** So many incarnations have a stream in a log: first those go that stored nothing. */
    private void forgetOldest() {
        while (heads.size() > Limits.MOST_EARLIER_STREAMS) {
            Long oldest = heads.entrySet().stream()
                    .filter(head -> head.getValue() == 0)
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(heads.keySet().iterator().next());
            heads.remove(oldest);
        }
    }

    // ------------------------------------------------------------------ writing

    /** Something may wait in the line: writes it, if nothing is under way. */
    void onLine(Now now) {
        if (!(state instanceof WriterState.Ready)) {
            return;
        }
        if (isWorthDropping()) {
            mark(now);
            return;
        }
        List<Content> contents = log.take(Limits.MAX_BATCH_MESSAGES, settings.batchBytes());
        if (contents.isEmpty()) {
            return;
        }
        long first = log.publishedMessages() + 1;
        LogRecord.Messages messages =
                new LogRecord.Messages(next, generation.number(), uid, first, log.timeMs(now.ms()), contents);
        state = new WriterState.Writing(messages);
        sinceMs = failures > 0 ? sinceMs : now.ms();
        want(new StoreRequest.Write(++asked, messages), now.ns());
    }

    /** The first record that holds something that the log has; if none does, the one that is written next. */
    private long firstNeeded() {
        long oldest = log.oldest();
        for (Kept one : kept) {
            if (one.last() >= oldest) {
                return one.number();
            }
        }
        return next - 1; // the mark
    }

    /** Are there so many records that hold nothing that the log still has? */
    private boolean isWorthDropping() {
        long gone = firstNeeded() - firstStored;
        return gone >= FEWEST_TO_DROP && gone * PARTS_TO_DROP >= next - firstStored;
    }

    /** They go once a mark behind them says what they said (rule D10). */
    private void drop() {
        long needed = firstNeeded();
        kept.removeIf(one -> one.number() < needed);
        firstStored = needed;
        outbox.add(new Effect.Store(topic, new StoreRequest.Drop(needed - 1)));
    }

    // ------------------------------------------------------------------ time

    void onTime(Now now) {
        if (isUnderWay() && dueNs - now.ns() <= 0) {
            asked++; // what still comes is of no use
            doubt("no answer within gapless.store-timeout", now);
        }
        if (state instanceof WriterState.InDoubt doubt && doubt.untilNs() - now.ns() <= 0) {
            read(now.ns());
        }
        onLine(now);
    }

    /** When {@link #onTime} is due, or {@code Long.MAX_VALUE}. */
    long deadlineNs() {
        if (state instanceof WriterState.InDoubt doubt) {
            return doubt.untilNs();
        }
        return isUnderWay() ? dueNs : Long.MAX_VALUE;
    }
}
