package dev.gapless.core.consumer;

import dev.gapless.core.Limits;
import dev.gapless.core.Session;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A reader's registrations: one for each member, and, of those with names, one for each producer that it waits for. What they
 * come to together is asked here; what becomes of one is {@link Producers}' and {@link TopicReader}'s to decide.
 *
 * <p>Invariants: one present for each uid; those that have a session are present. Not thread-safe.
 */
final class Registrations {
    private final List<Registration> present = new ArrayList<>(Limits.NODES_AT_FIRST);
    private final Map<String, Registration> byNode = new LinkedHashMap<>(Limits.NODES_AT_FIRST);

    // ------------------------------------------------------------------ who comes and goes

    /** A member that has not said its name. */
    void appeared(Registration r) {
        assert present(r.uid()) == null : "twice present: " + r;
        present.add(r);
    }

    /** It has said its name, or turned out to be one that is waited for. */
    void named(Registration unnamed, Registration r) {
        present.set(present.indexOf(unnamed), r);
        byNode.put(r.node(), r);
    }

    /** One that is waited for. */
    void add(Registration r) {
        byNode.put(r.node(), r);
    }

    /** It is no member any more. */
    void gone(Registration r) {
        present.remove(r);
    }

    /** Nor is it waited for. */
    void forget(Registration r) {
        byNode.remove(r.node(), r);
    }

    /** Those that were told as lost, and that no member is left to turn out to be. */
    void forgetLost() {
        boolean mayCome = present.stream().anyMatch(Registration::isUnnamed);
        byNode.values().removeIf(r -> r.isLost() && (r.hasEverAnswered() || !mayCome));
    }

    void clear() {
        present.clear();
        byNode.clear();
    }

    // ------------------------------------------------------------------ one of them

    @Nullable Registration present(long uid) {
        for (Registration r : present) {
            if (r.uid() == uid) {
                return r;
            }
        }
        return null;
    }

    @Nullable Registration of(Session session) {
        for (Registration r : present) {
            if (r.attempts().contains(session)) {
                return r;
            }
        }
        return null;
    }

    @Nullable Registration of(String node) {
        return byNode.get(node);
    }

    // ------------------------------------------------------------------ all of them

    Collection<Registration> present() {
        return Collections.unmodifiableList(present);
    }

    Collection<Registration> withNames() {
        return Collections.unmodifiableCollection(byNode.values());
    }

    /** Their names, or addresses. */
    Set<String> names() {
        Set<String> nodes = new HashSet<>(byNode.keySet());
        present.forEach(r -> nodes.add(r.node()));
        return nodes;
    }

    /** Members that have given no position, without those that {@code ready()} went on without. */
    Set<Long> notYetLate() {
        Set<Long> uids = new HashSet<>();
        for (Registration r : present) {
            if (r.at() == null && !r.isLate()) {
                uids.add(r.uid());
            }
        }
        return uids;
    }

    /** Members that have given no position. */
    Set<Long> withoutPosition() {
        Set<Long> uids = Set.of();
        for (Registration r : present) {
            if (r.at() == null) {
                uids = uids.isEmpty() ? new HashSet<>() : uids;
                uids.add(r.uid());
            }
        }
        return uids;
    }

    /** The members that {@code ready()} went on without. */
    Set<String> late() {
        Set<String> nodes = new HashSet<>();
        for (Registration r : present) {
            if (r.isLate() && r.at() == null) {
                nodes.add(r.node());
            }
        }
        return nodes;
    }

    /** Those that a token must name, whatever was read of them (rule T1). */
    Set<String> mustBeListed() {
        Set<String> nodes = new HashSet<>();
        for (Registration r : present) {
            if (r.at() == null) {
                nodes.add(r.node());
            }
        }
        for (Registration r : byNode.values()) {
            // Also if their end was told: should they answer after all, they must not begin anew.
            if (!r.hasEverAnswered() || r.hasLaterLife() || r.hasLeft()) {
                nodes.add(r.node());
            }
        }
        return nodes;
    }

    /** Is anything still to be told of that life, or is it a member here? */
    boolean isOpen(long uid) {
        for (Registration r : present) {
            if (r.uid() == uid) {
                return true;
            }
        }
        for (Registration r : byNode.values()) {
            if (r.answeredUid() == uid || r.unheardUid() == uid) {
                return true;
            }
        }
        return false;
    }

    /** Is anybody to be heard of: an answer, or how its end was? Whose messages come has answered. */
    boolean isAnyUnsettled() {
        for (Registration r : byNode.values()) {
            if (r.phase() instanceof Phase.Timed && !r.isLive()) {
                return true;
            }
        }
        return false;
    }

    /** Is each of them a member that has answered, goes on, and has had no later life? */
    boolean areWhole() {
        return present.size() == byNode.size()
                && present.stream().allMatch(r -> r.hasEverAnswered() && !r.hasLaterLife() && !r.hasLeft());
    }

    /** How long until something is to be done about one of them, or {@code Long.MAX_VALUE}; negative if it is overdue. */
    long dueInNs(long nowNs) {
        long wait = Long.MAX_VALUE;
        for (Registration r : byNode.values()) {
            if (r.phase() instanceof Phase.Timed timed) {
                wait = Math.min(wait, timed.dueNs() - nowNs);
            }
            if (r.owesAck()) {
                wait = Math.min(wait, r.ackDueNs() - nowNs);
            }
        }
        return wait;
    }

    /** For people. */
    List<RegistrationStatus> statuses() {
        Set<Registration> all = new HashSet<>(present);
        all.addAll(byNode.values());
        List<RegistrationStatus> statuses = new ArrayList<>();
        for (Registration r : all) {
            statuses.add(r.status());
        }
        statuses.sort(Comparator.comparing(RegistrationStatus::node));
        return statuses;
    }
}
