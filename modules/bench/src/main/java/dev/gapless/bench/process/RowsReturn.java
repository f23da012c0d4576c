package dev.gapless.bench.process;

import dev.gapless.Gapless;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.bench.peer.BenchRowPublisher;
import dev.gapless.bench.peer.ClusterNode;
import dev.gapless.bench.peer.KeyedRow;
import dev.gapless.bench.peer.Patience;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rows of a {@link RowsPublisher} in step, in a table or by hand. Its process is stopped for longer than the ring lasts.
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS...   ready
 *   open SOURCE_PORT     opened                                          once it has all rows
 *   return               noted, level AT_NS MISSED RECEIVED READS BEGAN_NS READ_NS     when it has what is newest, after a gap
 *   expect N             checked [PROBLEM]                               once all rows are those of the source
 * </pre>
 *
 * RECEIVED are bytes, of all sockets of the process; -1 if that is not known.
 */
record RowsReturn(boolean byHand, int keys) implements Job {
    private static final Path IO = Path.of("/proc/self/io");

    private static final String READ = "rchar: ";

    /** It is level once it has a row that was due so long ago, or less: a row that it looks at is due every 10 ms. */
    private static final double LEVEL_NS = 50_000_000;

    private static final long NS_PER_MS = 1_000_000;

    /** What keeps the rows. */
    private interface Kept {
        @Nullable KeyedRow get(String key);

        /** What is missing by now, or was since it was asked before. */
        List<Gap> missed();
    }

    private record InTable(Table<KeyedRow> table) implements Kept {
        @Override
        public @Nullable KeyedRow get(String key) {
            return table.get(key);
        }

        @Override
        public List<Gap> missed() {
            return table.status().missed();
        }

        @Override
        public String toString() {
            return table.status().toString();
        }
    }

    private record ByHand(RowsByHand rows) implements Kept {
        @Override
        public @Nullable KeyedRow get(String key) {
            return rows.get(key);
        }

        @Override
        public List<Gap> missed() {
            return rows.takeGaps();
        }

        @Override
        public String toString() {
            return rows.size() + " rows by hand";
        }
    }

    @Override
    public void run(Dialogue dialogue) throws Exception {
        ClusterNode node = new ClusterNode(ClusterNode.GAPLESS);
        dialogue.say("listening", node.address());
        List<String> addresses = dialogue.take("connect");
        node.join(addresses.get(0), addresses.size());
        dialogue.say("ready");
        int port = Integer.parseInt(dialogue.take("open").get(0));
        RowReader reader = new RowReader(port);
        Kept kept = open(Gapless.get(node.system()), reader);
        dialogue.say("opened");
        while (true) {
            List<String> order = dialogue.take();
            switch (order.get(0)) {
                case "return" -> comeBack(dialogue, kept, reader);
                case "expect" -> dialogue.say("checked", check(kept, port, Long.parseLong(order.get(1))));
                default -> throw new IllegalStateException("a node with rows knows no '" + order.get(0) + "'");
            }
        }
    }

    private Kept open(Gapless gapless, RowReader reader) throws Exception {
        if (byHand) {
            RowsByHand rows = new RowsByHand(reader::read);
            get(gapless.subscribe(
                            BenchRowPublisher.TOPIC,
                            StartFrom.latest(),
                            SubscriptionSettings.defaults().loadFirst(),
                            rows)
                    .ready());
            return new ByHand(rows);
        }
        Table<KeyedRow> table = gapless.table(
                BenchRowPublisher.TOPIC, TableSource.versioned(reader::read, KeyedRow::key, KeyedRow::version));
        get(table.ready());
        return new InTable(table);
    }

    private static void get(CompletionStage<?> stage) throws Exception {
        var unused = stage.toCompletableFuture().get(Patience.CONNECT.toSeconds(), TimeUnit.SECONDS);
    }

    private void comeBack(Dialogue dialogue, Kept kept, RowReader reader) throws InterruptedException {
        String first = BenchRowPublisher.key(0, keys);
        RowReader.Reads before = reader.reads();
        long receivedBefore = receivedBytes();
        dialogue.say("noted");
        long untilNs = System.nanoTime() + Patience.CONNECT.toNanos();
        long missed = 0;
        while (reader.reads().count() == before.count() || ageNs(kept.get(first)) > LEVEL_NS) {
            missed = Math.max(missed, overrun(kept.missed()));
            if (System.nanoTime() - untilNs > 0) {
                throw new IllegalStateException("it is not level after "
                        + reader.reads().since(before).count() + " reads of the source, and " + missed
                        + " missed messages: its first row is " + (long) ageNs(kept.get(first)) / NS_PER_MS
                        + " ms old, " + kept);
            }
            Thread.sleep(1);
        }
        long levelNs = System.nanoTime();
        missed = Math.max(missed, overrun(kept.missed()));
        RowReader.Reads reads = reader.reads().since(before);
        long received = receivedBefore < 0 ? -1 : receivedBytes() - receivedBefore;
        boolean areCounted = received >= reads.bytes(); // a JVM may read sockets in a way that is not
        dialogue.say(
                "level", levelNs, missed, areCounted ? received : -1, reads.count(), reads.beganNs(), reads.tookNs());
    }

    private static double ageNs(@Nullable KeyedRow row) {
        return row == null ? Double.MAX_VALUE : System.nanoTime() - row.value();
    }

    private static long overrun(List<Gap> gaps) {
        long missed = 0;
        for (Gap gap : gaps) {
            Long of = gap.missed();
            if (gap.reason() != Reason.OVERRUN || of == null) {
                throw new IllegalStateException("it was told of " + gap);
            }
            missed += of;
        }
        return missed;
    }

    /** What the process has read by now, mostly of sockets; less than 0 if that is not known. */
    private static long receivedBytes() {
        try {
            return Files.readAllLines(IO).stream()
                    .filter(line -> line.startsWith(READ))
                    .mapToLong(line -> Long.parseLong(line.substring(READ.length())))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1; // the figure is then left out
        }
    }

    /** What is wrong, in words; empty if nothing is. */
    private String check(Kept kept, int port, long published) throws Exception {
        List<KeyedRow> source = new RowReader(port).read();
        long newest = source.stream().mapToLong(KeyedRow::version).max().orElse(0);
        if (newest != published || source.size() != keys) {
            return "the source has " + source.size() + " rows up to version " + newest + ", of " + published;
        }
        long untilNs = System.nanoTime() + Patience.PROGRESS.toNanos();
        for (KeyedRow row : source) {
            while (!row.equals(kept.get(row.key()))) {
                if (System.nanoTime() - untilNs > 0) {
                    return "instead of " + row + " it has " + kept.get(row.key());
                }
                Thread.sleep(1);
            }
        }
        return "";
    }
}
