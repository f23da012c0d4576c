package dev.gapless.simulation.node;

import dev.gapless.core.Epoch;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.LogRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the store of one log has: numbered records, each number once. */
public final class StoredRecords {
    private final TreeMap<Long, LogRecord> byNumber = new TreeMap<>();
    private long highest;

    /** Is told of each message that is stored. */
    public interface Stored {
        /**
         * This one is.
         *
         * @param id its content
         * @param timeMs when it counts as published, in milliseconds since 1970
         */
        void message(Epoch stream, long sequence, long id, long timeMs);
    }

    /** The same records, whatever becomes of these. */
    public StoredRecords copy() {
        StoredRecords copy = new StoredRecords();
        copy.byNumber.putAll(byNumber);
        copy.highest = highest;
        return copy;
    }

    /** Stores this one. {@return false if its number is taken} */
    public boolean put(LogRecord record, Stored stored) {
        if (record.number() <= highest) {
            return false;
        }
        highest = record.number();
        byNumber.put(record.number(), record);
        if (record instanceof LogRecord.Messages messages) {
            Epoch stream = Epoch.of(messages.uid(), SimulatedNode.TOPIC);
            long sequence = messages.first();
            for (Content content : messages.contents()) {
                stored.message(stream, sequence++, SimulatedNode.idOf(content.bytes()), messages.timeMs());
            }
        }
        return true;
    }

    /** Those from this number on, in order. */
    public List<LogRecord> from(long number) {
        return List.copyOf(byNumber.tailMap(number, true).values());
    }

    /** Those up to this number go. */
    public void drop(long upTo) {
        byNumber.headMap(upTo, true).clear();
    }

    /** Those behind this number were never there. */
    public void goBack(long upTo) {
        byNumber.tailMap(upTo, false).clear();
        highest = upTo;
    }

    /** Is nothing there? */
    public boolean isEmpty() {
        return byNumber.isEmpty();
    }

    /** The number of the first that is there. */
    public long lowest() {
        return byNumber.firstKey();
    }

    /** Those from one number to another are damaged, and a repair puts marks in their place: it knows how many messages are lost. */
    public void lose(long first, long last) {
        for (LogRecord record :
                List.copyOf(byNumber.subMap(first, true, last, true).values())) {
            List<LogRecord.Head> heads = new ArrayList<>();
            heads(record.number()).forEach((uid, sequence) -> heads.add(new LogRecord.Head(uid, sequence)));
            long lastMs = record instanceof LogRecord.Messages messages
                    ? messages.timeMs()
                    : ((LogRecord.Mark) record).lastMs();
            byNumber.put(
                    record.number(),
                    new LogRecord.Mark(record.number(), record.generation(), record.uid(), lastMs, heads));
        }
    }

    /** The number that was taken last. */
    public long highest() {
        return highest;
    }

    /** The last sequence of each incarnation's stream. */
    public Map<Long, Long> heads() {
        return heads(highest);
    }

    private Map<Long, Long> heads(long upTo) {
        Map<Long, Long> heads = new LinkedHashMap<>();
        for (LogRecord record : byNumber.headMap(upTo, true).values()) {
            if (record instanceof LogRecord.Mark mark) {
                heads.clear(); // it has all before it, in order
                mark.heads().forEach(head -> heads.put(head.uid(), head.sequence()));
            } else if (record instanceof LogRecord.Messages messages) {
                heads.put(messages.uid(), messages.last());
            }
        }
        return heads;
    }
}
