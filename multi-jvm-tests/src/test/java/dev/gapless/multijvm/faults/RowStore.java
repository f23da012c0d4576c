package dev.gapless.multijvm.faults;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gapless.multijvm.node.Journal;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The source of truth of the tables: a process that none of the faults of the nodes reaches. It has faults of its own: of each six reads one is
 * refused, one ends in the middle, one takes seconds, and two take long. The first one fails.
 */
final class RowStore implements AutoCloseable {
    private static final byte[] LOCALHOST = {127, 0, 0, 1};
    private static final int OK = 200;
    private static final int FAILED = 500;
    private static final int SECONDS_MS = 4_000;
    private static final int LONG_MS = 800;
    private static final String KEPT = "kept";

    /** What becomes of a read. */
    private enum Fate {
        REFUSED,
        HALVED,
        TAKES_SECONDS,
        LONG,
        LONGER,
        AT_ONCE
    }

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // or each answer takes 40 ms
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Journal journal;
    private final Random random;
    private final Map<String, Row> rows = new TreeMap<>();
    /** Of the reads to come. Guarded by random. */
    private final List<Fate> fates = new ArrayList<>();

    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger halved = new AtomicInteger();
    private volatile boolean fails;
    private long version;

    /** The last state of a key, and the process that wrote it. */
    record Row(long version, boolean deleted, String process) {}

    RowStore(String directory, Random random) throws IOException {
        this.journal = new Journal(directory, "rows");
        this.random = random;
        fates.add(random.nextBoolean() ? Fate.REFUSED : Fate.HALVED); // in a short run there are few
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOCALHOST), 0), 0);
        server.setExecutor(threads);
        server.createContext("/write", exchange -> answer(exchange, OK, Long.toString(write(query(exchange)))));
        server.createContext("/rows", this::read);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Do reads fail from now on? */
    void fails(boolean sometimes) {
        fails = sometimes;
    }

    /** How many reads were refused so far. */
    int refused() {
        return refused.get();
    }

    /** How many reads ended in the middle so far. */
    int halved() {
        return halved.get();
    }

    /** The last state of each key that ever was. */
    synchronized Map<String, Row> all() {
        return new TreeMap<>(rows);
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new HashMap<>();
        for (String part : exchange.getRequestURI().getQuery().split("&", -1)) {
            int at = part.indexOf('=');
            query.put(part.substring(0, at), part.substring(at + 1));
        }
        return query;
    }

    private synchronized long write(Map<String, String> query) {
        Row row = new Row(++version, Boolean.parseBoolean(query.get("deletes")), query.get("process"));
        rows.put(query.get("key"), row);
        journal.timed("w", row.version(), query.get("key"), row.deleted(), row.process());
        return row.version();
    }

    private void read(HttpExchange exchange) throws IOException {
        Fate fate = fails ? next() : Fate.AT_ONCE;
        if (fate == Fate.REFUSED) {
            refused.incrementAndGet();
            answer(exchange, FAILED, "");
            return;
        }
        sleep(fate == Fate.TAKES_SECONDS ? SECONDS_MS : longMs(fate));
        List<String> lines = lines(query(exchange).get("read"));
        sleep(longMs(fate));
        if (fate == Fate.HALVED) {
            halved.incrementAndGet();
            lines = lines.subList(0, lines.size() / 2);
        }
        answer(exchange, OK, String.join("\n", lines));
    }

    private Fate next() {
        synchronized (random) {
            if (fates.isEmpty()) {
                fates.addAll(List.of(Fate.values()));
                Collections.shuffle(fates, random);
            }
            return fates.remove(0);
        }
    }

    private int longMs(Fate fate) {
        synchronized (random) {
            return fate == Fate.AT_ONCE ? 0 : random.nextInt(LONG_MS);
        }
    }

    private static void sleep(int ms) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    /** What is deleted is there only where deletions are rows. */
    private synchronized List<String> lines(String read) {
        journal.timed("r", read, version);
        List<String> lines = new ArrayList<>();
        rows.forEach((key, row) -> {
            if (!row.deleted() || key.startsWith(KEPT)) {
                lines.add(key + " " + row.version() + " " + row.deleted());
            }
        });
        lines.add("end");
        return lines;
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
