package dev.gapless.multijvm.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was published, by the publishers' journals; and who was a member of whose cluster when, by the members'. */
final class Truth {
    private final Violations violations;
    private final Map<String, String> nodesByAddress = new HashMap<>();
    /** By topic, then node. */
    private final Map<String, Map<String, List<Life>>> lives = new TreeMap<>();

    private final Map<String, Life> byId = new HashMap<>();
    private final Map<String, Life> byEpoch = new HashMap<>();
    private final Map<String, String> uids = new HashMap<>();
    /** By the life of the node that sees it: since when, and until when. */
    private final Map<String, Map<String, Long>> up = new HashMap<>();

    private final Map<String, Map<String, Long>> removed = new HashMap<>();

    Truth(Violations violations) {
        this.violations = violations;
    }

    // ------------------------------------------------------------------------------------------ publishers

    Life begins(String topic, String node, String address, String id, long ns) {
        nodesByAddress.put(address, node);
        List<Life> its = lives(topic).computeIfAbsent(node, n -> new ArrayList<>());
        Life life = new Life(node, topic, id, ns, its.size(), violations);
        its.add(life);
        byId.put(topic + " " + id, life);
        return life;
    }

    /** A process is over: those of this node that had begun by then. */
    void over(String node, long ns) {
        for (Map<String, List<Life>> byNode : lives.values()) {
            for (Life life : byNode.getOrDefault(node, List.of())) {
                life.over |= life.beganNs < ns;
            }
        }
    }

    void accepted(Life life, int thread, long index, String epoch, long sequence) {
        Message message = life.intended(thread, index);
        life.answered(message, true);
        place(life, message, epoch, sequence, "publisher");
    }

    /** Somebody was given this: it must have been meant to be published, and stand there for everybody. */
    void given(String who, String node, String topic, String epoch, long sequence, String[] content) {
        Life life = byId.get(topic + " " + content[0]);
        Message message = life == null ? null : life.intended(Integer.parseInt(content[1]), Long.parseLong(content[2]));
        String what = who + ": " + node + "/" + epoch + ":" + sequence;
        if (message == null || !message.hash.equals(content[3])) {
            violations.add("G3", what + " has a content that was never published: " + String.join(" ", content));
        } else if (!life.node.equals(node)) {
            violations.add("G3", what + " was published by " + life.node);
        } else {
            place(life, message, epoch, sequence, who);
        }
    }

    private void place(Life life, Message message, String epoch, long sequence, String who) {
        if (life.epoch == null && !byEpoch.containsKey(epoch)) {
            life.epoch = epoch;
            byEpoch.put(epoch, life);
        }
        if (!epoch.equals(life.epoch)) {
            violations.add("G3", who + ": " + message + " of " + life + " stands in epoch " + epoch);
            return;
        }
        life.place(message, sequence, who);
    }

    /** Null if nothing is known to stand in it. */
    Life ofEpoch(String epoch) {
        return byEpoch.get(epoch);
    }

    /** Those that published to a topic, one node after the other. */
    List<Life> logs(String topic) {
        return lives(topic).values().stream().flatMap(List::stream).toList();
    }

    /** The lives of its node that began before that one. */
    List<Life> earlier(Life log) {
        return lives(log.topic).getOrDefault(log.node, List.of()).subList(0, log.index);
    }

    /** The lives of its node that began after that one. */
    List<Life> later(Life log) {
        List<Life> all = lives(log.topic).getOrDefault(log.node, List.of());
        return all.subList(log.index + 1, all.size());
    }

    List<Life> all() {
        return List.copyOf(byId.values());
    }

    /** How many messages were about to be published to the topic, by anybody, in that time. */
    long published(String topic, long fromNs, long toNs) {
        return lives(topic).values().stream()
                .flatMap(List::stream)
                .flatMap(life -> life.byThread.values().stream())
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

    private Map<String, List<Life>> lives(String topic) {
        return lives.computeIfAbsent(topic, t -> new TreeMap<>());
    }

    // ------------------------------------------------------------------------------------------ members

    void member(String life, String uid) {
        uids.put(life, uid);
    }

    void up(String seenBy, String uid, long ns) {
        up.computeIfAbsent(seenBy, s -> new HashMap<>()).putIfAbsent(uid, ns);
    }

    void removed(String seenBy, String uid, long ns) {
        removed.computeIfAbsent(seenBy, s -> new HashMap<>()).putIfAbsent(uid, ns);
    }

    /** Had this process been seen as a member by then? */
    boolean knewBefore(String seenBy, String life, long ns) {
        return up.getOrDefault(seenBy, Map.of()).getOrDefault(uids.getOrDefault(life, ""), Long.MAX_VALUE) < ns;
    }

    /** Did anybody publish in that time whom this process did not see as a member? */
    boolean wasApart(String seenBy, long fromNs, long toNs) {
        return byId.values().stream()
                .anyMatch(life -> life.publishedWithin(fromNs, toNs) && !knewBefore(seenBy, life.id, toNs));
    }

    /** Were there two clusters in that time: did anybody publish whom another process, which was up, never saw as a member? */
    boolean wereTwoClusters(long fromNs, long toNs) {
        return byId.values().stream()
                .filter(life -> life.publishedWithin(fromNs, toNs))
                .anyMatch(life -> isKnownToNobodyElse(life.id)
                        || up.keySet().stream().anyMatch(other -> isStrangerTo(life, other)));
    }

    private boolean isKnownToNobodyElse(String life) {
        String uid = uids.getOrDefault(life, "");
        return up.entrySet().stream()
                .noneMatch(
                        seen -> !seen.getKey().equals(life) && seen.getValue().containsKey(uid));
    }

    /** Was the other one up while this one published, and never saw it? */
    private boolean isStrangerTo(Life life, String other) {
        return !other.equals(life.id)
                && knewBefore(other, other, life.lastNs())
                && lastSeenNs(other) >= life.firstNs()
                && !knewBefore(other, life.id, Long.MAX_VALUE);
    }

    /** When this process published, or heard of any member, for the last time. */
    private long lastSeenNs(String process) {
        long publishedNs = byId.values().stream()
                .filter(life -> life.id.equals(process))
                .mapToLong(Life::lastNs)
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
    boolean knewSince(String seenBy, String life, long ns) {
        return knewBefore(seenBy, life, Long.MAX_VALUE) && !sawTheEndBefore(seenBy, life, ns);
    }

    /** Does that process see it as a member, as far as its journal goes? */
    boolean knows(String seenBy, String life) {
        return knewSince(seenBy, life, Long.MAX_VALUE);
    }

    /** Had that process seen by then that it was removed? */
    boolean sawTheEndBefore(String seenBy, String life, long ns) {
        return removed.getOrDefault(seenBy, Map.of()).getOrDefault(uids.getOrDefault(life, ""), Long.MAX_VALUE) < ns;
    }
}
