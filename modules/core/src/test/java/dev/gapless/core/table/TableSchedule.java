package dev.gapless.core.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A source of truth, its writers, and a table, at random. A writer writes to the source first and publishes afterwards;
 * messages are late and missed, and reads are slow and fail. What was written before rows were read is published before the next read begins. Of
 * keys that are deleted nobody writes what another one has yet to publish (stateA6).
 */
final class TableSchedule {
    private static final int STEPS = 120;
    private static final int MOST_READING = 1_000;
    private static final int KEYS = 4;
    private static final int WRITERS = 2;

    private record Message(String key, Row<String> row) {}

    /** A read of the source. */
    private static final class Read {
        @Nullable Map<String, Row<String>> rows;
        /** The version of each key that was read, and of each that the rows lack, what was published of it before. */
        Map<String, Long> versions = new HashMap<>();
    }

    private final Random random;
    private final TableState<String> table = new TableState<>();
    private final Map<String, Row<String>> source = new HashMap<>();
    /** All states that each key has had. */
    private final Map<String, List<Row<String>>> history = new HashMap<>();

    private final List<Deque<Message>> unpublished = new ArrayList<>();
    private final List<List<Message>> published = new ArrayList<>();
    private final int[] delivered = new int[WRITERS];
    /** How many messages each writer had yet to publish when rows were read last: these come before the next read begins. */
    private final int[] late = new int[WRITERS];

    private final Map<String, String> seen = new HashMap<>();
    /** What is seen of a key is a state that it had at this version or later. */
    private final Map<String, Long> floors = new HashMap<>();

    private final Map<String, Long> newestSeen = new HashMap<>();
    private @Nullable Map<Epoch, Long> heads;
    private @Nullable Read read;
    private long version;
    /** How often messages were missed, reads have failed, and messages came while a read was under way. */
    int gaps;

    int failures;
    int readsWithMessages;

    TableSchedule(long seed) {
        random = new Random(seed);
        for (int i = 0; i < WRITERS; i++) {
            unpublished.add(new ArrayDeque<>());
            published.add(new ArrayList<>());
        }
    }

    private static Epoch stream(int writer) {
        return new Epoch(writer + 1);
    }

    // ------------------------------------------------------------------ what happens

    private void write() {
        int number = random.nextInt(KEYS);
        String key = "k" + number;
        int writer = random.nextInt(WRITERS);
        boolean isDeletedSometimes = number % 2 == 0;
        boolean isUnpublished =
                unpublished.get(1 - writer).stream().anyMatch(one -> one.key().equals(key));
        if (isDeletedSometimes && isUnpublished) {
            return;
        }
        version++;
        boolean deletes = isDeletedSometimes && source.containsKey(key) && random.nextInt(2) == 0;
        Row<String> row = deletes ? Row.deleted(version) : new Row<>(version, "v" + version, (int) version);
        if (row.isDeleted()) {
            source.remove(key);
        } else {
            source.put(key, row);
        }
        history.computeIfAbsent(key, one -> new ArrayList<>()).add(row);
        unpublished.get(writer).add(new Message(key, row));
    }

    private void publish(int writer) {
        Message next = unpublished.get(writer).poll();
        if (next != null) {
            published.get(writer).add(next);
            late[writer]--;
        }
    }

    private void deliver(int writer) {
        if (delivered[writer] == published.get(writer).size()) {
            return;
        }
        Message next = published.get(writer).get(delivered[writer]++);
        boolean isStale = table.isStale();
        readsWithMessages += table.isReading() ? 1 : 0;
        List<Change<String>> step = table.message(stream(writer), delivered[writer], next.key(), next.row());
        assertTrue(step.size() <= (isStale ? 0 : 1));
        if (!isStale) {
            floors.merge(next.key(), next.row().version(), Math::max);
        }
        see(step);
    }

    private void miss(int writer) {
        int there = published.get(writer).size() - delivered[writer];
        if (there > 0) {
            delivered[writer] += 1 + random.nextInt(there);
            table.missed();
            gaps++;
        }
    }

    /** What a driver does: heads, then the read begins, then the rows are read, then they are there. */
    private void goOnReading() {
        Read now = read;
        if (now == null) {
            if (!table.isStale() && random.nextInt(10) > 0) {
                return;
            }
            if (heads == null) {
                table.ask();
                heads = new HashMap<>();
                for (int i = 0; i < WRITERS; i++) {
                    while (late[i] > 0) {
                        publish(i);
                    }
                    heads.put(stream(i), (long) published.get(i).size());
                }
            } else {
                table.begin(heads);
                read = new Read();
                for (int i = 0; i < WRITERS; i++) {
                    for (Message message : published.get(i).subList(0, (int) (long) heads.get(stream(i)))) {
                        read.versions.merge(message.key(), message.row().version(), Math::max);
                    }
                }
                heads = null;
            }
        } else if (random.nextInt(6) == 0) {
            table.failed();
            failures++;
            read = null;
        } else if (now.rows == null) {
            now.rows = new HashMap<>(source);
            for (int i = 0; i < WRITERS; i++) {
                late[i] = unpublished.get(i).size();
            }
            now.rows.forEach((key, row) -> now.versions.merge(key, row.version(), Math::max));
        } else {
            read = null;
            List<Change<String>> step = table.end(Objects.requireNonNull(now.rows), about -> {});
            now.versions.forEach((key, at) -> floors.merge(key, at, Math::max));
            see(step);
        }
    }

    private void step() {
        int writer = random.nextInt(WRITERS);
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> write();
            case 3, 4, 5 -> publish(writer);
            case 6, 7, 8 -> deliver(writer);
            case 9 -> miss(random.nextInt(3) == 0 ? writer : 0);
            default -> goOnReading();
        }
    }

    // ------------------------------------------------------------------ what has to be true

    private void see(List<Change<String>> step) {
        for (Change<String> change : step) {
            String before = change.after() == null ? seen.remove(change.key()) : seen.put(change.key(), change.after());
            assertEquals(before, change.before());
        }
        assertEquals(seen.size(), table.seen());
        Map<String, String> told = new HashMap<>();
        table.forEachSeen(told::put);
        assertEquals(seen, told);
        for (int i = 0; i < KEYS; i++) {
            assertEquals(seen.get("k" + i), table.seen("k" + i));
        }
        floors.forEach(this::check);
    }

    private void check(String key, long floor) {
        String value = seen.get(key);
        List<Row<String>> states = history.getOrDefault(key, List.of());
        if (value == null) {
            assertTrue(
                    states.stream().anyMatch(state -> state.version() >= floor && state.isDeleted()),
                    () -> key + " is not there, and was not deleted at " + floor + " or later: " + states);
            return;
        }
        long its = Long.parseLong(value.substring(1));
        assertTrue(its >= floor, () -> key + " is at " + its + ", and has been at " + floor);
        assertTrue(newestSeen.getOrDefault(key, 0L) <= its, () -> key + " goes back to " + its);
        newestSeen.put(key, its);
    }

    private void settle() {
        for (int writer = 0; writer < WRITERS; writer++) {
            while (!unpublished.get(writer).isEmpty()) {
                publish(writer);
            }
            while (delivered[writer] < published.get(writer).size()) {
                deliver(writer);
            }
        }
        for (int i = 0; table.isStale() || read != null; i++) {
            assertTrue(i < MOST_READING, "it reads without end");
            goOnReading();
        }
        Map<String, String> there = new HashMap<>();
        source.forEach((key, row) -> there.put(key, Objects.requireNonNull(row.value())));
        assertEquals(there, seen);
        assertEquals(there.size(), table.size());
        assertEquals(source.values().stream().mapToLong(Row::bytes).sum(), table.bytes());
        for (int i = 0; i < KEYS; i++) {
            assertEquals(there.get("k" + i), table.newest("k" + i));
        }
    }

    /** All of it, until nothing happens any more. */
    void run() {
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        settle();
    }
}
