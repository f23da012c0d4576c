package dev.gapless.simulation.explore;

import dev.gapless.core.log.Generation;
import dev.gapless.core.log.LogRecord;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.simulation.node.SimulatedNode;
import dev.gapless.simulation.node.StoredRecords;
import dev.gapless.simulation.oracle.Truth;
import dev.gapless.simulation.oracle.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The store of one node's log: it outlives the incarnations, and takes each number once.
 *
 * <p>What is wanted of it is done when it is answered: nobody can tell whether it was done before. A write is <em>adrift</em> once nobody waits
 * for its answer any more: it may be stored at any time, or never.
 */
final class ExploredStore {
    private final String node;
    private final Truth truth;
    private final StoredRecords records = new StoredRecords();
    /** The incarnations that use it, the oldest first. */
    private final List<Long> users = new ArrayList<>();
    /** What each of them wants done: one thing at a time. */
    private final Map<Long, StoreRequest> wanted = new TreeMap<>();

    private final List<LogRecord> adrift = new ArrayList<>();
    /** Messages whose publishers were told that they are not published. */
    private final Set<Long> refused = new TreeSet<>();

    ExploredStore(String node, Truth truth) {
        this.node = node;
        this.truth = truth;
    }

    /** An incarnation begins. That is remembered before it joins (D6). */
    void begins(long uid) {
        users.add(uid);
    }

    Generation generationOf(long uid) {
        int before = users.indexOf(uid);
        return new Generation(before + 1L, users.subList(0, before));
    }

    void want(long uid, StoreRequest request) {
        if (request instanceof StoreRequest.Drop drop) {
            records.drop(drop.upTo());
        } else {
            wanted.put(uid, request);
        }
    }

    /** Does this incarnation wait for an answer? */
    boolean isWanted(long uid) {
        return wanted.containsKey(uid);
    }

    /** Does it wait for the answer to a write? */
    boolean isToWrite(long uid) {
        return wanted.get(uid) instanceof StoreRequest.Write;
    }

    /** Does what this incarnation wants. */
    StoreAnswer answer(long uid) {
        StoreRequest request = Objects.requireNonNull(wanted.remove(uid));
        if (request instanceof StoreRequest.Write write) {
            return put(write.content())
                    ? new StoreAnswer.Stored(write.id())
                    : new StoreAnswer.Failed(write.id(), "its number is taken");
        }
        StoreRequest.Read read = (StoreRequest.Read) request;
        return new StoreAnswer.Records(read.id(), records.from(read.number()));
    }

    /** The write of this incarnation is adrift. {@return what to tell it, if it is told anything} */
    StoreAnswer setAdrift(long uid) {
        StoreRequest.Write write = (StoreRequest.Write) Objects.requireNonNull(wanted.get(uid));
        forget(uid);
        return new StoreAnswer.Failed(write.id(), "nobody knows");
    }

    /** This incarnation waits for nothing any more. */
    void forget(long uid) {
        if (wanted.remove(uid) instanceof StoreRequest.Write write) {
            adrift.add(write.content());
        }
        adrift.removeIf(record -> record.number() <= records.highest()); // it can have no effect any more
    }

    /** How many writes may be stored yet that nobody waits for. */
    int adrift() {
        return adrift.size();
    }

    /** This one of them is stored. */
    void storeAdrift(int index) {
        put(adrift.remove(index));
    }

    LogRecord adrift(int index) {
        return adrift.get(index);
    }

    @Nullable StoreRequest wanted(long uid) {
        return wanted.get(uid);
    }

    private boolean put(LogRecord record) {
        boolean isStored = records.put(record, (stream, sequence, id, timeMs) -> {
            checkIsNotRefused(id);
            truth.stored(node, stream, sequence, id, timeMs, timeMs * 1_000_000);
        });
        adrift.removeIf(other -> other.number() <= records.highest());
        return isStored;
    }

    /** The publisher of this message is told that it is not published. */
    void refuse(long id) {
        refused.add(id);
        for (LogRecord record : records.from(1)) {
            if (record instanceof LogRecord.Messages messages) {
                messages.contents().forEach(content -> checkIsNotRefused(SimulatedNode.idOf(content.bytes())));
            }
        }
    }

    private void checkIsNotRefused(long id) {
        if (refused.contains(id)) {
            throw new Violation("D3: " + id + " is stored, and its publisher was told that it is not published");
        }
    }
}
