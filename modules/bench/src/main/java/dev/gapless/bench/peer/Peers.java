package dev.gapless.bench.peer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** All peers, by their names: those that need nothing but Pekko, and those that are found beside them. */
public final class Peers {
    /** No part of the program, and run only if it is named. */
    public static final String EXPERIMENT = "segments";

    /** What modules/bench-peers has. */
    private static final List<String> APART =
            List.of(EXPERIMENT, "jgroups", "aeron", "hazelcast-ring", "hazelcast-topic");

    /** A node of Pekko without Gapless. It sends nothing, and only W9 measures it. */
    public static final String PEKKO = "pekko";

    /** Jackson by itself. It sends nothing, and only W10 measures it. */
    public static final String JACKSON = "jackson";

    /** A persistent actor by itself, for workloads of a durable topic. */
    public static final String JOURNAL = "pekko-persistence";

    /** Gapless with a durable topic. */
    public static final String DURABLE = "gapless-durable";

    /** A web server that sends what is ready, for workloads of a gateway. */
    public static final String JETTY = "jetty";

    /** Gapless, with a gateway that sends each event by itself. */
    public static final String SINGLE = "gapless-single";

    /** Gapless, with a gateway that speaks TLS, to clients that show tokens. */
    public static final String SECURE = "gapless-secure";

    /** Gapless, with WebSocket clients that ask for nothing but the topic. */
    public static final String PLAIN = "gapless-plain";

    /** Gapless, with WebSocket clients that ask for a token with each event. */
    public static final String IDS = "gapless-ids";

    /** Gapless, whose clients want events, beside such as want a state. */
    public static final String EVENTS = "gapless-events";

    /** Gapless with messages of a class, for W10. */
    public static final String TYPED = "gapless-typed";

    /** Gapless, whose publisher waits for receipts, for R. */
    public static final String RECEIPT = "gapless-receipt";

    /** Tells whose publisher waits for answers, for R. */
    public static final String ANSWERED = "tell-answered";

    /** A table, for T. */
    public static final String TABLE = "table";

    /** A handler with a HashMap, for T. */
    public static final String HANDLER = "handler";

    private static final Map<String, PeerKind> KINDS = new LinkedHashMap<>();

    static {
        List<PeerKind> all = new ArrayList<>(List.of(
                new PeerKind("gapless", bytes -> new GaplessPeer(1)),
                new PeerKind("tcp", TcpPeer::new),
                new PeerKind("batches-128", bytes -> new RemotingPeer(128, bytes)),
                new PeerKind("batches-800", bytes -> new RemotingPeer(800, bytes)),
                new PeerKind("tell", bytes -> new RemotingPeer(1, bytes)),
                new PeerKind("topic", bytes -> new TopicPeer()),
                new PeerKind("delivery", bytes -> new DeliveryPeer())));
        ServiceLoader.load(PeerSource.class).forEach(source -> all.addAll(source.peers()));
        all.forEach(kind -> KINDS.put(kind.name(), kind));
    }

    private Peers() {}

    /** The names of those that can be measured here, in the order in which a round runs them. */
    public static List<String> names() {
        return KINDS.values().stream()
                .filter(kind -> kind.missing().isEmpty())
                .map(PeerKind::name)
                .toList();
    }

    /** Those of {@link #names} that a benchmark runs if none are named: all but the experiment. */
    public static List<String> usual() {
        return names().stream().filter(name -> !name.equals(EXPERIMENT)).toList();
    }

    /** Those that cannot be measured here, and why. */
    public static Map<String, String> missing() {
        Map<String, String> missing = new LinkedHashMap<>();
        for (String name : APART) {
            if (!KINDS.containsKey(name)) {
                missing.put(name, "bin/bench-peers measures it");
            }
        }
        for (PeerKind kind : KINDS.values()) {
            if (!kind.missing().isEmpty()) {
                missing.put(kind.name(), kind.missing());
            }
        }
        return missing;
    }

    /** The peer of this name, one of {@link #names}, or of those that have a constant here. */
    public static PeerKind of(String name) {
        switch (name) {
            case EVENTS, HANDLER, IDS, PEKKO, JACKSON, JETTY, JOURNAL, PLAIN, SECURE, SINGLE, TABLE -> {
                return new PeerKind(name, bytes -> {
                    throw new IllegalArgumentException(name + " has no sides of its own");
                });
            }
            case DURABLE -> {
                return new PeerKind(name, bytes -> GaplessPeer.durable());
            }
            case RECEIPT -> {
                return new PeerKind(name, bytes -> new ReceiptPeer());
            }
            case ANSWERED -> {
                return new PeerKind(name, bytes -> RemotingPeer.answered());
            }
            case TYPED -> {
                return new PeerKind(name, bytes -> new TypedPeer());
            }
            default -> {
                // one of those that all workloads share
            }
        }
        PeerKind kind = KINDS.get(name);
        if (kind == null) {
            throw new IllegalArgumentException("there is no peer '" + name + "'; the peers are " + names());
        }
        return kind;
    }
}
