package dev.gapless.core.delivery;

import dev.gapless.core.Now;
import dev.gapless.core.Reason;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.wire.ToConsumer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The consuming side of one topic on one node. Its shard gives it what comes; subscriptions are opened and closed here, and read elsewhere. Not
 * thread-safe, but for what {@link #measures} returns.
 */
public interface TopicConsumer {
    // ------------------------------------------------------------------ members

    /**
     * This node is up (rule C10).
     *
     * @param view the members, and what is remembered of others
     */
    void begin(MemberView view, Now now);

    /**
     * Members came, told their names, or went; what belongs together comes at once.
     *
     * @param view the members from now on, and what is remembered of others
     */
    void onMembers(List<MemberEvent> events, MemberView view, Now now);

    /** No ping from that node answers ours. */
    void onSilent(long silentUid, long nowNs);

    // ------------------------------------------------------------------ messages and room

    void onMessage(ToConsumer message, Now now);

    /** This subscription has freed something, or asks where it reads on. */
    void onRoom(long id, Now now);

    /** What a subscription that has ended held back for others is free. */
    void onRoom();

    /** From now on it keeps so many bytes at most, and never more than its settings say. */
    void limit(long bytes);

    /** What is wanted after an input that may have brought something for every subscription; made once, since that is often. */
    Effect.Arrived arrivedEffect();

    // ------------------------------------------------------------------ subscriptions

    /** Opens a subscription. Once it is ready, {@link Effect.Ready} says so. */
    SubscriptionState open(long id, Opening opening, Now now);

    /** Ends a subscription, and what was kept for it alone. */
    void close(long id);

    /** Does nobody subscribe? */
    boolean isIdle();

    /** Takes all registrations off. */
    void close();

    // ------------------------------------------------------------------ time

    /** Does what is due; early it does no harm. */
    void onTime(Now now);

    /** When {@link #onTime} is due next, or {@code Long.MAX_VALUE} if nothing is. */
    long deadlineNs(long nowNs);

    // ------------------------------------------------------------------ who takes over for a node that is gone

    /** Adds the nodes that are gone, and whose stores may have what is lacked here. */
    void addAwaitedNodes(Set<String> nodes);

    // ------------------------------------------------------------------ for people

    /** What it keeps; the same object as long as it lives. */
    ConsumerMeasures measures();

    /** One for each producer, in the order of their names. */
    List<RegistrationStatus> registrations();

    /** How many registrations have failed. */
    long registrationFailures();

    /** How often it registered with a member that it had registered with before. */
    long registeredAgain();

    /** How often it, or its subscriptions, were told that messages are missed, by reason; those that are closed count, too. */
    Map<Reason, Long> expiries();
}
