package dev.gapless.core.node;

import dev.gapless.core.wire.ClusterProbe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Addresses at which a member of another cluster may be, and when each is asked next (rule M4): configured seed nodes, where members went
 * without a farewell, and where somebody spoke without being a member. Not thread-safe.
 */
final class ClusterProbes {
    /** Beside the seed nodes. */
    private static final int MOST = 100;
    /** The longest wait of an address that is no seed node's, in waits of a seed node. */
    private static final int PATIENCE = 12;

    private final OtherClusterSettings settings;
    private final long firstWaitNs;
    private final Map<String, Asked> byAddress = new HashMap<>();
    private long questions;

    private static final class Asked {
        long dueNs;
        long waitNs;
        /** Of the question that is not answered; 0 if there is none. */
        long number;
        /** Does whoever is there take this node's address for a seed node's? */
        boolean asksSeedNode;
        /** When it was found, for others to take its place. */
        long foundNs;
    }

    /** A question to ask now. */
    record Question(String address, long toUid, long number) {}

    ClusterProbes(OtherClusterSettings settings, long firstWaitNs, long nowNs) {
        this.settings = settings;
        this.firstWaitNs = firstWaitNs;
        settings.seedNodes().forEach(seed -> sighted(seed, nowNs));
    }

    /** Between two questions to an address where there is another cluster. */
    long intervalNs() {
        return Math.max(1, settings.graceNs() / 2);
    }

    /** There may be somebody at this address: it is asked at once. */
    void sighted(String address, long nowNs) {
        if (address.equals(settings.address())) {
            return;
        }
        Asked asked = byAddress.get(address);
        if (asked == null) {
            makeRoom();
            asked = new Asked();
            asked.foundNs = nowNs;
            byAddress.put(address, asked);
        }
        asked.dueNs = nowNs;
        asked.waitNs = firstWaitNs;
    }

    /** Whoever is at this address takes this node's address for a seed node's. */
    void asksSeedNode(String address, long nowNs) {
        if (!byAddress.containsKey(address)) {
            sighted(address, nowNs);
        }
        Asked asked = byAddress.get(address);
        if (asked != null) {
            asked.asksSeedNode = true;
        }
    }

    /** Should whoever is at this address be a member, by this node's seed nodes or by its own? */
    boolean isSeedNode(String address) {
        Asked asked = byAddress.get(address);
        return settings.seedNodes().contains(address) || (asked != null && asked.asksSeedNode);
    }

    /** The one that was found first goes. */
    private void makeRoom() {
        List<String> found = new ArrayList<>(byAddress.keySet());
        found.removeAll(settings.seedNodes());
        if (found.size() >= MOST) {
            String first = found.get(0);
            for (String address : found) {
                first = foundNs(address) - foundNs(first) < 0 ? address : first;
            }
            byAddress.remove(first);
        }
    }

    private long foundNs(String address) {
        Asked asked = byAddress.get(address);
        return asked == null ? 0 : asked.foundNs;
    }

    /** What is due, but for addresses of members. Whoever does not answer is asked ever more rarely. */
    List<Question> due(Set<String> ofMembers, long nowNs) {
        List<Question> questions = new ArrayList<>();
        byAddress.keySet().stream().sorted().forEach(address -> {
            Asked asked = byAddress.get(address);
            if (asked != null && !ofMembers.contains(address) && asked.dueNs - nowNs <= 0) {
                asked.number = ++this.questions;
                asked.dueNs = nowNs + asked.waitNs;
                long most = intervalNs() * (settings.seedNodes().contains(address) ? 1 : PATIENCE);
                asked.waitNs = Math.min(2 * asked.waitNs, most);
                long toUid = settings.seedNodes().contains(address) ? ClusterProbe.SEED_NODE : ClusterProbe.WHOEVER;
                questions.add(new Question(address, toUid, asked.number));
            }
        });
        return questions;
    }

    /** Is this an answer to a question that was not answered yet? Then there is somebody, who is asked again soon. */
    boolean answered(long number, long nowNs) {
        for (Asked asked : byAddress.values()) {
            if (number > 0 && asked.number == number) {
                asked.number = 0;
                asked.dueNs = nowNs + intervalNs();
                asked.waitNs = firstWaitNs;
                return true;
            }
        }
        return false;
    }
}
