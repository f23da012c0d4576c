package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.Publication;
import dev.gapless.Table;
import dev.gapless.TableRows;
import dev.gapless.TableSource;
import dev.gapless.TableView;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.internal.wire.Versions;
import dev.gapless.testkit.Projection.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in virtual time, at random: two nodes write rows and publish them, the third one has a table of them. Links are cut, rings are
 * overrun, nodes die and come back; the source fails, and all of that happens while it is read, too. Each state that is shown is judged.
 *
 * <p>The source is what the writers write, whose rows have versions; or what a fourth node keeps, whose rows say up to where they are: then one
 * node writes a key.
 *
 * <p>A row is {@code KEY:VERSION:READ}, where a message has no read.
 */
final class TableSchedule implements AutoCloseable {
    private static final Topic<String> ROWS = Topic.of("rows", String.class);
    private static final String SETTINGS = """
            gapless {
              buffer-messages = 8
              reload-interval = 500ms
              reload-jitter = 200ms
              reload-backoff { min = 50ms, max = 1s }
              producer-return-timeout = 3s
            }
            """;
    private static final int STEPS = 60;
    private static final int KEYS = 4;
    private static final int WRITERS = 2;
    private static final int LONGEST_MS = 1_500;
    private static final Duration QUIET = Duration.ofSeconds(15);

    /** What a read of the source had, by key: the version of a row, or of a deletion. */
    private record Read(Map<String, Written> last) {}

    private static final Read FAILED = new Read(Map.of());

    private final Random random;
    private final GaplessTestKit kit = GaplessTestKit.create(SETTINGS);
    private final List<TestNode> writers = List.of(kit.node("a"), kit.node("b"));
    private final TestNode app = kit.node("app");
    /** Do rows say that they are deleted? Otherwise they go, and one node writes a key that is deleted. */
    private final boolean keepsDeleted;
    /** Null if rows have versions. */
    private final @Nullable TestNode keeper;

    private final Projection projection;
    /** How far the view has had each stream. */
    private Map<Epoch, Long> reach = Map.of();

    private final Map<String, Written> source = new TreeMap<>();
    private final Map<String, NavigableMap<Long, Boolean>> history = new HashMap<>();
    private final List<List<Written>> unpublished = List.of(new ArrayList<>(), new ArrayList<>());
    private final boolean[] isDown = new boolean[WRITERS];
    private final Map<String, Read> reads = new HashMap<>();

    private final Table<String> table;
    private final Map<String, String> told = new HashMap<>();
    private Map<String, String> seen = Map.of();
    private final Map<String, Long> floors = new HashMap<>();
    private final Map<Epoch, Long> upTo = new HashMap<>();
    private @Nullable String newestRead;
    private long version;
    private boolean quiet;
    private boolean inRead;
    private final List<String> wrong = new ArrayList<>();
    private int succeeded;

    /** How often something was missed, reads have failed, things happened while one was under way, and what was published was reached. */
    int gaps;

    int failures;
    /** How often the source had not got as far as it had to. */
    int behind;

    int duringReads;
    int reached;

    /** @param positioned do rows say up to where they are? */
    TableSchedule(long seed, boolean positioned) {
        random = new Random(seed);
        keepsDeleted = random.nextInt(3) == 0;
        keeper = positioned ? kit.node("keeper") : null;
        projection = new Projection(keeper, ROWS);
        begins(0);
        begins(1);
        TableSource<String> rows = positioned
                ? TableSource.positioned(this::readPositioned, TableSchedule::keyOf)
                : TableSource.versioned(() -> read(null), TableSchedule::keyOf, TableSchedule::versionOf);
        table = app.gapless().table(ROWS, keepsDeleted ? rows.withDeleted(row -> row.endsWith("!")) : rows);
        var unused = table.onChange(changes -> changes.changes().forEach(change -> {
            String before = change.after() == null
                    ? told.remove(change.key())
                    : told.put(change.key(), Objects.requireNonNull(change.after()));
            assertEquals(before, change.before());
        }));
    }

    private static String keyOf(String row) {
        return row.substring(0, row.indexOf(':'));
    }

    private static long versionOf(String row) {
        return Long.parseLong(row.split(":", -1)[1]);
    }

    private static String readOf(String row) {
        String read = row.split(":", -1)[2];
        return read.endsWith("!") ? read.substring(0, read.length() - 1) : read;
    }

    private static String row(Written written, String read) {
        return written.key() + ":" + written.version() + ":" + read + (written.deleted() ? "!" : "");
    }

    // ------------------------------------------------------------------ the source, and who writes it

    private TableRows<String> readPositioned() {
        AtomicReference<CursorToken> upTo = new AtomicReference<>();
        Iterable<String> rows = read(upTo);
        return new TableRows<>(rows, Objects.requireNonNull(upTo.get()));
    }

    /** @param upTo where it says up to where the rows are; null if it does not */
    private Iterable<String> read(@Nullable AtomicReference<CursorToken> upTo) {
        String name = "r" + (reads.size() + 1);
        reads.put(name, FAILED);
        inRead = true;
        try {
            happens(random.nextInt(3));
            Read read = upTo == null ? new Read(new TreeMap<>(source)) : readAsOf(upTo);
            happens(random.nextInt(3));
            List<@Nullable String> rows = new ArrayList<>();
            read.last().values().stream()
                    .filter(one -> keepsDeleted || !one.deleted())
                    .forEach(one -> rows.add(row(one, name)));
            if (!quiet && random.nextInt(4) == 0) {
                failures++;
                return failed(rows);
            }
            succeeded++;
            reads.put(name, read);
            return rows;
        } finally {
            inRead = false;
        }
    }

    private Read readAsOf(AtomicReference<CursorToken> upTo) {
        Projection.Snapshot then = projection.read(random, !quiet && random.nextInt(3) == 0);
        if (then == null) {
            throw new IllegalStateException("for a test");
        }
        upTo.set(then.token());
        return new Read(projection.rows(then.reach()));
    }

    /** It throws at once or in the middle, a row is null, or its key is there twice. */
    private Iterable<String> failed(List<@Nullable String> rows) {
        int half = rows.size() / 2;
        switch (random.nextInt(rows.isEmpty() ? 2 : 4)) {
            case 0 -> throw new IllegalStateException("for a test");
            case 1 -> rows.add(half, null);
            case 2 -> rows.add(rows.get(half));
            default -> {
                Iterator<@Nullable String> first = rows.subList(0, half).iterator();
                return () -> new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return true;
                    }

                    @Override
                    public String next() {
                        return first.next();
                    }
                };
            }
        }
        return rows;
    }

    private void happens(int often) {
        for (int i = 0; i < often && !quiet; i++) {
            duringReads++;
            step();
        }
    }

    private void write(int writer) {
        int number = random.nextInt(KEYS);
        boolean isDeletedSometimes = keepsDeleted || number % 2 == 0;
        boolean isOwn = keeper != null || (!keepsDeleted && isDeletedSometimes);
        String key = "k" + number + (isOwn ? "of" + writer : "");
        if (isOwn
                && keeper == null
                && unpublished.get(writer).stream().anyMatch(one -> one.key().equals(key))) {
            return; // whoever deletes a key has published what was written before
        }
        Written last = source.get(key);
        boolean deletes = isDeletedSometimes && last != null && !last.deleted() && random.nextInt(2) == 0;
        unpublished.get(writer).add(put(key, deletes));
    }

    private Written put(String key, boolean deletes) {
        Written written = new Written(key, ++version, deletes);
        source.put(key, written);
        history.computeIfAbsent(key, any -> new TreeMap<>()).put(version, deletes);
        return written;
    }

    private void publish(int writer) {
        List<Written> its = unpublished.get(writer);
        if (its.isEmpty() || isDown[writer]) {
            return;
        }
        Written written = its.remove(0);
        Position position = publish(writer, written);
        if (random.nextInt(3) == 0) {
            readOwn(written, position);
        }
    }

    private Position publish(int writer, Written written) {
        boolean saysSo = keeper != null && keepsDeleted && random.nextBoolean();
        Publication<String> publication = written.deleted() && !saysSo
                ? Publication.<String>tombstone(written.key())
                        .withHeader(Versions.HEADER, Long.toString(written.version()))
                : Publication.of(row(written, "")).withKey(written.key());
        projection.publishes();
        Position position = writers.get(writer).publish(ROWS, publication);
        projection.published(writers.get(writer).name(), position, written);
        return position;
    }

    /** What was published is in the view then. */
    private void readOwn(Written written, Position position) {
        var unused = table.reached(position).whenComplete((view, failure) -> {
            if (failure != null) {
                return; // it came too late
            }
            reached++;
            String row = view.rows().get(written.key());
            boolean isThere = row == null
                    ? statesOf(written.key()).tailMap(written.version(), true).containsValue(true)
                    : versionOf(row) >= written.version();
            if (!isThere) {
                wrong.add(written + " was reached, and is " + row);
            }
        });
    }

    /** In its life it publishes something first: so all streams are known. */
    private void begins(int writer) {
        if (keeper != null) {
            publish(writer, put("firstOf" + writer, false));
        }
    }

    private NavigableMap<Long, Boolean> statesOf(String key) {
        return Objects.requireNonNull(history.get(key));
    }

    // ------------------------------------------------------------------ what happens

    private void step() {
        int writer = random.nextInt(WRITERS);
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> write(writer);
            case 4, 5, 6, 7, 8 -> publish(writer);
            case 9 -> kit.cut(writers.get(writer), app);
            case 10 -> heal(writer);
            case 11 -> overrun(writer);
            case 12 -> restart(writer);
            case 13 -> cutKeeper(writer);
            default -> pass(random.nextInt(LONGEST_MS));
        }
    }

    /** Not while the source is read: whoever waits for all to be level would wait for the reader. */
    private void heal(int writer) {
        if (!inRead) {
            kit.reconnect(writers.get(writer), app);
            if (keeper != null) {
                kit.reconnect(writers.get(writer), keeper);
            }
        }
    }

    private void cutKeeper(int writer) {
        if (keeper == null) {
            pass(random.nextInt(LONGEST_MS));
        } else {
            kit.cut(writers.get(writer), keeper);
        }
    }

    private void overrun(int writer) {
        kit.cut(writers.get(writer), app);
        for (int i = 0; i < 10; i++) {
            write(writer);
            publish(writer);
        }
    }

    private void restart(int writer) {
        if (inRead) {
            return;
        }
        TestNode node = writers.get(writer);
        if (isDown[writer]) {
            start(writer);
            return;
        }
        isDown[writer] = true; // the source may be read meanwhile
        projection.ended(node.name());
        if (random.nextInt(3) == 0) {
            node.lose();
        } else if (random.nextBoolean()) {
            node.crash();
        } else {
            node.crash();
            start(writer);
        }
    }

    private void start(int writer) {
        writers.get(writer).start();
        isDown[writer] = false;
        begins(writer);
    }

    private void pass(int ms) {
        if (!inRead) {
            kit.pass(Duration.ofMillis(ms));
        }
    }

    // ------------------------------------------------------------------ what has to be true

    private void judge(boolean wasStale, int succeededBefore) {
        if (!table.ready().toCompletableFuture().isDone()) {
            return;
        }
        TableView<String> view = table.view();
        Map<String, String> rows = new HashMap<>(view.rows());
        assertEquals(rows, told, "a listener is told the same");
        if (wasStale && !table.status().isLive() && succeeded == succeededBefore) {
            assertEquals(seen, rows, "it stays as it is while something is missing");
        }
        seen = rows;
        floorsOf(view.token());
        rows.values().forEach(this::floorsOfRead);
        history.keySet().forEach(this::check);
        assertEquals(List.of(), wrong);
    }

    /** Everything up to the token is there. */
    private void floorsOf(CursorToken token) {
        for (CursorToken.Entry entry : token.entries()) {
            long before = upTo.getOrDefault(entry.epoch(), 0L);
            if (entry.sequence() > before) {
                projection
                        .published(entry.epoch(), before, entry.sequence())
                        .forEach(one -> floors.merge(one.key(), one.version(), Math::max));
                upTo.put(entry.epoch(), entry.sequence());
            }
        }
        if (keeper != null) {
            reach = projection.reach(token, reach);
            projection.rows(reach).values().forEach(one -> floors.merge(one.key(), one.version(), Math::max));
        }
    }

    /** What has a row of a read has all of it; but for what may have come and gone meanwhile. */
    private void floorsOfRead(String row) {
        String read = readOf(row);
        if (!read.isEmpty() && !read.equals(newestRead) && isLater(read)) {
            newestRead = read;
            Read its = Objects.requireNonNull(reads.get(read));
            assertNotSame(FAILED, its, row);
            its.last().forEach((key, last) -> {
                if (keeper != null || keepsDeleted || !last.deleted()) {
                    floors.merge(key, last.version(), Math::max);
                }
            });
        }
    }

    private boolean isLater(String read) {
        return newestRead == null || Integer.parseInt(read.substring(1)) > Integer.parseInt(newestRead.substring(1));
    }

    private void check(String key) {
        long floor = floors.getOrDefault(key, 0L);
        NavigableMap<Long, Boolean> states = statesOf(key);
        String row = seen.get(key);
        if (row != null) {
            assertTrue(versionOf(row) >= floor, () -> row + ", and it was at " + floor + " before");
            assertEquals(false, states.get(versionOf(row)), row);
            floors.put(key, versionOf(row));
        } else if (floor > 0) {
            assertTrue(
                    states.tailMap(floor, true).containsValue(true),
                    () -> key + " is not there, and was at " + floor + " before: " + states);
        }
    }

    private void settle() {
        quiet = true;
        for (int writer = 0; writer < WRITERS; writer++) {
            if (isDown[writer]) {
                start(writer);
            }
            heal(writer);
            while (!unpublished.get(writer).isEmpty()) {
                publish(writer);
            }
        }
        kit.pass(QUIET);
        assertTrue(table.status().isLive(), () -> table.status().toString());
        judge(false, succeeded);
        Map<String, Long> rows = new TreeMap<>();
        source.forEach((key, last) -> {
            if (!last.deleted()) {
                rows.put(key, last.version());
            }
        });
        Map<String, Long> shown = new TreeMap<>();
        seen.forEach((key, row) -> shown.put(key, versionOf(row)));
        assertEquals(rows, shown);
    }

    /** All of it, until nothing happens any more. */
    void run() {
        for (int i = 0; i < STEPS; i++) {
            boolean wasStale = !table.status().isLive();
            int before = succeeded;
            step();
            projection.look();
            behind += String.valueOf(table.status().cause()).contains("does not have") ? 1 : 0;
            gaps += wasStale || table.status().isLive() ? 0 : 1;
            judge(wasStale, before);
        }
        settle();
    }

    @Override
    public void close() {
        kit.close();
    }
}
