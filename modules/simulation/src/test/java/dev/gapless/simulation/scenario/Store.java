package dev.gapless.simulation.scenario;

import dev.gapless.core.log.Generation;
import dev.gapless.core.log.LogRecord;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.simulation.node.StoredRecords;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The store of the log of one node, which outlives its processes, and takes each number once. It does at once what it is asked, unless a
 * command says otherwise.
 */
final class Store {
    private final World world;
    private final String node;
    private final StoredRecords records = new StoredRecords();
    /** The incarnations that have used it, the oldest first. */
    private List<Long> users = new ArrayList<>();

    /** What becomes of the writes that come next. */
    private final Deque<Fate> fates = new ArrayDeque<>();

    private final StoreWork work = new StoreWork();

    /** What becomes of a write. */
    private enum Fate {
        STORED,
        /** It is not stored, and answered so. */
        FAILS,
        /** It is stored, and answered that it failed. */
        LIES,
        /** It is stored, and nobody says so. */
        MUTE
    }

    Store(World world, String node) {
        this.world = world;
        this.node = node;
    }

    /** What the command says: {@code hold}, {@code release}, {@code back 3}, or what becomes of the next write. */
    void command(String what, long number) {
        switch (what) {
            case "hold" -> work.hold();
            case "release" -> work.release();
            case "back" -> goesBack(number);
            case "fails" -> fates.add(Fate.FAILS);
            case "lies" -> fates.add(Fate.LIES);
            case "mute" -> fates.add(Fate.MUTE);
            default -> throw new IllegalArgumentException("A store does not " + what);
        }
    }

    /** Does what is due. Returns whether anything was. */
    boolean work() {
        return work.run();
    }

    void open(ScenarioNode by) {
        work.ask(() -> {
            Generation its = new Generation(users.size() + 1L, users);
            users.add(by.node().uid());
            work.answer(() -> {
                if (world.runs(by)) {
                    by.node().storeOpened(its);
                }
            });
        });
    }

    void store(ScenarioNode by, StoreRequest request) {
        work.ask(() -> {
            if (request instanceof StoreRequest.Drop drop) {
                records.drop(drop.upTo());
                world.story().tell(by.name() + " drops what it has stored up to " + drop.upTo());
            } else if (request instanceof StoreRequest.Read read) {
                List<LogRecord> there = records.from(read.number());
                world.story().tell(by.name() + " reads " + there.size() + " records");
                answer(by, new StoreAnswer.Records(read.id(), there));
            } else if (request instanceof StoreRequest.Write write) {
                write(by, write);
            }
        });
    }

    private void write(ScenarioNode by, StoreRequest.Write write) {
        Fate fate = fates.isEmpty() ? Fate.STORED : fates.remove();
        boolean isStored = fate != Fate.FAILS && take(write.content());
        String how = isStored ? (fate == Fate.STORED ? "" : ", and does not hear of it") : ", in vain";
        world.story().tell(by.name() + " stores " + text(write.content()) + how);
        if (fate == Fate.MUTE) {
            return;
        }
        answer(
                by,
                isStored && fate != Fate.LIES
                        ? new StoreAnswer.Stored(write.id())
                        : new StoreAnswer.Failed(write.id(), "it did not work"));
    }

    private void answer(ScenarioNode by, StoreAnswer answer) {
        work.answer(() -> {
            if (world.runs(by)) {
                by.node().onStore(answer);
            }
        });
    }

    private boolean take(LogRecord record) {
        return records.put(
                record,
                (stream, sequence, id, timeMs) ->
                        world.truth().stored(node, stream, sequence, id, timeMs, timeMs * 1_000_000));
    }

    /** An earlier copy of it is put back, with the records up to this one. */
    private void goesBack(long upTo) {
        records.goBack(upTo);
        work.forget();
        long generation =
                records.from(1).stream().mapToLong(LogRecord::generation).max().orElse(0);
        users = new ArrayList<>(users.subList(0, (int) generation));
        world.truth().goesBack(node, records.heads());
    }

    private String text(LogRecord record) {
        String stream = world.names().incarnation(record.uid());
        if (record instanceof LogRecord.Messages messages) {
            boolean isOne = messages.first() == messages.last();
            String which = isOne ? "" + messages.first() : messages.first() + ".." + messages.last();
            return record.number() + ": " + stream + ":" + which;
        }
        return record.number() + ": a mark of " + stream;
    }
}
