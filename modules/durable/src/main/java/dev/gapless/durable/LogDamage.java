package dev.gapless.durable;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.log.LogRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which records of a log are damaged, and what is known of the messages that they held: the records around them say where a stream was. For
 * one reading of one log.
 */
final class LogDamage implements LogScan.Reader {
    private final String topic;
    private final long nowMs;
    private final List<Hole> holes = new ArrayList<>();
    /** The last sequence of each stream so far, the oldest first. */
    private final Map<Long, Long> heads = new LinkedHashMap<>();
    /** Of these streams that is the most that there can have been. */
    private final Set<Long> notExact = new HashSet<>();

    private @Nullable LogRecord last;
    private long lastNumber;
    private long damagedFrom;

    /**
     * Consecutive records that are damaged or missing.
     *
     * @param before the heads in front of them
     * @param mark what stands in the place of the first of them
     * @param lost what they held
     */
    record Hole(long first, long last, Map<Long, Long> before, LogRecord.Mark mark, List<LostMessages> lost) {
        Hole {
            before = new LinkedHashMap<>(before); // in order
            lost = List.copyOf(lost);
        }

        /** Is there a record in front of it? */
        boolean hasBefore() {
            return !before.isEmpty();
        }

        LogRecord.Mark mark(long number) {
            return new LogRecord.Mark(number, mark.generation(), mark.uid(), mark.lastMs(), mark.heads());
        }
    }

    LogDamage(String topic, long nowMs) {
        this.topic = topic;
        this.nowMs = nowMs;
    }

    @Override
    public void record(LogRecord record, int bytes) {
        if (damagedFrom > 0) {
            close(record);
        }
        if (record instanceof LogRecord.Mark mark) {
            set(mark);
        }
        heads.putIfAbsent(record.uid(), 0L);
        if (record instanceof LogRecord.Messages messages) {
            heads.put(messages.uid(), messages.last());
        }
        last = record;
        lastNumber = record.number();
    }

    private void set(LogRecord.Mark mark) {
        heads.clear();
        mark.heads().forEach(head -> heads.put(head.uid(), head.sequence()));
        notExact.clear();
    }

    @Override
    public void damaged(long first, long to, RecordCodec.Damaged why) {
        if (why.isNewer) {
            throw new IllegalStateException(why.getMessage() + ": it is not damaged. Start that version of Gapless");
        }
        damagedFrom = damagedFrom == 0 ? first : damagedFrom;
        lastNumber = to;
    }

    /** That was all. Throws IllegalStateException if nothing can be read. */
    void end() {
        if (damagedFrom > 0) {
            close(null);
        }
    }

    private void close(@Nullable LogRecord behind) {
        LogRecord around = last != null ? last : behind;
        if (around == null) {
            throw new IllegalStateException(
                    "No record of the log can be read. gapless journal drop NODE TOPIC deletes it:"
                            + " the node begins it anew, and its readers are told");
        }
        Map<Long, Long> before = new LinkedHashMap<>(heads);
        goOn(behind);
        List<LostMessages> lost = lostSince(before);
        LogRecord.Mark mark =
                new LogRecord.Mark(damagedFrom, around.generation(), around.uid(), timeMs(behind), headsNow());
        holes.add(new Hole(damagedFrom, lastNumber, before, mark, lost));
        damagedFrom = 0;
    }

    /** Where the streams are behind what is damaged. */
    private void goOn(@Nullable LogRecord behind) {
        if (behind instanceof LogRecord.Mark mark) {
            set(mark);
            return;
        }
        LogRecord before = last;
        long records = lastNumber - damagedFrom + 1;
        boolean endsThere = before != null && (behind == null || behind.uid() != before.uid());
        boolean wasMark = records == 1 && behind instanceof LogRecord.Messages messages && messages.first() == 1;
        if (before != null && endsThere && !wasMark) { // each incarnation begins with a mark
            heads.merge(before.uid(), records * Limits.MAX_BATCH_MESSAGES, Long::sum);
            notExact.add(before.uid());
        }
        if (behind instanceof LogRecord.Messages messages) {
            heads.put(messages.uid(), messages.first() - 1);
        }
    }

    /** What it was at the latest: later records go on from there. */
    private long timeMs(@Nullable LogRecord behind) {
        long afterMs = behind == null ? nowMs : timeOf(behind);
        LogRecord before = last;
        return before == null ? afterMs : Math.max(afterMs, timeOf(before));
    }

    private static long timeOf(LogRecord record) {
        return record instanceof LogRecord.Messages messages ? messages.timeMs() : ((LogRecord.Mark) record).lastMs();
    }

    /** Which messages there were behind those heads. */
    List<LostMessages> lostSince(Map<Long, Long> before) {
        List<LostMessages> lost = new ArrayList<>();
        heads.forEach((uid, sequence) -> {
            long from = before.getOrDefault(uid, 0L) + 1;
            if (from <= sequence) {
                boolean exact = !before.isEmpty() && !notExact.contains(uid);
                lost.add(new LostMessages(Epoch.of(uid, topic), from, sequence, exact));
            }
        });
        return lost;
    }

    private List<LogRecord.Head> headsNow() {
        return heads.entrySet().stream()
                .map(head -> new LogRecord.Head(head.getKey(), head.getValue()))
                .toList();
    }

    /** In order. */
    List<Hole> holes() {
        return holes;
    }

    /** A mark in the place of a record behind which there is to be nothing any more. */
    LogRecord.Mark end(Hole hole) {
        long lastMs = Math.max(nowMs, hole.mark().lastMs());
        return new LogRecord.Mark(
                hole.first(), hole.mark().generation(), hole.mark().uid(), lastMs, headsNow());
    }

    /** The number of the last record. */
    long lastNumber() {
        return lastNumber;
    }

    /** One that can be read. */
    long readable() {
        return Objects.requireNonNull(last).number();
    }
}
