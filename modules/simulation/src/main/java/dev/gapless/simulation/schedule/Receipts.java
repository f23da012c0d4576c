package dev.gapless.simulation.schedule;

import dev.gapless.core.Position;
import dev.gapless.core.log.Slice;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.producer.ReceiptAnswer;
import dev.gapless.core.producer.ReceiptAnswer.Kind;
import dev.gapless.core.producer.ReceiptRequest;
import dev.gapless.core.wire.Batch;
import dev.gapless.simulation.node.SimulatedNode;
import dev.gapless.simulation.oracle.Violation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Some publishers want to know which nodes have their message. Who is said to have it must have been sent it, whatever was acknowledged since
 * (rule P15); and each is answered in its time. Not thread-safe.
 */
final class Receipts {
    private static final int ONE_OF = 4;
    private static final int MOST_NODES = 3;

    private final Schedule schedule;
    private final SplittableRandom random;
    /** The numbers of the messages that have come to each process. */
    private final Map<Long, Set<Long>> arrived = new HashMap<>();
    /** Of each process by when those are to be answered that wait. */
    private final Map<NodeProcess, Map<Long, Long>> dueNs = new HashMap<>();

    Receipts(Schedule schedule, SplittableRandom random) {
        this.schedule = schedule;
        this.random = random;
    }

    /** A process is given a batch. */
    void arrives(long uid, Batch batch) {
        Set<Long> its = arrived.computeIfAbsent(uid, first -> new HashSet<>());
        for (Slice slice : batch.slices()) {
            for (int i = 0; i < slice.count(); i++) {
                its.add(SimulatedNode.idOf(slice.content(i)));
            }
        }
    }

    /** A message is in a log: some want a receipt, as soon as the shard comes to that. */
    void published(NodeProcess process, long id, Position at) {
        if (random.nextInt(ONE_OF) == 0) {
            int nodes = random.nextInt(MOST_NODES); // 0: of all
            long patienceNs = random.nextLong(5 * Profile.SECOND);
            schedule.timeline()
                    .after(
                            1 + random.nextLong(3 * Profile.MS),
                            () -> process.input(() -> ask(process, id, at, nodes, process.nowNs() + patienceNs)));
        }
    }

    private void ask(NodeProcess process, long id, Position at, int nodes, long untilNs) {
        dueNs.computeIfAbsent(process, first -> new HashMap<>()).put(id, untilNs);
        schedule.counts().add("receipt: asked for");
        Set<Long> awaited = nodes == ReceiptRequest.ALL ? yetToBeSent(process, at) : Set.of();
        process.node()
                .receipt(new ReceiptRequest(
                        at.sequence(),
                        at.sequence(),
                        nodes,
                        untilNs,
                        answer -> answered(process, id, at, nodes, awaited, answer)));
    }

    /** The nodes that read, and have not been sent it. */
    private static Set<Long> yetToBeSent(NodeProcess process, Position at) {
        ProducerState producer = process.node().producer();
        if (producer == null) {
            return Set.of();
        }
        long number = producer.log().parts().own().number(at.sequence());
        return producer.cursors().stream()
                .filter(cursor -> cursor.sent() < number)
                .map(cursor -> cursor.session().uid())
                .collect(Collectors.toSet());
    }

    private void answered(
            NodeProcess process, long id, Position at, int nodes, Set<Long> awaited, ReceiptAnswer answer) {
        Map<Long, Long> waiting = dueNs.get(process);
        if (waiting == null || waiting.remove(id) == null) {
            throw new Violation("P15: the receipt of " + at + " is answered twice");
        }
        schedule.counts().add(answer.isHeld() ? "receipt: held" : "receipt: not held");
        int holders = 0;
        for (Map.Entry<Long, ReceiptAnswer.Standing> node : answer.standings().entrySet()) {
            long uid = node.getKey();
            Kind kind = node.getValue().kind();
            schedule.counts().add("receipt: " + kind);
            if (kind == Kind.HELD) {
                holders += uid == process.uid() ? 0 : 1;
                if (!arrived.getOrDefault(uid, Set.of()).contains(id)) {
                    throw new Violation(
                            "P15: " + schedule.name(uid) + " is said to have " + at + ", which never came there");
                }
            } else if (answer.isHeld()
                    && awaited.contains(uid)
                    && (kind == Kind.BEHIND || kind == Kind.SILENT || kind == Kind.EXPIRED)) {
                throw new Violation(
                        "P15: all are said to have " + at + ", and " + schedule.name(uid) + " is " + node.getValue());
            }
        }
        if (nodes != ReceiptRequest.ALL && answer.isHeld() != holders >= nodes) {
            throw new Violation("P15: " + holders + " nodes have " + at + ", of " + nodes + ": " + answer);
        }
    }

    /** At the end: whoever lives has answered whatever was due. */
    void nothingWaits(NodeProcess process) {
        dueNs.getOrDefault(process, Map.of()).forEach((id, untilNs) -> {
            if (untilNs - process.nowNs() < 0) {
                throw new Violation(
                        "P15: " + schedule.name(process.uid()) + " has not answered the receipt of message " + id);
            }
        });
    }
}
