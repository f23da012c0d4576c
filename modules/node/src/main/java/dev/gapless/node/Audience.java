package dev.gapless.node;

import dev.gapless.NodeStatus;
import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.CursorStatus;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.NodeStatus.TopicStatus;
import dev.gapless.core.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The consumers of this member's own producer of a topic, as the cluster's status tells of them. */
final class Audience {
    private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(2);
    /** For what has reached the consumers' nodes, and is yet to be read by their subscriptions. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration PAUSE = Duration.ofMillis(100);
    /** Beyond gapless.backpressure-timeout, after which a consumer that takes nothing is no longer waited for. */
    private static final Duration NO_PROGRESS = Duration.ofSeconds(30);

    private final Member member;
    private final String topic;
    private final Termination termination;
    private final Set<String> known = new TreeSet<>();
    private @Nullable Readers readers;
    private Set<String> skipping = Set.of();
    private Set<String> overtaken = Set.of();
    private @Nullable ProducerStatus producer;

    Audience(Member member, String topic, Termination termination) {
        this.member = member;
        this.topic = topic;
        this.termination = termination;
    }

    /**
     * Waits until every consumer that exists is known to this producer, and has answered it.
     *
     * @return those that are not, when the time was over
     */
    Set<String> awaitConsumers(Duration timeout) {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (true) {
            List<NodeStatus> members = status();
            Set<String> missing = missing(members);
            if (missing.isEmpty() || System.nanoTime() - deadlineNs > 0) {
                readers = new Readers(topic, members);
                return missing;
            }
            pause();
        }
    }

    private Set<String> missing(List<NodeStatus> members) {
        Set<String> missing = new TreeSet<>(member.addresses());
        for (NodeStatus node : members) {
            missing.remove(node.address());
            for (TopicStatus status : node.topics()) {
                if (status.topic().equals(topic) && status.consumer() != null && reads(status.consumer())) {
                    missing.add(node.node());
                }
            }
        }
        for (CursorStatus cursor : cursors()) {
            if (cursor.confirmed()) {
                missing.remove(cursor.node());
            }
        }
        return missing;
    }

    /** Not if all of its subscriptions wait for their store: then it asks for nothing. */
    private static boolean reads(ConsumerStatus consumer) {
        long waiting = consumer.subscriptions().stream()
                .filter(one -> one.state().equals("waiting_for_store"))
                .count();
        return consumer.subscriptionCount() > waiting;
    }

    /** Waits for as long as the consumers get on, until they have got everything. */
    void awaitDelivered() {
        long lastProgressNs = System.nanoTime();
        long lastLag = Long.MAX_VALUE;
        while (true) {
            List<NodeStatus> unused = status();
            long lag = cursors().stream().mapToLong(CursorStatus::lag).sum();
            if (producer != null && lag == 0) {
                return;
            }
            if (lag < lastLag) {
                lastLag = lag;
                lastProgressNs = System.nanoTime();
            } else if (System.nanoTime() - lastProgressNs > NO_PROGRESS.toNanos()) {
                throw new Undelivered("every line was accepted, but not delivered: " + behind());
            }
            pause();
        }
    }

    /** Waits a moment until the subscriptions have read what has reached their nodes. */
    void awaitRead() {
        Readers since = Objects.requireNonNull(readers, "awaitConsumers() comes first");
        long deadlineNs = System.nanoTime() + READ_TIMEOUT.toNanos();
        while (true) {
            List<NodeStatus> now = status();
            skipping = since.skipping(now);
            overtaken = since.overtaken(now);
            if (!since.mayGrow(now) || System.nanoTime() - deadlineNs > 0) {
                return;
            }
            pause();
        }
    }

    /** The nodes with subscriptions that left out lines by the time of {@link #awaitRead}, because their topic has another class. */
    Set<String> skipping() {
        return skipping;
    }

    /** The nodes with subscriptions that were told by the time of {@link #awaitRead} that they were overtaken. */
    Set<String> overtaken() {
        return overtaken;
    }

    private String behind() {
        return cursors().stream()
                .filter(cursor -> cursor.lag() > 0)
                .map(cursor -> cursor.node() + " still lacks " + cursor.lag())
                .collect(Collectors.joining(", "));
    }

    /** How often a consumer was told that it missed something, for this reason. */
    long expiries(Reason reason) {
        return producer == null ? 0 : producer.expiries().getOrDefault(reason, 0L);
    }

    private List<NodeStatus> status() {
        List<NodeStatus> members =
                termination.await(member.gapless().status(STATUS_TIMEOUT), STATUS_TIMEOUT.multipliedBy(5), "status");
        for (NodeStatus node : members) {
            if (node.node().equals(member.gapless().nodeName())) {
                producer = node.topics().stream()
                        .filter(status -> status.topic().equals(topic))
                        .map(TopicStatus::producer)
                        .findFirst()
                        .orElse(null);
            }
        }
        cursors().forEach(cursor -> known.add(cursor.node()));
        return members;
    }

    private List<CursorStatus> cursors() {
        return producer == null ? List.of() : producer.cursors();
    }

    private void pause() {
        if (!termination.sleep(PAUSE)) {
            throw new Failure("interrupted while waiting for the consumers");
        }
    }

    /** Those that were there at any time. */
    @Override
    public String toString() {
        return known.isEmpty() ? "no consumer" : String.join(", ", known);
    }
}
