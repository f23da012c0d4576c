package dev.gapless.simulation.schedule;

import dev.gapless.core.HistoryId;
import dev.gapless.core.KeptHistory;
import dev.gapless.core.log.Generation;
import dev.gapless.core.log.LogRecord;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.simulation.node.StoredRecords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The store of a host's log: it outlives the processes there, and takes each number once. What it is asked to do it does after a while, also if
 * the process that asked is gone by then; its answers come late, never, or say that it failed, whether it did or not.
 */
final class Disk {
    /** Of the records that are written. */
    private static final int COPIED_ONCE_IN = 20;

    /** Of the processes that start. */
    private static final int GOES_BACK_ONCE_IN = 10;

    /** Of the processes that start. */
    private static final int REPAIRED_ONCE_IN = 3;

    /** Of the starts: it may have ended by then. */
    private static final int REMEMBERED_LATE_ONCE_IN = 20;

    private static final long READS_SOME_EVERY_NS = 150 * Profile.MS;

    private final Schedule schedule;
    private final Host host;
    private final SplittableRandom random;
    private final SplittableRandom starts;
    private final @Nullable SplittableRandom repairs;
    private StoredRecords records = new StoredRecords();
    /** The incarnations that have used it, the oldest first. */
    private List<KeptHistory.Started> users = new ArrayList<>();
    /** How many others had used it before. */
    private int forgotten;
    /** What each of them was told, whatever becomes of the store. */
    private final Map<Long, Generation> generations = new HashMap<>();

    private @Nullable Backup backup;
    /** How often it went back: what was under way then never comes. */
    private int restored;

    private record Backup(StoredRecords records, List<KeptHistory.Started> users) {}

    /**
     * An empty one.
     *
     * @param starts draws what becomes of starts, {@code random} everything else
     * @param repairs draws which records are lost; null: none is
     */
    Disk(
            Schedule schedule,
            Host host,
            SplittableRandom random,
            SplittableRandom starts,
            @Nullable SplittableRandom repairs) {
        this.schedule = schedule;
        this.host = host;
        this.random = random;
        this.starts = starts;
        this.repairs = repairs;
    }

    /** That process may use it, once that is remembered. */
    void open(NodeProcess by) {
        after(delayNs(), () -> {
            Generation its = generations.get(by.node().uid());
            if (its == null) {
                open(by);
            } else {
                after(delayNs(), () -> by.input(() -> by.node().storeOpened(its)));
            }
        });
    }

    void store(NodeProcess by, StoreRequest request) {
        Fate fate = fate();
        if (fate != Fate.DONE) {
            schedule.counts().add("fault: store: " + fate);
        }
        long lateNs = fate == Fate.LATE ? random.nextLong(4 * Profile.SECOND) : 0;
        if (request instanceof StoreRequest.Read read && read.id() % 2 == 0) {
            for (long ns = READS_SOME_EVERY_NS; ns < lateNs; ns += READS_SOME_EVERY_NS) {
                schedule.counts().add("fault: store: READS_SLOWLY");
                after(ns, () -> by.input(() -> by.node().onStore(new StoreAnswer.Reading(read.id()))));
            }
        }
        after(delayNs() + lateNs, () -> {
            if (request instanceof StoreRequest.Drop drop) {
                records.drop(drop.upTo());
                schedule.counts().add("store: records dropped");
            } else if (request instanceof StoreRequest.Read read) {
                answer(by, fate, new StoreAnswer.Records(read.id(), records.from(read.number())));
            } else if (request instanceof StoreRequest.Write write) {
                boolean isStored = fate != Fate.FAILED && write(write.content());
                answer(
                        by,
                        fate,
                        isStored ? new StoreAnswer.Stored(write.id()) : new StoreAnswer.Failed(write.id(), "no"));
            }
        });
        if (fate == Fate.SAID_FAILED && !(request instanceof StoreRequest.Drop)) {
            long id = request instanceof StoreRequest.Read read ? read.id() : ((StoreRequest.Write) request).id();
            after(delayNs(), () -> by.input(() -> by.node().onStore(new StoreAnswer.Failed(id, "who knows"))));
        }
    }

    /** A process starts, and has that remembered. */
    void starts(long uid) {
        mayGoBack();
        mayBeRepaired();
        if (starts.nextInt(REMEMBERED_LATE_ONCE_IN) == 0) {
            schedule.timeline().after(starts.nextLong(Profile.SECOND), () -> remember(uid));
        } else {
            remember(uid);
        }
    }

    private void remember(long uid) {
        List<Long> earlier = users.stream().map(KeptHistory.Started::uid).toList();
        users.add(new KeptHistory.Started(uid, schedule.timeline().nowMs() + host.clockSkewMs()));
        generations.put(
                uid,
                new Generation(
                        forgotten + users.size(), earlier, schedule.profile().single() ? history() : null));
    }

    /** That of a single node. */
    private KeptHistory history() {
        return KeptHistory.of(HistoryId.first(users.get(0).uid()), Long.MIN_VALUE, host.name(), users);
    }

    /** It may be that people put an earlier copy back. */
    private void mayGoBack() {
        Backup copy = backup;
        boolean mayBe = schedule.profile().faults() && !schedule.faults().haveEnded();
        if (copy == null || !mayBe || random.nextInt(GOES_BACK_ONCE_IN) != 0) {
            return;
        }
        schedule.counts().add("fault: store: GOES_BACK");
        restored++;
        records = copy.records().copy();
        users = new ArrayList<>(copy.users());
        schedule.truth().goesBack(host.name(), records.heads());
        schedule.trace(host, () -> "store goes back to record " + copy.records().highest());
    }

    /** It may be that some records in a row were damaged, or all behind one, and that people repaired the log: then no start is remembered. */
    private void mayBeRepaired() {
        SplittableRandom draws = repairs;
        boolean mayBe = draws != null && !schedule.faults().haveEnded();
        if (draws == null || !mayBe || records.isEmpty() || draws.nextInt(REPAIRED_ONCE_IN) != 0) {
            return;
        }
        long first = draws.nextLong(records.lowest(), records.highest() + 1);
        boolean truncated = draws.nextInt(3) == 0;
        long last = truncated ? records.highest() : Math.min(records.highest(), first + draws.nextInt(3));
        records.lose(first, last);
        forgotten += users.size();
        users = new ArrayList<>();
        schedule.counts().add(truncated ? "fault: store: TRUNCATED" : "fault: store: RECORDS_LOST");
        schedule.trace(host, () -> "store lost records " + first + " to " + last);
    }

    private boolean write(LogRecord record) {
        if (random.nextInt(COPIED_ONCE_IN) == 0) {
            backup = new Backup(records.copy(), new ArrayList<>(users));
        }
        long nowNs = schedule.timeline().nowNs();
        boolean isStored = records.put(
                record,
                (stream, sequence, id, timeMs) ->
                        schedule.truth().stored(host.name(), stream, sequence, id, timeMs, nowNs));
        if (!isStored) {
            schedule.counts().add("store: a number that is taken");
        }
        return isStored;
    }

    private void answer(NodeProcess by, Fate fate, StoreAnswer answer) {
        if (fate == Fate.DONE || fate == Fate.LATE || fate == Fate.FAILED) {
            after(delayNs(), () -> by.input(() -> by.node().onStore(answer)));
        }
    }

    private void after(long delayNs, Runnable what) {
        int before = restored;
        schedule.timeline().after(delayNs, () -> {
            if (restored == before) {
                what.run();
            }
        });
    }

    private long delayNs() {
        return random.nextInt(schedule.faults().haveEnded() ? 1_000 : 20) == 0
                ? random.nextLong(300 * Profile.MS)
                : random.nextLong(2 * Profile.MS);
    }

    private enum Fate {
        DONE,
        LATE,
        /** Done, and not answered. */
        UNANSWERED,
        /** Not done, and so it is answered. */
        FAILED,
        /** Done, and answered that it failed. */
        SAID_FAILED
    }

    private Fate fate() {
        if (!schedule.profile().faults() || schedule.faults().haveEnded()) {
            return Fate.DONE;
        }
        return switch (random.nextInt(60)) {
            case 0, 1 -> Fate.LATE;
            case 2 -> Fate.UNANSWERED;
            case 3 -> Fate.FAILED;
            case 4 -> Fate.SAID_FAILED;
            default -> Fate.DONE;
        };
    }
}
