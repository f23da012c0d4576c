package dev.gapless.multijvm.checker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one process published to one topic: what it was about to, and what is known to stand in its log. */
final class Incarnation {
    final String node;
    final String topic;
    final String id;
    final long beganNs;
    /** Counts the incarnations of the node, in this topic. */
    final int index;

    final Map<Integer, List<Message>> byThread = new TreeMap<>();
    private final List<Message> bySequence = new ArrayList<>();
    private final Violations violations;
    String epoch;
    /** The process is over. */
    boolean over;

    private long intended;
    private long answered;
    private long firstNs = Long.MAX_VALUE;
    private long lastNs = Long.MIN_VALUE;

    Incarnation(String node, String topic, String id, long beganNs, int index, Violations violations) {
        this.node = node;
        this.topic = topic;
        this.id = id;
        this.beganNs = beganNs;
        this.index = index;
        this.violations = violations;
    }

    void intends(int thread, long messageIndex, String hash, long ns) {
        List<Message> its = byThread.computeIfAbsent(thread, t -> new ArrayList<>());
        if (messageIndex != its.size() + 1L) {
            throw new IllegalStateException(this + ": " + messageIndex + " is not the next of thread " + thread);
        }
        its.add(new Message(thread, messageIndex, hash, ns));
        intended++;
        firstNs = Math.min(firstNs, ns);
        lastNs = Math.max(lastNs, ns);
    }

    /** Did it publish before the one, and after the other? */
    boolean publishedWithin(long fromNs, long toNs) {
        return firstNs <= toNs && lastNs >= fromNs;
    }

    /** When it was about to publish for the first time. */
    long firstNs() {
        return firstNs;
    }

    /** When it was about to publish for the last time. */
    long lastNs() {
        return lastNs;
    }

    /** The message that this thread was about to publish, or null. */
    Message intended(int thread, long messageIndex) {
        List<Message> its = byThread.getOrDefault(thread, List.of());
        return messageIndex >= 1 && messageIndex <= its.size() ? its.get((int) messageIndex - 1) : null;
    }

    /** No sequence can be higher. */
    long intended() {
        return intended;
    }

    /** The highest sequence at which something is known to stand. */
    long head() {
        return bySequence.size();
    }

    /** What stands there, or null if nobody has said so. */
    Message at(long sequence) {
        return sequence >= 1 && sequence <= head() ? bySequence.get((int) sequence - 1) : null;
    }

    /** Somebody says that this message stands there: all have to say the same. */
    void place(Message message, long sequence, String who) {
        if (sequence < 1 || sequence > intended) {
            violations.add("G3", who + ": " + message + " of " + this + " stands at " + sequence);
            return;
        }
        while (bySequence.size() < sequence) {
            bySequence.add(null);
        }
        Message there = bySequence.get((int) sequence - 1);
        if (there != null && there != message) {
            violations.add("G3", who + ": " + this + " has " + message + " and " + there + " at " + sequence);
        }
        if (message.sequence != 0 && message.sequence != sequence) {
            violations.add(
                    "G2", who + ": " + message + " of " + this + " stands at " + message.sequence + " and " + sequence);
        }
        if (message.failed) {
            violations.add("G3", who + ": " + message + " of " + this + " was refused, and stands at " + sequence);
        }
        message.sequence = sequence;
        bySequence.set((int) sequence - 1, message);
    }

    /** How many messages were about to be published when the process was killed: nobody knows whether they were. */
    long inDoubt() {
        return intended - answered;
    }

    /** It was accepted, or refused. */
    void answered(Message message, boolean accepted) {
        message.accepted = accepted;
        message.failed = !accepted;
        answered++;
    }

    /** Whether one was accepted is not known, and never will be. */
    void unknown() {
        answered++;
    }

    /** Guarantee G7, and that a log has no holes. To be asked once, when no more comes. */
    void judge() {
        byThread.forEach((thread, messages) -> {
            long before = 0;
            for (Message message : messages) {
                if (message.sequence != 0 && message.sequence < before) {
                    violations.add(
                            "G7", message + " of " + this + " stands at " + message.sequence + ", behind " + before);
                }
                before = Math.max(before, message.sequence);
            }
        });
        for (long sequence = 1; !over && sequence <= head(); sequence++) {
            if (at(sequence) == null) {
                violations.add("G3", this + " has nothing at " + sequence + ", its head is " + head());
            }
        }
    }

    @Override
    public String toString() {
        return topic + "/" + node + "/" + epoch;
    }
}
