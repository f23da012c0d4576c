package dev.gapless.multijvm.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was published, by the publishers' journals; and who was a member of whose cluster when, by the members'. */
final class Truth {
    private final Violations violations;
    private final boolean durable;
    private final Map<String, String> nodesByAddress = new HashMap<>();
    /** By topic, then node. */
    private final Map<String, Map<String, List<Incarnation>>> incarnations = new TreeMap<>();

    private final Map<String, Incarnation> byId = new HashMap<>();
    private final Map<String, Incarnation> byEpoch = new HashMap<>();
    private final Map<String, String> uids = new HashMap<>();
    /** By the incarnation of the node that sees it: since when, and until when. */
    private final Map<String, Map<String, Long>> up = new HashMap<>();

    private final Map<String, Map<String, Long>> removed = new HashMap<>();

    /** @param durable whether an incarnation's log goes on where the one before ended, so that nothing is told of that end */
    Truth(Violations violations, boolean durable) {
        this.violations = violations;
        this.durable = durable;
    }

    boolean isDurable() {
        return durable;
    }

    // ------------------------------------------------------------------------------------------ publishers

    Incarnation begins(String topic, String node, String address, String id, long ns) {
        nodesByAddress.put(address, node);
        List<Incarnation> its = incarnations(topic).computeIfAbsent(node, n -> new ArrayList<>());
        Incarnation incarnation = new Incarnation(node, topic, id, ns, its.size(), violations);
        its.add(incarnation);
        byId.put(topic + " " + id, incarnation);
        return incarnation;
    }

    /** A process is over: those of this node that had begun by then. */
    void over(String node, long ns) {
        for (Map<String, List<Incarnation>> byNode : incarnations.values()) {
            for (Incarnation incarnation : byNode.getOrDefault(node, List.of())) {
                incarnation.over |= incarnation.beganNs < ns;
            }
        }
    }

    void accepted(Incarnation incarnation, int thread, long index, String epoch, long sequence) {
        Message message = incarnation.intended(thread, index);
        incarnation.answered(message, true);
        place(incarnation, message, epoch, sequence, "publisher");
    }

    /** Somebody was given this: it must have been meant to be published, and stand there for everybody. */
    void given(String who, String node, String topic, String epoch, long sequence, String[] content) {
        Incarnation incarnation = byId.get(topic + " " + content[0]);
        Message message = incarnation == null
                ? null
                : incarnation.intended(Integer.parseInt(content[1]), Long.parseLong(content[2]));
        String what = who + ": " + node + "/" + epoch + ":" + sequence;
        if (message == null || !message.hash.equals(content[3])) {
            violations.add("G3", what + " has a content that was never published: " + String.join(" ", content));
        } else if (!incarnation.node.equals(node)) {
            violations.add("G3", what + " was published by " + incarnation.node);
        } else {
            place(incarnation, message, epoch, sequence, who);
        }
    }

    private void place(Incarnation incarnation, Message message, String epoch, long sequence, String who) {
        if (incarnation.epoch == null && !byEpoch.containsKey(epoch)) {
            incarnation.epoch = epoch;
            byEpoch.put(epoch, incarnation);
        }
        if (!epoch.equals(incarnation.epoch)) {
            violations.add("G3", who + ": " + message + " of " + incarnation + " stands in epoch " + epoch);
            return;
        }
        incarnation.place(message, sequence, who);
    }

    /** Null if nothing is known to stand in it. */
    Incarnation ofEpoch(String epoch) {
        return byEpoch.get(epoch);
    }

    /** Those that published to a topic, one node after the other. */
    List<Incarnation> logs(String topic) {
        return incarnations(topic).values().stream().flatMap(List::stream).toList();
    }

    /** The lives of its node that began before that one. */
    List<Incarnation> earlier(Incarnation log) {
        return incarnations(log.topic).getOrDefault(log.node, List.of()).subList(0, log.index);
    }

    /** The lives of its node that began after that one. */
    List<Incarnation> later(Incarnation log) {
        List<Incarnation> all = incarnations(log.topic).getOrDefault(log.node, List.of());
        return all.subList(log.index + 1, all.size());
    }

    List<Incarnation> all() {
        return List.copyOf(byId.values());
    }

    /** How many messages were about to be published to the topic, by anybody, in that time. */
    long published(String topic, long fromNs, long toNs) {
        return incarnations(topic).values().stream()
                .flatMap(List::stream)
                .flatMap(incarnation -> incarnation.byThread.values().stream())
                .flatMap(List::stream)
                .filter(m -> fromNs <= m.publishedNs && m.publishedNs <= toNs)
                .count();
    }

    /** Is this the name of a node, and not its address? */
    boolean isItsName(String nameOrAddress) {
        return !nodesByAddress.containsKey(nameOrAddress);
    }

    /** A node whose name nobody knew yet goes by its address. */
    String node(String nameOrAddress) {
        return nodesByAddress.getOrDefault(nameOrAddress, nameOrAddress);
    }

    private Map<String, List<Incarnation>> incarnations(String topic) {
        return incarnations.computeIfAbsent(topic, t -> new TreeMap<>());
    }

    // ------------------------------------------------------------------------------------------ members

    void member(String incarnation, String uid) {
        uids.put(incarnation, uid);
    }

    void up(String seenBy, String uid, long ns) {
        up.computeIfAbsent(seenBy, s -> new HashMap<>()).putIfAbsent(uid, ns);
    }

    void removed(String seenBy, String uid, long ns) {
        removed.computeIfAbsent(seenBy, s -> new HashMap<>()).putIfAbsent(uid, ns);
    }

    /** Had this process been seen as a member by then? */
    boolean knewBefore(String seenBy, String incarnation, long ns) {
        return up.getOrDefault(seenBy, Map.of()).getOrDefault(uids.getOrDefault(incarnation, ""), Long.MAX_VALUE) < ns;
    }

    /** Did anybody publish in that time whom this process did not see as a member? */
    boolean wasApart(String seenBy, long fromNs, long toNs) {
        return byId.values().stream()
                .anyMatch(incarnation ->
                        incarnation.publishedWithin(fromNs, toNs) && !knewBefore(seenBy, incarnation.id, toNs));
    }

    /** Were there two clusters in that time: did anybody publish whom another process, which was up, never saw as a member? */
    boolean wereTwoClusters(long fromNs, long toNs) {
        return byId.values().stream()
                .filter(incarnation -> incarnation.publishedWithin(fromNs, toNs))
                .anyMatch(incarnation -> isKnownToNobodyElse(incarnation.id)
                        || up.keySet().stream().anyMatch(other -> isStrangerTo(incarnation, other)));
    }

    private boolean isKnownToNobodyElse(String incarnation) {
        String uid = uids.getOrDefault(incarnation, "");
        return up.entrySet().stream()
                .noneMatch(seen ->
                        !seen.getKey().equals(incarnation) && seen.getValue().containsKey(uid));
    }

    /** Was the other one up while this one published, and never saw it? */
    private boolean isStrangerTo(Incarnation incarnation, String other) {
        return !other.equals(incarnation.id)
                && knewBefore(other, other, incarnation.lastNs())
                && lastSeenNs(other) >= incarnation.firstNs()
                && !knewBefore(other, incarnation.id, Long.MAX_VALUE);
    }

    /** When this process published, or heard of any member, for the last time. */
    private long lastSeenNs(String process) {
        long publishedNs = byId.values().stream()
                .filter(incarnation -> incarnation.id.equals(process))
                .mapToLong(Incarnation::lastNs)
                .max()
                .orElse(Long.MIN_VALUE);
        return Math.max(publishedNs, Math.max(lastNs(up.get(process)), lastNs(removed.get(process))));
    }

    private static long lastNs(Map<String, Long> heard) {
        return heard == null
                ? Long.MIN_VALUE
                : heard.values().stream().mapToLong(ns -> ns).max().orElse(Long.MIN_VALUE);
    }

    /** Was it a member at that time, or later? */
    boolean knewSince(String seenBy, String incarnation, long ns) {
        return knewBefore(seenBy, incarnation, Long.MAX_VALUE) && !sawTheEndBefore(seenBy, incarnation, ns);
    }

    /** Does that process see it as a member, as far as its journal goes? */
    boolean knows(String seenBy, String incarnation) {
        return knewSince(seenBy, incarnation, Long.MAX_VALUE);
    }

    /** Had that process seen by then that it was removed? */
    boolean sawTheEndBefore(String seenBy, String incarnation, long ns) {
        return removed.getOrDefault(seenBy, Map.of()).getOrDefault(uids.getOrDefault(incarnation, ""), Long.MAX_VALUE)
                < ns;
    }
}
