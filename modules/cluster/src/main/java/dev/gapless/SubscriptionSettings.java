package dev.gapless;

import dev.gapless.core.Limits;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a subscription differs from the ordinary. Immutable.
 *
 * <pre>{@code
 * SubscriptionSettings mine = SubscriptionSettings.defaults().withNodes("n1", "n2").withKeys("fleet/7/*", "depot");
 * gapless.subscribe(vehicles, StartFrom.latest(), mine, handler);
 * }</pre>
 *
 * <p>A filter leaves messages out, which then count as delivered: tokens move on, and nothing is deserialized. Gaps are told
 * unless they concern left-out nodes alone: which keys the missing messages had nobody knows. A token that is resumed with another filter
 * begins with a {@link CursorExpired} of {@link dev.gapless.core.Reason#POSITION_UNKNOWN}, since what this filter left out is gone.
 */
public final class SubscriptionSettings {
    private static final SubscriptionSettings DEFAULTS =
            new SubscriptionSettings(Set.of(), Set.of(), 0, false, false, null);

    private final Set<String> nodes;
    private final Set<String> keys;
    private final int window;
    private final boolean nonBlocking;
    private final boolean loadsFirst;
    private final @Nullable String name;

    private SubscriptionSettings(
            Set<String> nodes,
            Set<String> keys,
            int window,
            boolean nonBlocking,
            boolean loadsFirst,
            @Nullable String name) {
        this.nodes = nodes;
        this.keys = keys;
        this.window = window;
        this.nonBlocking = nonBlocking;
        this.loadsFirst = loadsFirst;
        this.name = name;
    }

    /** {@return settings by which everything is delivered} */
    public static SubscriptionSettings defaults() {
        return DEFAULTS;
    }

    /**
     * Only what these nodes publish is delivered, and {@link ProducerLeft} told of them alone.
     *
     * @param names at least one; they replace those given before
     * @return settings with that
     */
    public SubscriptionSettings withNodes(String... names) {
        return withNodes(Arrays.asList(Objects.requireNonNull(names, "nodes must not be null")));
    }

    /**
     * {@link #withNodes(String...)}.
     *
     * @param names at least one
     * @return settings with that
     */
    public SubscriptionSettings withNodes(Collection<String> names) {
        Set<String> some = atLeastOne("node", names);
        some.forEach(name -> Limits.checkGivenName("node's name", name));
        return new SubscriptionSettings(some, keys, window, nonBlocking, loadsFirst, name);
    }

    /**
     * Only messages with these keys are delivered, tombstones included. A pattern that ends with an asterisk takes all keys that
     * begin with what stands before it; any other takes the key that is equal. Messages without a key are left out.
     *
     * @param patterns at least one; they replace those given before
     * @return settings with that
     * @throws IllegalArgumentException for none, and for an asterisk anywhere but at the end
     */
    public SubscriptionSettings withKeys(String... patterns) {
        return withKeys(Arrays.asList(Objects.requireNonNull(patterns, "keys must not be null")));
    }

    /**
     * {@link #withKeys(String...)}.
     *
     * @param patterns at least one
     * @return settings with that
     */
    public SubscriptionSettings withKeys(Collection<String> patterns) {
        Set<String> some = atLeastOne("key", patterns);
        some.forEach(SubscriptionSettings::checkPattern);
        return new SubscriptionSettings(nodes, some, window, nonBlocking, loadsFirst, name);
    }

    /**
     * How many events an actor may have that it has not confirmed, rather than {@code gapless.actor-window}; at least 1. Of no
     * concern to handlers and streams.
     *
     * @param events at least 1
     * @return settings with that
     */
    public SubscriptionSettings withWindow(int events) {
        if (events < 1) {
            throw new IllegalArgumentException("A window is of at least 1 event, not of " + events);
        }
        return new SubscriptionSettings(nodes, keys, events, nonBlocking, loadsFirst, name);
    }

    /**
     * The handler never blocks and takes microseconds: it may run on the thread of its topic's shard, which saves a hand-off between threads
     * for each batch, and for a thousand subscriptions a thousand. While it runs, nothing goes on for any topic of that shard: not for
     * handlers that wait for anything, a lock, a database, {@link Producer#send} or their own subscription. That goes for all methods of the
     * handler; what comes to it is as ordered as elsewhere, one event at a time. {@code gapless.slow-handler-warning} finds one that
     * blocks all the same. Of no concern to streams.
     *
     * @return settings with that
     */
    public SubscriptionSettings withNonBlockingHandler() {
        return new SubscriptionSettings(nodes, keys, window, true, loadsFirst, name);
    }

    /**
     * The subscription begins with one {@link CursorExpired} without gaps, once it has a position with every member: the first load of the
     * state. It is tried again like any reload until it succeeds, nothing is delivered before, and {@link Subscription#ready} completes with
     * it. So no change is missed between the load and the first message, and a failed load leaves no empty cache behind.
     *
     * <pre>{@code
     * Subscription subscription =
     *         gapless.subscribe(topic, StartFrom.latest(), SubscriptionSettings.defaults().loadFirst(), cache);
     * }</pre>
     *
     * @return settings with that
     */
    public SubscriptionSettings loadFirst() {
        return new SubscriptionSettings(nodes, keys, window, nonBlocking, true, name);
    }

    /**
     * The subscription keeps its token in this node's store, under this name: one that is opened under it later, after a restart or a crash
     * for instance, goes on there. Only if there is no token it begins as its {@link StartFrom} says. The first token is stored before
     * {@link Subscription#ready} completes; later ones every {@code gapless.token-store-interval}, behind what was handled with success (after
     * a {@link CursorExpired}: reloaded); and the last when the subscription ends. So after a crash what came since the last one is given again: at
     * most what one interval and what the recipient may hold at once, as long as the store works. Nothing is left out.
     *
     * <p>A name is one of its topic, and has one subscription at a time. One that is opened later takes it over, and the earlier one
     * ends with {@link Ended.Reason#TAKEN_OVER}, when it stores a token next, within a minute; until then both are given messages. With H2 a name is one of its
     * node, with PostgreSQL one of the cluster.
     *
     * <p>While the store fails the subscription goes on, and what is given again after a crash grows; one that is being opened
     * waits. Needs the module {@code gapless-durable} and a configured {@code gapless.node-name}: without them subscribing throws
     * IllegalStateException. The topic need not be durable.
     *
     * <pre>{@code
     * gapless.subscribe(orders, StartFrom.earliest(), SubscriptionSettings.defaults().named("billing"), handler);
     * }</pre>
     *
     * @param subscription at most 255 characters, and not blank
     * @return settings with that
     * @throws IllegalArgumentException for any other name
     */
    public SubscriptionSettings named(String subscription) {
        Limits.checkGivenName("subscription's name", subscription);
        return new SubscriptionSettings(nodes, keys, window, nonBlocking, loadsFirst, subscription);
    }

    private static void checkPattern(String pattern) {
        int asterisk = pattern.indexOf('*');
        if (asterisk >= 0 && asterisk < pattern.length() - 1) {
            throw new IllegalArgumentException("A pattern of keys has an asterisk at its end or none: '" + pattern
                    + "' would take no key. What stands before the asterisk is what keys begin with");
        }
        if (pattern.length() > Limits.MAX_KEY + 1) {
            throw new IllegalArgumentException(
                    "A key has at most " + Limits.MAX_KEY + " characters, this pattern has " + pattern.length());
        }
    }

    private static Set<String> atLeastOne(String what, Collection<String> of) {
        Objects.requireNonNull(of, () -> what + "s must not be null");
        of.forEach(one -> Objects.requireNonNull(one, () -> what + " must not be null"));
        if (of.isEmpty()) {
            throw new IllegalArgumentException("A filter takes at least one " + what);
        }
        return Collections.unmodifiableSet(new LinkedHashSet<>(of));
    }

    /** {@return the nodes that are delivered; empty if all are} */
    public Set<String> nodes() {
        return nodes;
    }

    /** {@return the patterns of the keys that are delivered; empty if all messages are} */
    public Set<String> keys() {
        return keys;
    }

    /** {@return the window of a subscription by an actor; empty if it is the one of {@code gapless.actor-window}} */
    public OptionalInt window() {
        return window == 0 ? OptionalInt.empty() : OptionalInt.of(window);
    }

    /** {@return whether the handler never blocks} */
    public boolean isNonBlocking() {
        return nonBlocking;
    }

    /** {@return whether the subscription begins with a load} */
    public boolean loadsFirst() {
        return loadsFirst;
    }

    /** {@return the name under which the subscription keeps its token; empty if it keeps none} */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    @Override
    public String toString() {
        return "SubscriptionSettings[nodes=" + nodes + ", keys=" + keys + ", window=" + window + ", nonBlocking="
                + nonBlocking + ", loadFirst=" + loadsFirst + ", name=" + name + "]";
    }
}
