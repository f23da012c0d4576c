package dev.gapless.examples.pricing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Compares once a second what the health check of each instance says with what is so: whether the others have it among the members, and whether
 * it shows rows. A process may be late to notice; it has to notice. Thread-safe.
 */
final class HealthWatch {
    private static final long EVERY_NS = 1_000_000_000;

    /** How the two can differ. */
    enum Difference {
        READY_THOUGH_REMOVED,
        READY_WITHOUT_ROWS,
        NOT_READY_THOUGH_ALL_IS_RIGHT,
        NOT_LIVE_THOUGH_A_MEMBER
    }

    private final List<Instance> instances;
    private final Map<String, Map<Difference, Integer>> lasting = new HashMap<>();
    private final Map<Difference, Integer> longest = new EnumMap<>(Difference.class);
    private final Map<String, Integer> looks = new TreeMap<>();
    private final Thread thread = new Thread(this::run, "health");
    private volatile boolean ends;

    HealthWatch(List<Instance> instances) {
        this.instances = List.copyOf(instances);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!ends) {
            long nextNs = System.nanoTime() + EVERY_NS;
            instances.forEach(this::look);
            LockSupport.parkNanos(Math.max(1, nextNs - System.nanoTime()));
        }
    }

    private static boolean runs(Instance instance, ServiceProcess process) {
        try {
            return instance.process() == process && process.isAlive() && !process.isStopped();
        } catch (IOException e) {
            return false; // it has ended meanwhile
        }
    }

    /** Whether each of the others that answers has it among the members; null if they differ, or nobody answers. */
    private @Nullable Boolean isMember(Instance instance) {
        List<Boolean> answers = new ArrayList<>();
        for (Instance other : instances) {
            JsonNode members = other == instance ? null : other.status("members");
            if (members != null && members.isArray() && isUp(other)) {
                answers.add(members.toString().contains(instance.address() + "\""));
            }
        }
        return answers.stream().distinct().count() == 1 ? answers.get(0) : null;
    }

    private static boolean isUp(Instance instance) {
        String health = instance.status("health").asText();
        return health.equals("UP") || health.equals("DEGRADED");
    }

    private void look(Instance instance) {
        ServiceProcess process = instance.process();
        if (!runs(instance, process)) {
            return;
        }
        Boolean wasMember = isMember(instance);
        int hadRows = instance.asks("/prices");
        int ready = instance.asks("/actuator/health/readiness");
        int live = instance.asks("/actuator/health/liveness");
        int hasRows = instance.asks("/prices");
        Boolean isMember = isMember(instance);
        if (!runs(instance, process) || wasMember == null || !wasMember.equals(isMember) || hadRows != hasRows) {
            return; // it changes just now
        }
        if (ready == 0 || live == 0 || hasRows == 0) {
            return; // it begins, or ends
        }
        boolean shows = hasRows == 200;
        synchronized (this) {
            looks.merge(
                    (isMember ? "member" : "removed") + (shows ? ", rows" : ", no rows") + ": ready " + ready,
                    1,
                    Integer::sum);
            differs(process, Difference.READY_THOUGH_REMOVED, ready == 200 && !isMember);
            differs(process, Difference.READY_WITHOUT_ROWS, ready == 200 && !shows);
            differs(process, Difference.NOT_READY_THOUGH_ALL_IS_RIGHT, ready != 200 && isMember && shows);
            differs(process, Difference.NOT_LIVE_THOUGH_A_MEMBER, live != 200 && isMember);
        }
    }

    private void differs(ServiceProcess process, Difference difference, boolean is) {
        Map<Difference, Integer> its =
                lasting.computeIfAbsent(process.name(), first -> new EnumMap<>(Difference.class));
        if (is) {
            longest.merge(difference, its.merge(difference, 1, Integer::sum), Math::max);
        } else {
            its.remove(difference);
        }
    }

    /** Where they differ at the last look, by process. */
    synchronized Map<String, String> differences() {
        Map<String, String> all = new TreeMap<>();
        for (Instance instance : instances) {
            Map<Difference, Integer> its =
                    lasting.getOrDefault(instance.process().name(), Map.of());
            if (!its.isEmpty()) {
                all.put(instance.process().name(), its.toString());
            }
        }
        return all;
    }

    /** How often each was so. */
    synchronized Map<String, Integer> looks() {
        return new TreeMap<>(looks);
    }

    /** For how many looks in a row they have differed at most. */
    synchronized Map<Difference, Integer> longest() {
        return new EnumMap<>(longest);
    }

    void end() throws InterruptedException {
        ends = true;
        thread.join();
    }
}
