package dev.gapless.core.delivery;

import dev.gapless.core.Limits;
import dev.gapless.core.Session;
import java.util.ArrayList;
import java.util.List;

/**
 * Attempts to register that ask the same, and that may be answered (rule C1). Immutable.
 *
 * @param sessions in the order in which they were made. Invariant: counters rise; no more than {@link Limits#MAX_ATTEMPTS}
 */
public record Attempts(List<Session> sessions) {
    public static final Attempts NONE = new Attempts(List.of());

    public Attempts {
        assert sessions.size() <= Limits.MAX_ATTEMPTS : sessions;
    }

    public static Attempts of(Session only) {
        return new Attempts(List.of(only));
    }

    /** One more. If there are too many, the second is forgotten: the first is answered before all others. */
    public Attempts and(Session latest) {
        List<Session> all = new ArrayList<>(sessions);
        if (all.size() == Limits.MAX_ATTEMPTS) {
            all.remove(1);
        }
        all.add(latest);
        return new Attempts(List.copyOf(all));
    }

    /** This one was answered: earlier ones are over, those that were made later may still be answered. */
    public Attempts from(Session answered) {
        int index = sessions.indexOf(answered);
        assert index >= 0 : answered + " is none of " + sessions;
        return index == 0 ? this : new Attempts(List.copyOf(sessions.subList(index, sessions.size())));
    }

    public boolean contains(Session session) {
        return sessions.contains(session);
    }

    public boolean isEmpty() {
        return sessions.isEmpty();
    }

    /** There is one, or there are some of which it was the first that was answered. */
    public Session first() {
        return sessions.get(0);
    }

    public boolean isLast(Session session) {
        return session.equals(sessions.get(sessions.size() - 1));
    }
}
