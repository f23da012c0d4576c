package dev.gapless.bench;

import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.Peers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the processes of a round do. */
public enum Workload {
    W1("one publisher to one subscriber, as fast as it can", Scope.ALL, 1, 0, BenchMessage.BYTES, Figure.RATE),
    W2("one publisher to three subscribers, as fast as it can", Scope.ALL, 3, 0, BenchMessage.BYTES, Figure.RATE),
    W3(
            "one publisher to one subscriber, 10,000 messages a second: latency",
            Scope.ALL,
            1,
            10_000,
            BenchMessage.BYTES,
            Figure.LATENCY_MEDIAN),
    W4(
            "20,000 messages a second, the subscriber is stopped for 5 s, the ring holds what it misses: time until it is level",
            Scope.GAPLESS,
            1,
            20_000,
            BenchMessage.BYTES,
            Figure.LEVEL),
    W4B(
            "as W4, the ring holds half of it: delivered and announced messages add up",
            Scope.GAPLESS,
            1,
            20_000,
            BenchMessage.BYTES,
            Figure.ANNOUNCED),
    W4B_RETAINED(
            "as W4B, with resume-after-expiry = retained",
            Scope.GAPLESS,
            1,
            20_000,
            BenchMessage.BYTES,
            Figure.ANNOUNCED),
    W5(
            "10,000 messages a second, the publisher is killed and started again: time until the subscriber is told",
            Scope.GAPLESS,
            1,
            10_000,
            BenchMessage.BYTES,
            Figure.TOLD_AFTER_MEMBER),
    W6(
            "16 topics, four publishers of all of them, one subscriber of all of them, as fast as they can",
            Scope.GAPLESS,
            1,
            0,
            BenchMessage.BYTES,
            Figure.RATE),
    W7(
            "1,000 subscriptions of a topic on one node, 200 messages a second: CPU without and with one that is stuck",
            Scope.GAPLESS,
            1,
            200,
            BenchMessage.BYTES,
            Figure.CPU_RATIO_ONE_STUCK),
    W8_16B("as W1, messages of 16 bytes", Scope.BESIDE_BATCHES, 1, 0, 16, Figure.RATE),
    W8_1K("as W1, messages of 1 KiB", Scope.BESIDE_BATCHES, 1, 0, 1 << 10, Figure.RATE),
    W8_16K("as W1, messages of 16 KiB", Scope.BESIDE_BATCHES, 1, 0, 16 << 10, Figure.RATE),
    W9_1000(
            "three nodes with 1,000 topics each and nothing to do, beside nodes of Pekko without Gapless",
            Scope.BESIDE_PEKKO,
            2,
            0,
            BenchMessage.BYTES,
            Figure.IDLE_CPU),
    W9_10000("as W9_1000, with 10,000 topics", Scope.BESIDE_PEKKO, 2, 0, BenchMessage.BYTES, Figure.IDLE_CPU),
    W10(
            "as W1, messages of a class, through Jackson's CBOR, beside Jackson by itself on all processors",
            Scope.BESIDE_JACKSON,
            1,
            0,
            BenchMessage.BYTES,
            Figure.RATE),
    W11(
            "1,000 subscriptions begin at once with the oldest of 2,000 messages",
            Scope.GAPLESS,
            1,
            2_000,
            BenchMessage.BYTES,
            Figure.CATCH_UP),
    C_SOCKETS(
            "50 WebSocket clients of a gateway, as fast as they can, beside a bare Jetty that sends them frames made beforehand",
            Scope.CLIENTS_BESIDE_JETTY,
            50,
            0,
            BenchMessage.BYTES,
            Figure.RATE),
    C_SOCKETS_3(
            "as C_SOCKETS, three nodes publish; beside clients that ask for nothing but the topic, and such as ask for a token with each event",
            Scope.CLIENTS_BESIDE_PLAIN,
            50,
            0,
            BenchMessage.BYTES,
            Figure.BYTES),
    C_SOCKETS_12(
            "as C_SOCKETS_3, twelve nodes publish",
            Scope.CLIENTS_BESIDE_PLAIN,
            50,
            0,
            BenchMessage.BYTES,
            Figure.BYTES),
    C_MUTE(
            "50 WebSocket clients, 10,000 messages a second: CPU without and with one that does not read",
            Scope.CLIENTS,
            50,
            10_000,
            BenchMessage.BYTES,
            Figure.CPU_RATIO_ONE_STUCK),
    C_INGEST(
            "another node publishes 600,000 messages a second, 10 WebSocket clients of a gateway get what they can",
            Scope.CLIENTS,
            10,
            600_000,
            BenchMessage.BYTES,
            Figure.RATE),
    C_IDLE(
            "5,000 WebSocket clients with nothing to do",
            Scope.CLIENTS,
            5_000,
            0,
            BenchMessage.BYTES,
            Figure.HEAP_CLIENT),
    C_RETURN(
            "a gateway is killed, and its 2,000 WebSocket clients come to another one at once, at 20 messages a second: time until"
                    + " all are level",
            Scope.CLIENTS,
            2_000,
            20,
            BenchMessage.BYTES,
            Figure.LEVEL),
    C_STATE_RETURN(
            "as C_RETURN, clients that want the state of a topic with 1,000 rows, beside such as want its events",
            Scope.CLIENTS_BESIDE_EVENTS,
            2_000,
            20,
            BenchMessage.BYTES,
            Figure.LEVEL),
    C_RETURN_FAR(
            "2,000 WebSocket clients lose their gateway one by one, and come to another one at once, whose feed holds less than any of them"
                    + " lacks: what the publishing node sends until all are level",
            Scope.CLIENTS,
            2_000,
            200,
            BenchMessage.BYTES,
            Figure.SENT_OF_LACKED),
    D_WAITING(
            "a durable topic, its publisher waits for each message, beside a bare persistent actor with the same database",
            Scope.BESIDE_JOURNAL,
            1,
            0,
            BenchMessage.BYTES,
            Figure.LATENCY_MEDIAN),
    D_8("as D_WAITING, 8 messages under way", Scope.BESIDE_JOURNAL, 1, 0, BenchMessage.BYTES, Figure.RATE),
    D_64("as D_WAITING, 64 messages under way", Scope.BESIDE_JOURNAL, 1, 0, BenchMessage.BYTES, Figure.RATE),
    D_1000("as D_WAITING, 1,000 messages under way", Scope.BESIDE_JOURNAL, 1, 0, BenchMessage.BYTES, Figure.RATE),
    D_20000("as D_WAITING, 20,000 messages under way", Scope.BESIDE_JOURNAL, 1, 0, BenchMessage.BYTES, Figure.RATE),
    D_DELIVERY(
            "one publisher to one subscriber, 1,000 messages a second: latency, durable beside in memory",
            Scope.BESIDE_MEMORY,
            1,
            1_000,
            BenchMessage.BYTES,
            Figure.LATENCY_MEDIAN),
    D_OPENING_1(
            "a process starts on a store with 65,536 messages, one in each record: time until its topic takes the next one",
            Scope.BESIDE_JOURNAL,
            1,
            0,
            BenchMessage.BYTES,
            Figure.OPENED),
    D_OPENING_64(
            "as D_OPENING_1, 64 messages in each record",
            Scope.BESIDE_JOURNAL,
            1,
            0,
            BenchMessage.BYTES,
            Figure.OPENED),
    D_REST(
            "a node with 1,000 topics and nothing to do, durable beside in memory",
            Scope.BESIDE_MEMORY,
            1,
            0,
            BenchMessage.BYTES,
            Figure.HEAP_USED),
    N_READY_8(
            "eight nodes in one JVM subscribe to 200 topics at once: what they send until all subscriptions are ready",
            Scope.GAPLESS,
            8,
            0,
            BenchMessage.BYTES,
            Figure.SENT_MESSAGES),
    N_READY_16("as N_READY_8, 16 nodes", Scope.GAPLESS, 16, 0, BenchMessage.BYTES, Figure.SENT_MESSAGES),
    N_ROLLING(
            "three nodes that publish 600 messages a second together are restarted in good order, one after the other: what a subscription"
                    + " that takes a fifth of them is told, and one that takes all",
            Scope.GAPLESS,
            2,
            600,
            500,
            Figure.LOSSES),
    R_RECEIPT(
            "200 messages a second, each with a receipt of two other nodes: time until it is there, beside tells and their answers",
            Scope.BESIDE_TELL,
            2,
            200,
            BenchMessage.BYTES,
            Figure.LATENCY_MEDIAN),
    R_PAUSED(
            "200 messages a second, each with a receipt of two other nodes, while the only subscription of one of them is paused",
            Scope.GAPLESS,
            2,
            200,
            BenchMessage.BYTES,
            Figure.LATENCY_MEDIAN),
    S_BESIDE_1(
            "1,000 messages a second to a subscription that takes them all: alone, and beside one of its node that takes a fifth of them",
            Scope.GAPLESS,
            2,
            1_000,
            2_000,
            Figure.SENT_OF_PUBLISHED),
    S_BESIDE_10(
            "as S_BESIDE_1, beside ten that take a tenth to three tenths of them",
            Scope.GAPLESS,
            11,
            1_000,
            2_000,
            Figure.SENT_OF_PUBLISHED),
    S_BESIDE_50("as S_BESIDE_10, beside 50", Scope.GAPLESS, 51, 1_000, 2_000, Figure.SENT_OF_PUBLISHED),
    S_ALL(
            "1,000 messages a second, each of a node's ten subscriptions takes a fifth of them",
            Scope.GAPLESS,
            10,
            1_000,
            2_000,
            Figure.SENT_OF_READ),
    S_RATES(
            "1,000 messages a second, 300 subscriptions of a node take from one to 950 of them",
            Scope.GAPLESS,
            300,
            1_000,
            2_000,
            Figure.SENT_OF_PUBLISHED),
    T_10000(
            "a node publishes rows of 10,000 keys, 10,000 at a time, into a table, beside a handler with a HashMap",
            Scope.BESIDE_HANDLER,
            1,
            0,
            BenchMessage.BYTES,
            Figure.CPU),
    T_1000000("as T_10000, 1,000,000 keys", Scope.BESIDE_HANDLER, 1, 0, BenchMessage.BYTES, Figure.CPU),
    T_RETURN(
            "a node with 1,000,000 rows is stopped for 5 s, while the ring is overrun three times: time until it has read all rows again,"
                    + " and is level, in a table beside a handler with a HashMap",
            Scope.BESIDE_HANDLER,
            1,
            1_000,
            BenchMessage.BYTES,
            Figure.LEVEL),
    G_NODES_1(Growth.NODES, 1),
    G_NODES_2(Growth.NODES, 2),
    G_NODES_3(Growth.NODES, 3),
    G_NODES_4(Growth.NODES, 4),
    G_SYSTEMS_3(Growth.SYSTEMS, 3),
    G_SYSTEMS_10(Growth.SYSTEMS, 10),
    G_SYSTEMS_30(Growth.SYSTEMS, 30),
    G_TOPICS_1(Growth.TOPICS, 1),
    G_TOPICS_10(Growth.TOPICS, 10),
    G_TOPICS_100(Growth.TOPICS, 100),
    G_TOPICS_1000(Growth.TOPICS, 1_000),
    G_SUBSCRIPTIONS_1(Growth.SUBSCRIPTIONS, 1),
    G_SUBSCRIPTIONS_10(Growth.SUBSCRIPTIONS, 10),
    G_SUBSCRIPTIONS_100(Growth.SUBSCRIPTIONS, 100),
    G_SUBSCRIPTIONS_1000(Growth.SUBSCRIPTIONS, 1_000),
    G_RING_100(Growth.RING, 100),
    G_RING_1000(Growth.RING, 1_000),
    G_RING_10000(Growth.RING, 10_000),
    G_RING_100000(Growth.RING, 100_000),
    G_PAYLOAD_16(Growth.PAYLOAD, 16),
    G_PAYLOAD_100(Growth.PAYLOAD, 100),
    G_PAYLOAD_1000(Growth.PAYLOAD, 1_000),
    G_PAYLOAD_10000(Growth.PAYLOAD, 10_000),
    G_BACKLOG_1000(Growth.BACKLOG, 1_000),
    G_BACKLOG_10000(Growth.BACKLOG, 10_000),
    G_BACKLOG_100000(Growth.BACKLOG, 100_000);

    /** For a process to start, where others start, too. */
    private static final Duration START = Duration.ofSeconds(2);

    /** For a node that was killed to be removed from its cluster, and to join again. */
    private static final Duration REMOVAL = Duration.ofSeconds(10);

    private static final List<String> BATCHES = List.of("gapless", "batches-128");

    /** Who takes part. */
    private enum Scope {
        ALL,
        BESIDE_BATCHES,
        BESIDE_HANDLER,
        BESIDE_JACKSON,
        /** Of durable topics. */
        BESIDE_JOURNAL,
        BESIDE_MEMORY,
        BESIDE_PEKKO,
        BESIDE_TELL,
        /** Of a gateway. */
        CLIENTS,
        CLIENTS_BESIDE_EVENTS,
        CLIENTS_BESIDE_JETTY,
        CLIENTS_BESIDE_PLAIN,
        GAPLESS
    }

    private final String description;
    private final Scope scope;
    private final int subscribers;
    private final int ratePerSecond;
    private final int messageBytes;
    private final Figure headline;
    private final @Nullable Growth growth;
    private final int amount;

    Workload(String description, Scope scope, int subscribers, int ratePerSecond, int messageBytes, Figure headline) {
        this.description = description;
        this.scope = scope;
        this.subscribers = subscribers;
        this.ratePerSecond = ratePerSecond;
        this.messageBytes = messageBytes;
        this.headline = headline;
        this.growth = null;
        this.amount = 0;
    }

    Workload(Growth growth, int amount) {
        this.description = growth.otherwise() + String.format(Locale.ROOT, "; %s: %,d", growth.counted(), amount);
        this.scope = growth == Growth.NODES || growth == Growth.PAYLOAD ? Scope.BESIDE_BATCHES : Scope.GAPLESS;
        this.subscribers = growth == Growth.NODES ? amount : 1;
        this.ratePerSecond = growth == Growth.BACKLOG ? amount : 0;
        this.messageBytes = growth == Growth.PAYLOAD ? amount : BenchMessage.BYTES;
        this.headline = growth == Growth.BACKLOG ? Figure.CATCH_UP : Figure.RATE;
        this.growth = growth;
        this.amount = amount;
    }

    /** Those that run if none is named, in less than an hour: those of W but W4B_RETAINED. */
    public static List<Workload> ordinary() {
        return Stream.of(values())
                .filter(workload -> workload.name().startsWith("W") && workload != W4B_RETAINED)
                .toList();
    }

    public String description() {
        return description;
    }

    /** Of these peers, those that take part in it; in W9, W10, R and T one of their own. */
    public List<String> peersOf(List<String> peers) {
        return switch (scope) {
            case ALL -> peers;
            case BESIDE_BATCHES -> peers.stream().filter(BATCHES::contains).toList();
            case BESIDE_HANDLER -> peers.contains("gapless") ? List.of(Peers.TABLE, Peers.HANDLER) : List.of();
            case BESIDE_JACKSON -> peers.contains("gapless") ? List.of("gapless", Peers.JACKSON) : List.of();
            case BESIDE_JOURNAL -> peers.contains("gapless") ? List.of("gapless", Peers.JOURNAL) : List.of();
            case BESIDE_MEMORY -> peers.contains("gapless") ? List.of(Peers.DURABLE, "gapless") : List.of();
            case BESIDE_PEKKO -> peers.contains("gapless") ? List.of("gapless", Peers.PEKKO) : List.of();
            case BESIDE_TELL -> peers.contains("gapless") ? List.of("gapless", "tell") : List.of();
            case CLIENTS_BESIDE_EVENTS -> peers.contains("gapless") ? List.of("gapless", Peers.EVENTS) : List.of();
            case CLIENTS_BESIDE_JETTY ->
                peers.contains("gapless") ? List.of("gapless", Peers.SECURE, Peers.SINGLE, Peers.JETTY) : List.of();
            case CLIENTS_BESIDE_PLAIN ->
                peers.contains("gapless") ? List.of("gapless", Peers.IDS, Peers.PLAIN) : List.of();
            case GAPLESS, CLIENTS -> peers.stream().filter("gapless"::equals).toList();
        };
    }

    public int subscribers() {
        return subscribers;
    }

    /** At which messages are published; 0 for as fast as the publisher can. */
    public int ratePerSecond() {
        return ratePerSecond;
    }

    public int messageBytes() {
        return messageBytes;
    }

    /** The series that it belongs to; null if to none. */
    public @Nullable Growth growth() {
        return growth;
    }

    /** How much it has of what grows in its series. */
    public int amount() {
        return amount;
    }

    /** About how long a run of it takes. */
    Duration estimate(Duration warmUp, Duration measure, Scale scale) {
        Duration longer = switch (this) {
            case W4, W4B, W4B_RETAINED -> scale.stop();
            case W5 -> REMOVAL;
            case W6, W11 -> START.multipliedBy(3);
            case W7 -> measure.plus(START.multipliedBy(2));
            case C_MUTE -> measure.plus(START);
            case S_BESIDE_1, S_BESIDE_10, S_BESIDE_50, S_ALL, S_RATES -> measure.plus(START.multipliedBy(6));
            case N_READY_8 -> START.multipliedBy(8);
            case N_READY_16 -> START.multipliedBy(20);
            case C_SOCKETS, C_INGEST, C_IDLE -> START.multipliedBy(2);
            case C_SOCKETS_3, C_SOCKETS_12 -> START.multipliedBy(5);
            case C_RETURN, C_RETURN_FAR, C_STATE_RETURN -> START.multipliedBy(25);
            case T_RETURN -> scale.stop().multipliedBy(3).plus(START.multipliedBy(10));
            case D_OPENING_1, D_OPENING_64 -> START.multipliedBy(20);
            case W9_1000, D_REST -> measure.multipliedBy(2).plus(START);
            case N_ROLLING -> START.multipliedBy(15);
            case R_PAUSED -> measure.plus(START.multipliedBy(2));
            case W9_10000 -> measure.multipliedBy(2).plus(START.multipliedBy(10));
            default -> START.multipliedBy(growth == Growth.SYSTEMS ? amount : subscribers - 1);
        };
        return START.multipliedBy(2).plus(warmUp).plus(measure).plus(longer);
    }

    /** What it is about. */
    public Figure headline() {
        return headline;
    }

    /** Is the time that messages take what it is about? */
    public boolean isPaced() {
        return headline == Figure.LATENCY_MEDIAN;
    }
}
