package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.internal.subscribe.Filter;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The topics that a client is subscribed to. For its turns, but for {@link #lag}, {@link #topics} and {@link #describe}. */
final class Cursors {
    private final Common common;
    private final Runnable wake;
    /** In the order of their turns: the one that was last comes last. */
    private final Map<String, TopicCursor> cursors = new LinkedHashMap<>();

    /** For whom each of them counts. */
    private final Map<String, Caller> counted = new HashMap<>();

    private final SubscriptionHeap heap;
    private volatile Map<String, TopicCursor> shown = Map.of();

    /** @param wake is run, on any thread, when one of them has something new */
    Cursors(Common common, Runnable wake) {
        this.common = common;
        this.wake = wake;
        this.heap = new SubscriptionHeap(common);
    }

    /**
     * Subscribes. Throws {@link RequestException} if there are too many, or if the token is of something else.
     *
     * @param caller for whom it counts
     * @param client whose it is, for people
     */
    TopicCursor open(SubscribeRequest request, Caller caller, String client) {
        if (cursors.size() >= common.settings().maxSubscriptions) {
            throw new RequestException(
                    Kind.TOO_MANY_SUBSCRIPTIONS,
                    "there are " + cursors.size()
                            + " subscriptions, as many as gapless.gateway.max-subscriptions allows");
        }
        common.access().quotas().subscribe(caller);
        try {
            heap.open(request, caller);
            TopicCursor opened = request.state()
                    ? StateCursor.open(request, common, wake)
                    : new MessageCursor(request, client, common, wake);
            cursors.put(request.topic(), opened);
            counted.put(request.topic(), caller);
            shown = Map.copyOf(cursors);
            return opened;
        } catch (IllegalArgumentException e) {
            common.access().quotas().unsubscribe(caller);
            heap.drop(request.topic());
            throw new RequestException(Kind.BAD_TOKEN, Reasons.of(e), e);
        } catch (RequestException e) {
            common.access().quotas().unsubscribe(caller);
            heap.drop(request.topic());
            throw e;
        }
    }

    /** It goes on with another filter. Throws {@link RequestException} if there is no room for that. */
    void change(TopicCursor known, Filter filter, @Nullable OnLag onLag, @Nullable Long maxBytes, Caller caller) {
        heap.change(known.topic(), filter, caller);
        known.change(filter, onLag, maxBytes);
    }

    void drop(TopicCursor known) {
        known.close();
        cursors.remove(known.topic());
        uncount(known.topic());
        shown = Map.copyOf(cursors);
    }

    /** All of them end. */
    void close() {
        cursors.values().forEach(TopicCursor::close);
        List.copyOf(cursors.keySet()).forEach(this::uncount);
        cursors.clear();
        shown = Map.of();
    }

    private void uncount(String topic) {
        heap.drop(topic);
        Caller caller = counted.remove(topic);
        if (caller != null) {
            common.access().quotas().unsubscribe(caller);
        }
    }

    /** That of a topic; null if there is none. */
    @Nullable TopicCursor known(String topic) {
        return cursors.get(topic);
    }

    /** That of a topic. Throws {@link RequestException} if there is none. */
    TopicCursor of(String topic) {
        TopicCursor known = cursors.get(topic);
        if (known == null) {
            throw new RequestException(Kind.UNKNOWN_TOPIC, "there is no subscription to " + topic);
        }
        return known;
    }

    /** Is it about to begin? */
    boolean isOpening(String topic) {
        TopicCursor known = cursors.get(topic);
        return known != null && !known.hasBegun() && known.end() == null;
    }

    int size() {
        return cursors.size();
    }

    Collection<TopicCursor> all() {
        return cursors.values();
    }

    /** The one whose turn it is. There is one at least. */
    TopicCursor next() {
        TopicCursor next = cursors.values().iterator().next();
        if (cursors.size() > 1) {
            cursors.remove(next.topic());
            cursors.put(next.topic(), next);
        }
        return next;
    }

    boolean hasBegun() {
        return cursors.values().stream().anyMatch(TopicCursor::hasBegun);
    }

    /** Has any of them something to read now? */
    boolean hasMore() {
        return cursors.values().stream().anyMatch(TopicCursor::hasMore);
    }

    /** After how many nanoseconds the first of them is to be looked at again, if any is. */
    OptionalLong waitNs() {
        return cursors.values().stream()
                .map(TopicCursor::waitNs)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
    }

    /** Adds the tokens that resume behind what was written, by topic. */
    void tokens(ObjectNode to) {
        cursors.forEach((topic, cursor) -> add(topic, cursor.tell(), to));
    }

    /** Adds those that lead further than what the client was given last. */
    void progress(ObjectNode to) {
        cursors.forEach((topic, cursor) -> add(topic, cursor.progress(), to));
    }

    private static void add(String topic, @Nullable CursorToken token, ObjectNode to) {
        if (token != null) {
            to.put(topic, token.toString());
        }
    }

    // ------------------------------------------------------------------ for people; any thread

    /** By how many messages they are behind, all together. */
    long lag() {
        return shown.values().stream().mapToLong(TopicCursor::lag).sum();
    }

    Set<String> topics() {
        return shown.keySet();
    }

    /** Adds the topics, and what their client was told last that it missed. */
    void describe(ObjectNode to) {
        Map<String, TopicCursor> all = shown;
        all.keySet().forEach(to.putArray("topics")::add);
        all.values().stream()
                .map(TopicCursor::lastMissed)
                .filter(Objects::nonNull)
                .max(Comparator.comparing(Missed::timeMs))
                .ifPresent(last -> last.describe(to.putObject("told")));
    }
}
