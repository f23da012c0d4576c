package dev.gapless.core.consumer;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.Session;
import dev.gapless.core.delivery.RegistrationStatus;
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
 * A reader's registrations, one for each stream that is not over. What they come to together is asked here; what becomes of one is {@link
 * TopicReader}'s to decide. Not thread-safe.
 */
final class Registrations {
    private final Map<Epoch, Registration> byStream = new LinkedHashMap<>(Limits.NODES_AT_FIRST);

    void add(Registration r) {
        Registration before = byStream.put(r.stream().epoch(), r);
        assert before == null : before + " and " + r;
    }

    @Nullable Registration remove(Epoch stream) {
        return byStream.remove(stream);
    }

    void clear() {
        byStream.clear();
    }

    // ------------------------------------------------------------------ one of them

    @Nullable Registration of(Epoch stream) {
        return byStream.get(stream);
    }

    @Nullable Registration of(Session session) {
        for (Registration r : byStream.values()) {
            if (r.attempts().contains(session)) {
                return r;
            }
        }
        return null;
    }

    /** That of a member's own stream. */
    @Nullable Registration present(long uid) {
        for (Registration r : byStream.values()) {
            if (r.stream().uid() == uid && r.isPresent()) {
                return r;
            }
        }
        return null;
    }

    /** Those of a member: of its own stream, and of earlier ones that it carries on. */
    List<Registration> at(long uid) {
        return byStream.values().stream()
                .filter(r -> r.host() == uid && r.isPresent())
                .toList();
    }

    // ------------------------------------------------------------------ all of them

    Collection<Registration> all() {
        return Collections.unmodifiableCollection(byStream.values());
    }

    /** Members that have given no place, without those that {@code ready()} went on without. */
    Set<Long> unansweredMembers() {
        Set<Long> uids = new HashSet<>();
        for (Registration r : byStream.values()) {
            if (r.isAwaited() && !r.isLate()) {
                uids.add(r.host());
            }
        }
        return uids;
    }

    /** The members that {@code ready()} went on without. */
    Set<String> late() {
        Set<String> nodes = new HashSet<>();
        for (Registration r : byStream.values()) {
            if (r.isAwaited() && r.isLate()) {
                nodes.add(r.stream().node());
            }
        }
        return nodes;
    }

    /** Is a producer with this name asked for what comes behind an earlier incarnation? */
    boolean askForSuccession(String node) {
        for (Registration r : byStream.values()) {
            if (r.asksForSuccession() && r.stream().node().equals(node)) {
                return true;
            }
        }
        return false;
    }

    /** How long until something is to be done about one of them, or {@code Long.MAX_VALUE}; negative if it is overdue. */
    long dueInNs(long nowNs) {
        long wait = Long.MAX_VALUE;
        for (Registration r : byStream.values()) {
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
        List<RegistrationStatus> statuses = new ArrayList<>();
        byStream.values().forEach(r -> statuses.add(r.status()));
        statuses.sort(Comparator.comparing(RegistrationStatus::node));
        return statuses;
    }
}
