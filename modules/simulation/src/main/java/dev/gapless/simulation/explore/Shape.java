package dev.gapless.simulation.explore;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Ticket;
import dev.gapless.core.member.Pulses;
import dev.gapless.core.wire.Message;
import dev.gapless.simulation.oracle.Observer;
import dev.gapless.simulation.oracle.Oracle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The fields of a class, and what of each belongs to a state. A field that is forgotten here would hide states, so everything
 * counts that is not named: each exception says why it makes no difference.
 */
record Shape(Class<?> of, List<Part> parts, boolean isRecord) {

    /** How a field counts. */
    enum Meaning {
        /** As it is. */
        VALUE,
        /** A moment by its node's clock: how far it is from now, and all that is due is equally due. */
        DEADLINE,
        /** A moment by its node's clock in the past: how long ago it was, up to the longest time that is ever asked for. */
        SINCE,
        /** Moments in the order of everything that happens: only which is before which. */
        STAMP,
        /** Keys that are counters of sessions of this node's life. */
        SESSIONS
    }

    /** One field. */
    record Part(Field field, Meaning meaning) {}

    private static final Map<Class<?>, Shape> KNOWN = new ConcurrentHashMap<>();

    /** Types that are no state. */
    private static final List<Class<?>> NO_STATE = List.of(
            Lock.class, // nobody holds one between two actions
            TopicSettings.class, // they never change
            RandomGenerator.class, // gives each life's epoch, once
            LongSupplier.class, // counters, see below
            Ticket.class, // says of which message of ours it is; that is in what waits
            Observer.class, // looks on
            Oracle.class, // judges Truth and Witness, which are state, and keeps nothing itself
            Configuration.class, // never changes
            Pulses.class); // no pulse is ever sent: silence is an action

    private static final Map<String, String> IGNORED = Map.of(
            "ProducerState.expiries", "statistics",
            "ConsumerState.expiries", "statistics",
            "SubscriptionState.violations", "must be 0, which is checked",
            "SubscriptionState.reloadsFailed", "the backoff does not grow here",
            "Registration.attempts", "the backoff does not grow here",
            "Node.sessions", "beyond every session that there is; only their order counts",
            "World.stamps", "beyond every stamp that there is; only their order counts",
            "World.subscriptions", "as many as the budgets say",
            "Life.nowNs", "every moment is told relative to it",
            "Witness.begun", "of no concern where things go wrong");

    private static final Map<String, Meaning> MEANINGS = Map.ofEntries(
            Map.entry("Registration.dueNs", Meaning.DEADLINE),
            Map.entry("Open.readyUntilNs", Meaning.DEADLINE),
            Map.entry("Cursor.heartbeatDueNs", Meaning.DEADLINE),
            Map.entry("ProducerState.drainUntilNs", Meaning.DEADLINE),
            Map.entry("Waiter.deadlineNs", Meaning.DEADLINE),
            Map.entry("Cursor.progressNs", Meaning.SINCE),
            Map.entry("FeedReader.progressNs", Meaning.SINCE),
            Map.entry("Heard.appeared", Meaning.STAMP),
            Map.entry("Heard.removed", Meaning.STAMP),
            Map.entry("Heard.joined", Meaning.STAMP),
            Map.entry("Truth.members", Meaning.STAMP),
            Map.entry("Life.memberSince", Meaning.STAMP),
            Map.entry("Life.memberUntil", Meaning.STAMP),
            Map.entry("Taken.stamp", Meaning.STAMP),
            Map.entry("Handover.taken", Meaning.STAMP),
            Map.entry("Handover.resumed", Meaning.STAMP),
            Map.entry("ConsumerState.bySession", Meaning.SESSIONS));

    static Shape of(Class<?> type) {
        Shape known = KNOWN.get(type);
        return known == null ? KNOWN.computeIfAbsent(type, Shape::read) : known;
    }

    private static Shape read(Class<?> type) {
        if (!type.getName().startsWith("dev.gapless.")) {
            throw new IllegalStateException("It is not known what of " + type + " is state");
        }
        List<Part> parts = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            String name = type.getSimpleName() + "." + field.getName();
            if (isState(field, name)) {
                field.setAccessible(true);
                Meaning meaning = MEANINGS.getOrDefault(name, Meaning.VALUE);
                if (meaning == Meaning.VALUE && field.getName().endsWith("Ns")) {
                    throw new IllegalStateException("It is not known what kind of moment " + name + " is");
                }
                parts.add(new Part(field, meaning));
            }
        }
        return new Shape(type, List.copyOf(parts), type.isRecord());
    }

    private static boolean isState(Field field, String name) {
        return !Modifier.isStatic(field.getModifiers())
                && !IGNORED.containsKey(name)
                && NO_STATE.stream().noneMatch(type -> type.isAssignableFrom(field.getType()))
                && !(Message.class.isAssignableFrom(field.getDeclaringClass())
                        && field.getName().equals("topic"));
    }
}
